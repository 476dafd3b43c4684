import type { Kind } from "../../kind.ts";
import { specifiedKind } from "./kind.ts";

/** At which address other zones reach a mesh's zone ingress. */
export const meshZoneAddress: Kind = specifiedKind({
  type: "MeshZoneAddress",
  doc: "At which address other zones reach a mesh's zone ingress.",
  docs: "policies/meshzoneaddress",
  example: `
new kuma.MeshZoneAddress("ingress", { spec: { address: "203.0.113.7", port: 10001 } });
`,
  side: "zone",
  since: "2.14",
  instead: "ZoneIngress",
});
