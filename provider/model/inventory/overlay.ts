import { sameJson } from "../fields.ts";
import { isNotKnown } from "../serving/not-known.ts";
import { isMap, type Stored } from "../serving/objects.ts";
import type { Resource } from "./resource.ts";

/** What a server has otherwise than the states say. */
export interface Difference {
  resource: Resource;
  /** Fields of the server's object. */
  fields: string[];
}

/** What comparing states with servers shows. */
export interface Comparison {
  /** At a server, and in no state that was given. */
  unmanaged: Resource[];
  differing: Difference[];
  /** In a state, and not at its server. */
  missing: Resource[];
}

/**
 * Puts what servers have in the place of what states say they have; what states know of it (whose it is, the line in the
 * program) stays.
 *
 * @param covered the types of which all objects at a server were read, by {@link Resource.at}
 */
export function overlay(
  resources: readonly Resource[],
  covered: ReadonlyMap<string, ReadonlySet<string>>,
): { resources: Resource[]; comparison: Comparison } {
  const keyOf = ({ at, type, id }: Resource) => `${at} ${type} ${id}`;
  const isLive = ({ urn }: Resource) => urn === undefined;
  const live = new Map(resources.filter(isLive).map((one) => [keyOf(one), one]));
  const declared = resources.filter((one) => !isLive(one));
  const known = new Set(declared.map(keyOf));
  const comparison: Comparison = { unmanaged: [], differing: [], missing: [] };
  const result: Resource[] = [];
  for (const one of declared) {
    const there = live.get(keyOf(one));
    const wasRead = covered.get(one.at)?.has(one.type) ?? false;
    if (there) {
      const fields = fieldsThatDiffer(one.object, there.object);
      if (fields.length > 0) comparison.differing.push({ resource: one, fields });
      result.push({ ...one, object: there.object, args: there.args });
    } else if (wasRead && one.id !== undefined && one.operation !== "create" && one.operation !== "replace") {
      comparison.missing.push(one);
    } else result.push(one);
  }
  for (const one of live.values()) {
    if (known.has(keyOf(one))) continue;
    result.push(one);
    if (!one.madeByServer) comparison.unmanaged.push(one);
  }
  return { resources: result, comparison };
}

/** The top-level fields in which two objects differ. What is secret or unknown on one side is no difference. */
function fieldsThatDiffer(declared: Stored, found: Stored): string[] {
  const keys = [...new Set([...Object.keys(declared), ...Object.keys(found)])].sort();
  return keys.filter((key) => {
    if (key === "labels") return !sameLabels(declared.labels, found.labels);
    return !same(declared[key], found[key]);
  });
}

/** Servers add labels of their own. */
function sameLabels(declared: unknown, found: unknown): boolean {
  if (!isMap(declared)) return true;
  const there = isMap(found) ? found : {};
  return Object.entries(declared).every(([name, value]) => isNotKnown(value) || there[name] === value);
}

function same(left: unknown, right: unknown): boolean {
  if (isNotKnown(left) || isNotKnown(right)) return true;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((one, index) => same(one, right[index]));
  if (isMap(left) && isMap(right))
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) =>
      same(left[key], right[key]),
    );
  return sameJson(left, right);
}
