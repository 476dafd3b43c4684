import { fields, list } from "../rules/checks.ts";

/** One line of a status. */
export interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
}

/** A status in which this condition stands instead of one of the same type. */
export function withCondition(status: unknown, condition: Condition): Record<string, unknown> {
  const others = list(fields(status).conditions).map(fields);
  const index = others.findIndex(({ type }) => type === condition.type);
  const conditions = index < 0 ? [...others, condition] : others.with(index, { ...condition });
  return { ...fields(status), conditions };
}

/** Whether labels, or tags, have everything that a selector names. */
export function matches(selector: unknown, labels: Record<string, unknown> = {}): boolean {
  return hasAll(fields(selector).matchLabels, labels);
}

/** Whether labels, or tags, have all these. */
export const hasAll = (wanted: unknown, labels: Record<string, unknown>): boolean =>
  Object.entries(fields(wanted)).every(([name, value]) => labels[name] === value);
