import * as fc from "fast-check";
import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { isObject } from "../../provider/model/fields.ts";
import { places, replaced, without } from "./paths-inside.ts";

const ANYTHING: Json[] = [null, "text", "", 7, 0.5, -1, true, [], {}, ["text"], { a: 1 }];

/** Values one step away from this one. */
function neighbours(value: Json): Json[] {
  if (typeof value === "number") {
    return [value - 1, value + 1, -value, value + 0.5, String(value), 65536];
  }
  if (typeof value === "string") {
    const edges = [
      value.slice(0, -1),
      value.slice(1),
      `${value}x`,
      `${value}-`,
      `.${value}`,
      `${value.slice(0, 60)}\n`,
    ];
    return [...edges, value.toUpperCase(), ` ${value}`, `${value}/b`, "x".repeat(64), "x".repeat(257)];
  }
  if (Array.isArray(value)) return [[...value, ...value], value.slice(1), [value as Json]];
  return isObject(value) ? [[value], { ...value, [`${Object.keys(value)[0] ?? "a"}x`]: 1 }] : [];
}

/** Arguments of which one half has one thing in it that is almost right: left out, added, or another value. */
export function nearly(args: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  return fc.tuple(args, fc.boolean(), fc.nat(), fc.nat()).map(([given, isRight, place, choice]) => {
    const all = places(given);
    const path = all[place % all.length];
    if (isRight || !path) return given;
    const before = path.reduce<Json>((value, key) => (value as JsonObject)[key] ?? null, given);
    const changes: (Json | undefined)[] = [undefined, ...neighbours(before), ...ANYTHING];
    const change = changes[choice % changes.length];
    return change === undefined ? without(given, path) : (replaced(given, path, change) as JsonObject);
  });
}
