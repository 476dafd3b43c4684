import { BlockList, isIPv6 } from "node:net";

/** Gives the value of a request's variable, for example `arg_name` or `http_x_zone`. */
export type Variables = (name: string) => string | undefined;

type Operator = (left: string | undefined, right: unknown) => boolean;

const compare =
  (test: (left: number, right: number) => boolean): Operator =>
  (left, right) =>
    left !== undefined && left !== "" && test(Number(left), Number(right));

const operators: Record<string, Operator> = {
  "==": (left, right) => equal(left, right),
  "~=": (left, right) => !equal(left, right),
  ">": compare((left, right) => left > right),
  ">=": compare((left, right) => left >= right),
  "<": compare((left, right) => left < right),
  "<=": compare((left, right) => left <= right),
  "~~": (left, right) => left !== undefined && new RegExp(String(right)).test(left),
  "~*": (left, right) => left !== undefined && new RegExp(String(right), "i").test(left),
  in: (left, right) => Array.isArray(right) && right.some((item) => equal(left, item)),
  has: (left, right) => left === right,
  ipmatch: (left, right) =>
    left !== undefined && [right].flat().some((range) => inNetwork(String(range), left)),
};

/** Whether an address is the given one, or within the given network (`10.0.0.0/8`). */
export function inNetwork(range: string, address: string): boolean {
  const [network = "", prefix] = range.split("/");
  const family = (text: string) => (isIPv6(text) ? "ipv6" : "ipv4");
  const list = new BlockList();
  if (prefix === undefined) list.addAddress(network, family(network));
  else list.addSubnet(network, Number(prefix), family(network));
  return list.check(address, family(address));
}

const junctions = new Set(["AND", "OR", "!AND", "!OR"]);

// A variable is text; a number on the right compares as a number, null with a variable that is not there.
function equal(left: string | undefined, right: unknown): boolean {
  if (right === null || right === undefined) return left === undefined;
  if (left === undefined) return false;
  return typeof right === "number" ? Number(left) === right : left === String(right);
}

/** What is wrong with an expression (`vars` of routes, `match` of traffic-split), in APISIX's words. */
export function expressionError(expression: unknown): string | undefined {
  if (!Array.isArray(expression)) return "rule should be inside a table";
  const [first] = expression;
  const items = typeof first === "string" && junctions.has(first) ? expression.slice(1) : undefined;
  if (items) return items.map(expressionError).find((error) => error !== undefined);
  if (typeof first === "string") return termError(expression);
  return expression
    .map((item) => (typeof item === "string" && junctions.has(item) ? undefined : expressionError(item)))
    .find((error) => error !== undefined);
}

function termError(term: unknown[]): string | undefined {
  const operator = term[1] === "!" ? term[2] : term[1];
  if (term.length < 2) return "rule too short";
  return typeof operator === "string" && operators[operator] ? undefined : `invalid operator '${operator}'`;
}

/** Whether an expression holds for a request. Terms beside each other must all hold. */
export function evaluate(expression: unknown, variables: Variables): boolean {
  if (!Array.isArray(expression)) return false;
  const [first] = expression;
  if (typeof first === "string" && !junctions.has(first)) return evaluateTerm(expression, variables);
  const junction = typeof first === "string" ? first : "AND";
  const items = typeof first === "string" ? expression.slice(1) : expression;
  const holds = junction.endsWith("AND")
    ? items.every((item) => evaluate(item, variables))
    : items.some((item) => evaluate(item, variables));
  return junction.startsWith("!") ? !holds : holds;
}

function evaluateTerm(term: unknown[], variables: Variables): boolean {
  const negated = term[1] === "!";
  const [operator, right] = negated ? term.slice(2) : term.slice(1);
  const test = operators[String(operator)];
  if (!test) return false;
  return test(variables(String(term[0])), right) !== negated;
}
