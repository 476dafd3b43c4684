import { stableJson } from "../fields.ts";
import { told } from "../inventory/values.ts";
import type { Stored } from "../serving/objects.ts";

/** The fields in which two objects differ, as in `priority 1 => 2`. */
export function changedFields(was: Stored | undefined, is: Stored | undefined): string[] {
  if (!was || !is) return was === is ? [] : ["all"];
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
  return keys
    .filter((key) => json(was[key]) !== json(is[key]))
    .map((key) => `${key} ${shown(was[key])} => ${shown(is[key])}`);
}

/** Equal values have equal texts, markers of what is not known included. */
export function json(value: unknown): string {
  return stableJson(told(value));
}

/** A value for people, without what is secret. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = json(value)
    .replaceAll('{"notKnown":"secret"}', "[secret]")
    .replaceAll('{"notKnown":"unknown"}', "[not known yet]");
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
