import { isReference } from "../../provider/model/canonical.ts";
import { bare, type JsonObject } from "../../provider/model/fields.ts";
import { KINDS } from "../../provider/model/kinds.ts";
import { type Schema, schemasInside } from "../../provider/model/walk.ts";
import { otherCases, routeCases } from "./word-cases-others.ts";
import { policyCases } from "./word-cases-policies.ts";
import { upstreamCases } from "./word-cases-upstream.ts";

/** Why a field can be said in several ways: two names, two forms, any order of its elements, a number or a text. */
export type Ways = "spelling" | "form" | "order" | "id";

/** What `ignoreChanges` names, and a change of that and of nothing else. */
export interface IgnoredPaths {
  /** Below the object that has the field. */
  paths: readonly string[];
  changed: JsonObject;
  /** They are the whole field, so that it may also come and go. */
  isWhole?: true;
  /** What the user's words cannot say is inside of them, too. */
  coversBeyond?: true;
}

/** A field that can be said in several ways, or a few such fields of one object. */
export interface WordCase {
  /** As in `apisix:Route`. */
  type: string;
  /** Each as in `upstream.nodes form`. */
  fields: readonly string[];
  /** The path of the object that has the field; empty for the arguments themselves. */
  at: string;
  /** Arguments with these fields in that object. */
  around(fields: JsonObject): JsonObject;
  /** What the user writes. */
  words: JsonObject;
  /** The same in other words. */
  respelled: JsonObject;
  /** Another value, in the words nearest to the user's. */
  changed: JsonObject;
  /** What the user's words cannot say, as it is said then. */
  beyond?: JsonObject;
  /** How it is said that the server has nothing there; undefined where it must have something. */
  gone?: JsonObject;
  ignored: readonly IgnoredPaths[];
}

/**
 * Every field of every kind that can be said in several ways. `token` stands in the texts of the fields, so that they can
 * be searched for.
 */
export function wordCases(token = ""): WordCase[] {
  return [...routeCases(token), ...upstreamCases(token), ...otherCases(token), ...policyCases()];
}

/** The fields of all kinds that can be said in several ways, as their schemas say. */
export function fieldsWithWays(): string[] {
  return KINDS.flatMap(({ type, schema }) => waysIn(schema).map((field) => `${type} ${field}`));
}

function waysIn(schema: Schema, path = ""): string[] {
  const { schema: plain, meta } = bare(schema);
  const ways: (Ways | false)[] = [
    meta.spelling !== undefined && "spelling",
    meta.form !== undefined && "form",
    (meta.set === true || meta.elementKey !== undefined) && "order",
    isReference(schema) && "id",
  ];
  const own = ways.flatMap((way) => (way ? [`${path} ${way}`] : []));
  const { def } = plain._zod;
  if (def.type === "object") {
    const { shape } = def as unknown as { shape: Record<string, Schema> };
    const inside = Object.entries(shape).map(([key, field]) =>
      waysIn(field, path === "" ? key : `${path}.${key}`),
    );
    return [...own, ...inside.flat()];
  }
  if (def.type === "union") {
    const { options } = def as unknown as { options: Schema[] };
    return [...own, ...options.flatMap((option) => waysIn(option, path))];
  }
  return [...own, ...schemasInside(schema).flatMap((inner) => waysIn(inner, `${path}[]`))];
}
