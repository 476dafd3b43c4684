import { isObject, type JsonObject, UNKNOWN } from "../model/fields.ts";
import type { Dialect } from "../server/api.ts";

/** What labels mean at a server. */
type Rules = Pick<Dialect, "labels">;

/**
 * The labels of what stands there that a write does not take away: those that mean something to the server, have never
 * been declared here and are not of the server's making.
 *
 * @param now What is declared.
 * @param earlier What was declared before.
 */
export function keptLabels(
  { labels: rules }: Rules,
  before: JsonObject | undefined,
  now: JsonObject,
  earlier: JsonObject = {},
): JsonObject {
  if (!rules || !before) return {};
  const [declared, former] = [labelsOf(now), labelsOf(earlier)];
  const kept = Object.entries(labelsOf(before)).filter(
    ([key]) => rules.isKept(key) && !rules.isServers(before, key) && !(key in declared) && !(key in former),
  );
  return Object.fromEntries(kept);
}

/** Whether a label of what the server has is nobody's to declare: the server's own, or one that cannot be changed. */
export function isUndeclarable({ labels: rules }: Rules, found: JsonObject, key: string): boolean {
  return rules !== undefined && (rules.isServers(found, key) || rules.isFixed(key));
}

/** A label that was declared and has another value now, or none, although an object keeps it from its creation on. */
export function changedFixedLabel(
  { labels: rules }: Rules,
  old: JsonObject,
  wanted: JsonObject,
): string | undefined {
  const [before, after] = [labelsOf(old), labelsOf(wanted)];
  return Object.keys(before).find(
    (key) =>
      rules?.isFixed(key) &&
      !rules.isServers(old, key) &&
      ![before[key], after[key]].includes(UNKNOWN) &&
      before[key] !== after[key],
  );
}

/** The labels of an object or of arguments. */
export function labelsOf({ labels }: JsonObject): JsonObject {
  return isObject(labels) ? labels : {};
}
