import { isIPv4, isIPv6 } from "node:net";
import { isObject } from "../fields.ts";

const OPERATORS = ["==", "~=", ">", ">=", "<", "<=", "~~", "~*", "in", "has", "ipmatch"];
const JUNCTIONS = ["AND", "OR", "!AND", "!OR"];
const EXAMPLE = '["arg_name", "==", "value"]';

/** What is wrong with an expression: a path below it, and a reason. */
export type ExpressionProblem = [path: string, reason: string];

/**
 * What is wrong with an expression of APISIX (lua-resty-expr): `vars` of a route, `_meta.filter` of a plugin and others.
 * The server reports a wrong one only when it is written, and over some it breaks. One without conditions always holds.
 */
export function varsProblem(expression: unknown): ExpressionProblem | undefined {
  if (isObject(expression) && Object.keys(expression).length === 0) return undefined;
  if (!Array.isArray(expression)) return ["", `is no list of conditions such as [${EXAMPLE}]`];
  const [first] = expression;
  if (expression.length === 0 || Array.isArray(first) || isJunction(first)) {
    return expression.length === 0 ? undefined : part(expression);
  }
  return ["[0]", `is no condition such as ${EXAMPLE}; each stands in a list of its own`];
}

function part(expression: unknown): ExpressionProblem | undefined {
  if (!Array.isArray(expression)) return ["", `is no condition such as ${EXAMPLE}`];
  if (expression.length === 0) return ["", `is empty, and no condition such as ${EXAMPLE}`];
  const [first, ...others] = expression;
  if (Array.isArray(first)) return parts(expression, 0);
  if (!isJunction(first)) return condition(expression);
  if (others.length < 2) return ["", `is too short: "${first}" joins at least two conditions`];
  return parts(others, 1);
}

function parts(list: unknown[], offset: number): ExpressionProblem | undefined {
  for (const [index, item] of list.entries()) {
    const problem = part(item);
    if (problem) return [`[${index + offset}]${problem[0]}`, problem[1]];
  }
  return undefined;
}

function isJunction(value: unknown): value is string {
  return typeof value === "string" && JUNCTIONS.includes(value.toUpperCase());
}

function condition(item: unknown[]): ExpressionProblem | undefined {
  const negated = item.length === 4;
  if (negated && item[1] !== "!") return ["[1]", 'is not "!", which alone may stand before an operator'];
  const at = negated ? 2 : 1;
  const [operator, right] = item.slice(at);
  if (typeof item[0] !== "string" || operator === undefined) {
    return ["", `is no condition such as ${EXAMPLE} or ["arg_name", "!", "in", ["a", "b"]]`];
  }
  const isOperator = typeof operator === "string" && OPERATORS.includes(operator.toLowerCase());
  // Two parts are short for equality.
  const isShort = item.length === at + 1 && ["string", "number"].includes(typeof operator);
  if (!isOperator && !isShort) {
    return [`[${at}]`, `is no operator; allowed: ${OPERATORS.join(", ")}, with "!" before it to negate`];
  }
  if (!isOperator || operator.toLowerCase() !== "ipmatch") return undefined;
  const networks = Array.isArray(right) ? right : [right];
  const wrong = networks.findIndex((network) => typeof network !== "string" || !isNetwork(network));
  if (networks.length > 0 && wrong < 0) return undefined;
  const place = Array.isArray(right) && wrong >= 0 ? `[${wrong}]` : "";
  return [`[${at + 1}]${place}`, 'is no IPv4 or IPv6 address or range such as "10.0.0.0/8"'];
}

/** The prefix of a range is not looked at by the server. */
function isNetwork(text: string): boolean {
  const address = (text.split("/")[0] ?? "").replace(/^\[(.*)\]$/, "$1");
  return isIPv4(address) || isIPv6(address);
}
