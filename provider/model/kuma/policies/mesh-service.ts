import { atMostOneOf } from "../../exclusions.ts";
import type { FieldMeta, Form } from "../../fields.ts";
import type { Kind } from "../../kind.ts";
import { LONGEST_DNS_LABEL } from "../fields.ts";
import { specifiedKind } from "./kind.ts";
import { nameWarnings, sectionsOf } from "./service-names.ts";

/** An empty protocol is none, and none is tcp. */
const protocolForm: Form = {
  canonical: (protocol) => (protocol === "" ? "tcp" : protocol),
  like: () => undefined,
};

/** A service of the mesh, and which data planes it consists of. */
export const meshService: Kind = specifiedKind({
  type: "MeshService",
  doc: "A service of the mesh, and which data planes it consists of.",
  docs: "networking/meshservice",
  example: `
new kuma.MeshService("payments", {
  spec: {
    selector: { dataplaneTags: { "kuma.io/service": "payments" } },
    ports: [{ port: 8080, targetPort: 8080, appProtocol: "http" }],
  },
});
`,
  side: "zone",
  longestName: LONGEST_DNS_LABEL,
  since: "2.7",
  instead: "the tag kuma.io/service",
  refinements: {
    state: { serverMade: true },
    identities: { serverMade: true },
    selector: {
      absentMeans: {},
      exclusions: [atMostOneOf(["dataplaneTags", "dataplaneRef", "dataplaneLabels"])],
    },
    "selector.dataplaneRef.name": { absentMeans: "" },
    ports: { absentMeans: [] },
    "ports[].name": { absentMeans: "" },
    "ports[].appProtocol": { meta: { form: protocolForm } satisfies FieldMeta },
  },
  rules: ({ ports }, { args, warn }) => nameWarnings(args, "msvc", sectionsOf(ports), warn),
});
