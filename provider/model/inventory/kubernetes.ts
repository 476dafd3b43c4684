import { KINDS } from "../kinds.ts";
import { isMap, type Stored } from "../serving/objects.ts";
import type { Draft } from "./resource.ts";

/** Kinds of Kuma by the names that they have in Kubernetes, where the REST API has what `spec` holds at the top. */
const FLAT: ReadonlySet<string> = new Set(["Mesh", "ExternalService", "ZoneEgress"]);
const OURS: ReadonlySet<string> = /* @__PURE__ */ new Set(KINDS.map(({ type }) => type));

/** A Kubernetes object of Kuma as a resource of its REST API; undefined for all others. */
export function fromKubernetes(
  token: string,
  inputs: Stored,
  name: string,
): Pick<Draft, "type" | "args"> | undefined {
  const [, kind = ""] = /^kubernetes:kuma\.io\/v1alpha1:(\w+)$/.exec(token) ?? [];
  const type = `kuma:${kind}`;
  if (!OURS.has(type) || type === "kuma:Secret") return undefined;
  const metadata = isMap(inputs.metadata) ? inputs.metadata : {};
  const labels = isMap(metadata.labels) ? metadata.labels : {};
  const mesh = inputs.mesh ?? labels["kuma.io/mesh"] ?? "default";
  const isGlobal = kind === "Mesh" || kind === "ZoneEgress";
  const said = FLAT.has(kind) ? (isMap(inputs.spec) ? inputs.spec : {}) : { spec: inputs.spec };
  const flat = kind === "MeshExternalService" && isMap(inputs.spec) ? inputs.spec : said;
  return { type, args: { ...flat, name: metadata.name ?? name, ...(isGlobal ? {} : { mesh }) } };
}
