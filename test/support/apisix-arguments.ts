import * as fc from "fast-check";
import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { isObject } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import type { SchemaName } from "./apisix-bodies.ts";

const FREE = ["plugins", "labels", "metadata", "vars", "conf", "filter"];

/** The kind of ours that a schema of APISIX describes. */
export function kindOfSchema(name: SchemaName): Kind {
  const type = `_${name}`.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return kindOf(`apisix:${type}`);
}

/** A body of the Admin API as arguments of ours: camelCase, apart from free maps. */
export function argsOf(value: Json, key = ""): Json {
  if (FREE.includes(key)) return value;
  if (Array.isArray(value)) return value.map((item) => argsOf(item));
  if (!isObject(value) || key === "nodes") return value;
  const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [camel(name), argsOf(inner, name)]));
}

/** Our other ways to write something: `{ custom }` for a balancer, `enabled` for a route's `status`. */
export function otherForms(args: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  const custom = (upstream: JsonObject): JsonObject => ({
    ...upstream,
    ...(typeof upstream.type === "string" ? { type: { custom: upstream.type } } : {}),
    ...(typeof upstream.discoveryType === "string"
      ? { discoveryType: { custom: upstream.discoveryType } }
      : {}),
  });
  return fc.tuple(args, fc.boolean(), fc.boolean()).map(([plain, isCustom, isWords]) => {
    if (plain.cert !== undefined) return plain;
    const { status, ...rest } = plain;
    const worded: JsonObject =
      isWords && typeof status === "number" ? { ...rest, enabled: status === 1 } : plain;
    if (!isCustom) return worded;
    return isObject(worded.upstream) ? { ...worded, upstream: custom(worded.upstream) } : custom(worded);
  });
}
