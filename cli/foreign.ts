import { isObject, type JsonObject } from "../provider/model/fields.ts";
import type { Kind, Side } from "../provider/model/kind.ts";

/** What Kuma makes by itself, for itself or with each mesh. */
const MADE_BY_KUMA: Record<string, RegExp> = {
  "kuma:Mesh": /^default$/,
  "kuma:Secret":
    /\/(.+\.ca-builtin-(cert|key)-.+|(dataplane|zone|zone-ingress|user)-token-signing-key.*|envoy-admin-ca|inter-cp-ca)$/,
  "kuma:Policy": /\/mesh-(gateways-)?(timeout|retry|circuit-breaker)-all-[^/]+$/,
};

/** Why an object that is there is none for a program at this place; `named` ones are wanted although Kuma made them. */
export function notImportable(
  kind: Kind,
  id: string,
  { name, labels }: JsonObject,
  side: Side | undefined,
  named: boolean,
): string | undefined {
  if (kind.dialect !== "kuma") return undefined;
  const said = isObject(labels) ? labels : {};
  const displayed = said["kuma.io/display-name"];
  const comesFrom = side === "zone" ? said["kuma.io/origin"] === "global" : false;
  if (comesFrom) return "comes from the global control plane; it is imported there";
  if (typeof displayed === "string" && displayed !== name) {
    const zone = said["kuma.io/zone"];
    return `comes from ${zone ? `the zone ${zone}` : "another control plane"}, where it is called "${displayed}"; it is imported there`;
  }
  if (named || !MADE_BY_KUMA[kind.type]?.test(id)) return undefined;
  return kind.type === "kuma:Mesh"
    ? `is made by Kuma itself; kuma.MeshPatch sets some of its fields, --id ${id} imports it`
    : `is made by Kuma with the mesh; --id ${id} imports it`;
}
