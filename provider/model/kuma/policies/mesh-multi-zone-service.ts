import type { Kind } from "../../kind.ts";
import { notEmpty } from "./checks.ts";
import { specifiedKind } from "./kind.ts";
import { nameWarnings, sectionsOf } from "./service-names.ts";
import type { Check } from "./spec-schema.ts";

const PROTOCOLS = ["grpc", "http", "http2", "kafka", "tcp"];

const protocol: Check = (value) =>
  typeof value !== "string" || PROTOCOLS.includes(value)
    ? undefined
    : { reason: "is no protocol of Kuma's", hint: `allowed: ${PROTOCOLS.join(", ")}` };

/** One service that is made of the MeshServices of several zones. */
export const meshMultiZoneService: Kind = specifiedKind({
  type: "MeshMultiZoneService",
  doc: "One service that is made of the MeshServices of several zones.",
  docs: "networking/meshmultizoneservice",
  example: `
new kuma.MeshMultiZoneService("payments", {
  spec: {
    selector: { meshService: { matchLabels: { "kuma.io/display-name": "payments" } } },
    ports: [{ port: 8080, appProtocol: "http" }],
  },
});
`,
  side: "global",
  since: "2.9",
  instead: "the tag kuma.io/service",
  refinements: {
    "selector.meshService.matchLabels": {
      required: true,
      check: (value) => (Object.keys(value ?? {}).length === 0 ? { reason: "is empty" } : undefined),
    },
    "ports[].name": notEmpty,
    "ports[].appProtocol": { check: protocol, examples: PROTOCOLS },
  },
  rules: ({ ports }, { args, warn }) => nameWarnings(args, "mzsvc", sectionsOf(ports), warn),
});
