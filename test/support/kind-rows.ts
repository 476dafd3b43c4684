import type { KindRow } from "./kind-case.ts";
import { trafficRows } from "./kinds-apisix.ts";
import { kumaRows } from "./kinds-kuma.ts";
import { pluginRows } from "./kinds-plugins.ts";
import { policyRows } from "./kinds-policies.ts";

/** What tests know of every kind beside its schema. */
export const rows: readonly KindRow[] = [...trafficRows, ...pluginRows, ...kumaRows, ...policyRows];

/** The row of a kind by its type, as in `apisix:Route`; a patch has none. */
export function rowOf(type: string): KindRow | undefined {
  return rows.find((row) => row.type === type);
}
