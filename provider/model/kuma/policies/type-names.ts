import { type FieldMeta, sameJson } from "../../fields.ts";
import { type Definition, definitionOf } from "./definitions.ts";

/** Objects that stand in several places, of one kind or of many: by the end of their path, name and description. */
const NAMED: readonly [path: RegExp, typeName: string, description: string][] = [
  [/(^|\.)targetRef$/, "TargetRef", "What a policy, or an entry of it, is for."],
  [/\.openTelemetry\.backendRef$/, "CollectorRef", "Which MeshOpenTelemetryBackend is used."],
  [/(\.backendRefs\[\]|\.requestMirror\.backendRef)$/, "BackendRef", "Where a route sends."],
  [
    /(^rules\[\]\.matches\[\]|\.(allow|deny|allowWithShadowDeny)\[\])$/,
    "TrafficMatch",
    "Which traffic is meant, by who sends it or by the name that TLS asks for.",
  ],
  [/(^|\.)hashPolicies\[\]$/, "HashPolicy", "What of a request or connection is hashed."],
  [/\.jsonPatches\[\]$/, "JsonPatch", "One operation of a JSON patch."],
];

const LISTS = ["to", "from", "rules"];

/** The names of the types of objects in a spec that stand in several places. */
export function namesIn(kind: string, spec: Definition): (path: string) => FieldMeta | undefined {
  const confs = LISTS.flatMap((list) => {
    const entry = spec.properties?.[list];
    const item = entry === undefined ? undefined : definitionOf(entry).items;
    const conf = item === undefined ? undefined : definitionOf(item).properties?.default;
    return conf === undefined ? [] : [definitionOf(conf).properties];
  });
  const isOne = confs.every((conf) => sameJson(conf, confs[0]));
  return (path) => {
    if (isOne && /^((to|from|rules)\[\]\.)?default$/.test(path))
      return { typeName: `${kind}Conf`, typeDoc: `What a ${kind} sets.` };
    const named = NAMED.find(([pattern]) => pattern.test(path));
    return named && { typeName: named[1], typeDoc: named[2] };
  };
}
