import { evaluate, readExpression, type Variables } from "../expression.ts";
import { isObject } from "../store.ts";
import type { GatewayPlugin } from "./plugin.ts";

/** `traffic-split`: sends a share of the requests to other upstreams. An entry without one is the route's own. */
export const trafficSplit: GatewayPlugin = {
  access({ rules }, passage): undefined {
    const fits = (rule: unknown) => isObject(rule) && matches(rule.match, passage.request.variables);
    const rule: unknown = Array.isArray(rules) ? rules.find(fits) : undefined;
    if (!isObject(rule)) return;
    const entries = Array.isArray(rule.weighted_upstreams) ? rule.weighted_upstreams.filter(isObject) : [];
    const weights = entries.map(({ weight }) => (typeof weight === "number" ? weight : 1));
    const chosen = entries[passage.choose(JSON.stringify(rule), weights) ?? -1];
    if (chosen?.upstream !== undefined || chosen?.upstream_id !== undefined) passage.upstream = chosen;
  },
};

function matches(match: unknown, variables: Variables): boolean {
  if (!Array.isArray(match) || match.length === 0) return true;
  return match.some(
    (item) => isObject(item) && (item.vars === undefined || evaluate(readExpression(item.vars), variables)),
  );
}
