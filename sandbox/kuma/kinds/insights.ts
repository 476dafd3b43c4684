import { message } from "../message.ts";
import type { Kind } from "./kind.ts";

/** What the control plane observes; only it writes these, and the sandbox has none of them. */
const insight = (type: string, path: string, inMesh: boolean): Kind => ({
  type,
  path,
  inMesh,
  readOnly: true,
  writtenOn: "either",
  decode: message({}),
});

/** All kinds of observations. */
export const insights: Kind[] = [
  insight("DataplaneInsight", "dataplane-insights", true),
  insight("MeshInsight", "mesh-insights", false),
  insight("ServiceInsight", "service-insights", true),
  insight("ZoneEgressInsight", "zoneegressinsights", false),
  insight("ZoneIngressInsight", "zone-ingress-insights", false),
  insight("ZoneInsight", "zone-insights", false),
];
