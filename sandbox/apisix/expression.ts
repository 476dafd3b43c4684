import { byteString, LuaError, luaNumber, luaType } from "./lua/values.ts";
import { inNetwork, isNetwork } from "./networks.ts";
import { regularExpression } from "./pcre.ts";

/** A value of a request's variable; `true` is a query parameter without a value. */
export type Value = string | true | undefined;

/** Gives the value of a request's variable, for example `arg_name` or `http_x_zone`. */
export type Variables = (name: string) => Value;

interface Term {
  variable: string;
  operator: string;
  right: unknown;
  negated: boolean;
}

interface Junction {
  operator: string;
  parts: Expression[];
}

/** An expression (`vars`, `_meta.filter`, `match.vars`) that can be evaluated. */
export type Expression = Term | Junction;

/** Why an expression is refused, in APISIX's words. */
export class ExpressionError extends Error {}

type Test = (left: Value, right: unknown) => boolean;

const compare =
  (test: (left: number, right: number) => boolean): Test =>
  (left, right) => {
    const [a, b] = [luaNumber(left), luaNumber(right)];
    return a !== undefined && b !== undefined && test(a, b);
  };

const search =
  (flags: string): Test =>
  (left, right) => {
    if (left === undefined) return false;
    try {
      return regularExpression(byteString(String(right)), flags).test(String(left));
    } catch {
      // A pattern that does not compile is only noticed, and logged, when it is used.
      return false;
    }
  };

const operators: Record<string, Test> = {
  "==": (left, right) => equal(left, right),
  "~=": (left, right) => !equal(left, right),
  ">": compare((left, right) => left > right),
  ">=": compare((left, right) => left >= right),
  "<": compare((left, right) => left < right),
  "<=": compare((left, right) => left <= right),
  "~~": search(""),
  "~*": search("i"),
  in: (left, right) => Array.isArray(right) && left !== undefined && right.some((item) => same(left, item)),
  // No variable that a route can see is a list.
  has: () => false,
  ipmatch: (left, right) => [right].flat().some((range) => inNetwork(String(range), String(left))),
};

const junctions = new Set(["OR", "!OR", "AND", "!AND"]);

function same(left: Value, right: unknown): boolean {
  if (right === null || right === undefined) return left === undefined;
  return left === (typeof right === "string" ? byteString(right) : right);
}

// Only a number on the right turns the variable, which is text, into one.
function equal(left: Value, right: unknown): boolean {
  return typeof right === "number" ? luaNumber(left) === right : same(left, right);
}

/**
 * Reads an expression; undefined is one without terms, which always holds.
 * Throws {@link ExpressionError} where APISIX refuses it, and {@link LuaError} where APISIX's code breaks over it.
 */
export function readExpression(rule: unknown): Expression | undefined {
  if (rule === undefined || rule === false) throw new ExpressionError("missing argument rule");
  if (length(rule) === 0) return undefined;
  const [first] = Array.isArray(rule) ? rule : [];
  if (!isTable(first) && !junctions.has(upper(first)))
    throw new ExpressionError("rule should be wrapped inside brackets");
  return read(rule);
}

/** What is wrong with an expression, in APISIX's words; throws {@link LuaError} where APISIX's code breaks over it. */
export function expressionError(rule: unknown): string | undefined {
  try {
    readExpression(rule);
    return undefined;
  } catch (problem) {
    if (problem instanceof ExpressionError) return problem.message;
    throw problem;
  }
}

function read(rules: unknown): Expression {
  if (length(rules) === 0) throw new ExpressionError("rule too short");
  // A text has a length, too, but nothing inside.
  const list: unknown[] = Array.isArray(rules) ? rules : [];
  if (isTable(list[0])) return { operator: "AND", parts: list.map(read) };
  const operator = upper(list[0]);
  if (!junctions.has(operator)) return readTerm(list);
  if (list.length <= 2) throw new ExpressionError("rule too short");
  return { operator, parts: list.slice(1).map(read) };
}

function readTerm(term: unknown[]): Term {
  const negated = term.length === 4;
  if (negated && term[1] !== "!") throw new ExpressionError("bad 'not' expression");
  const [given, value] = negated ? term.slice(2) : term.slice(1, 3);
  let operator = given === undefined ? undefined : lower(given);
  let right = value;
  if (right === undefined && !(operator !== undefined && operators[operator])) {
    // `["arg_x", "1"]` is short for `["arg_x", "==", "1"]`.
    if (operator === undefined) throw new ExpressionError("invalid expression");
    right = operator;
    operator = "==";
  }
  if (operator === undefined || !operators[operator])
    throw new ExpressionError(`invalid operator '${operator}'`);
  if (operator === "ipmatch") checkNetworks(right);
  return { variable: String(term[0]), operator, right, negated };
}

function checkNetworks(right: unknown): void {
  const networks = isTable(right) ? right : [right];
  if (right === undefined || right === false || right === "" || length(networks) === 0)
    throw new ExpressionError("invalid ip address");
  for (const network of networks as unknown[]) {
    if (typeof network !== "string" && typeof network !== "number")
      throw new LuaError(`a network that is a ${luaType(network)}`);
    if (!isNetwork(String(network))) {
      throw new ExpressionError(`invalid ip address: ${String(network).split("/")[0]}`);
    }
  }
}

function isTable(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Lua's `#`: an object has no length, and what is neither table nor text breaks it. */
function length(value: unknown): number {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  if (isTable(value)) return 0;
  throw new LuaError(`attempt to get length of a ${luaType(value)} value`);
}

function text(value: unknown): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new LuaError(`string expected, got ${luaType(value)}`);
}

function upper(value: unknown): string {
  return text(value).toUpperCase();
}

function lower(value: unknown): string {
  return text(value).toLowerCase();
}

/** Whether an expression holds for a request. */
export function evaluate(expression: Expression | undefined, variables: Variables): boolean {
  if (expression === undefined) return true;
  if ("variable" in expression) {
    const { variable, operator, right, negated } = expression;
    return operators[operator]?.(variables(variable), right) !== negated;
  }
  const { operator, parts } = expression;
  const holds = operator.endsWith("AND")
    ? parts.every((part) => evaluate(part, variables))
    : parts.some((part) => evaluate(part, variables));
  return holds !== operator.startsWith("!");
}
