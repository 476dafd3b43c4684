import { toBytes } from "./bytes.ts";
import { inNetwork } from "./networks.ts";
import { below, type Field, isMap, type Unclear, unclearValue } from "./objects.ts";
import { pattern } from "./pattern.ts";
import type { Variable, Variables } from "./variables.ts";

/** Whether an expression holds. Where it does not, `because` is the smallest part that has to change. */
export type Truth =
  | { holds: true }
  | { holds: false; because: Field }
  | { holds: "unclear"; because: Unclear[] };

/** A comparison; undefined where it cannot be told. */
type Comparison = (left: Variable, right: unknown) => boolean | undefined;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  "==": equal,
  "~=": (left, right) => !equal(left, right),
  ">": numeric((left, right) => left > right),
  ">=": numeric((left, right) => left >= right),
  "<": numeric((left, right) => left < right),
  "<=": numeric((left, right) => left <= right),
  "~~": (left, right) => matches(left, right, false),
  "~*": (left, right) => matches(left, right, true),
  in: (left, right) => Array.isArray(right) && right.some((item) => luaValue(item) === left),
  // A variable of a request is no list, so none has an element.
  has: () => false,
  ipmatch: (left, right) => within(left, [right].flat()),
};
const JUNCTIONS = ["AND", "OR", "!AND", "!OR"];

/** Judges an expression of APISIX (`vars` of a route, `_meta.filter` of a plugin, `match` of traffic-split). */
export function judge(expression: unknown, variables: Variables, field: Field): Truth {
  const unclear = unclearValue(expression, field);
  if (unclear.length > 0) return { holds: "unclear", because: unclear };
  // An empty list comes as {} too.
  if (isMap(expression) && Object.keys(expression).length === 0) return { holds: true };
  if (!Array.isArray(expression)) return unreadable(field);
  const [first] = expression;
  if (expression.length === 0) return { holds: true };
  if (typeof first !== "string") return part(expression, variables, field);
  return JUNCTIONS.includes(first.toUpperCase()) ? part(expression, variables, field) : unreadable(field);
}

function part(expression: unknown, variables: Variables, field: Field): Truth {
  const unclear = unclearValue(expression, field);
  if (unclear.length > 0) return { holds: "unclear", because: unclear };
  if (!Array.isArray(expression)) return unreadable(field);
  const [first, ...rest] = expression;
  if (typeof first !== "string") {
    const firstUnclear = unclearValue(first, below(field, "[0]"));
    if (firstUnclear.length > 0) return { holds: "unclear", because: firstUnclear };
    return junction("AND", expression, 0, variables, field);
  }
  const operator = first.toUpperCase();
  if (!JUNCTIONS.includes(operator)) return term(expression, variables, field);
  return junction(operator, rest, 1, variables, field);
}

function junction(
  operator: string,
  parts: readonly unknown[],
  offset: number,
  variables: Variables,
  field: Field,
): Truth {
  const truths = parts.map((one, index) => part(one, variables, below(field, `[${index + offset}]`)));
  const negated = operator.startsWith("!");
  const decisive = operator.endsWith("OR");
  const decided = truths.find(({ holds }) => holds === decisive);
  const unclear = truths.flatMap((truth) => (truth.holds === "unclear" ? truth.because : []));
  if (!decided && unclear.length > 0) return { holds: "unclear", because: unclear };
  const holds = (decided ? decisive : !decisive) !== negated;
  if (holds) return { holds };
  // A plain AND fails by one part, which alone has to change; of the others any part may be meant.
  return { holds, because: operator === "AND" && decided?.holds === false ? decided.because : field };
}

function term(expression: readonly unknown[], variables: Variables, field: Field): Truth {
  const read = readTerm(expression);
  const because = expression.flatMap((item, index) => unclearDeep(item, below(field, `[${index}]`)));
  if (because.length > 0) return { holds: "unclear", because };
  if (!read) return unreadable(field);
  const variable = variables(read.name);
  if (variable === "request") return { holds: "unclear", because: [{ field, why: "request" }] };
  const result = COMPARISONS[read.operator]?.(variable.value, read.right);
  if (result === undefined) return unreadable(field);
  return result !== read.negated ? { holds: true } : { holds: false, because: field };
}

function unclearDeep(value: unknown, field: Field): Unclear[] {
  if (!Array.isArray(value)) return unclearValue(value, field);
  return value.flatMap((item, index) => unclearDeep(item, below(field, `[${index}]`)));
}

interface Term {
  name: string;
  operator: string;
  right: unknown;
  negated: boolean;
}

function readTerm(expression: readonly unknown[]): Term | undefined {
  const negated = expression.length === 4;
  if (negated && expression[1] !== "!") return undefined;
  const [name, operator, right] = negated ? [expression[0], ...expression.slice(2)] : expression;
  const word = String(operator).toLowerCase();
  // Two elements are a comparison for equality.
  if (expression.length === 2 && !COMPARISONS[word])
    return { name: String(name), operator: "==", right: word, negated };
  return COMPARISONS[word] ? { name: String(name), operator: word, right, negated } : undefined;
}

function unreadable(field: Field): Truth {
  return { holds: "unclear", because: [{ field, why: "expression" }] };
}

function luaValue(value: unknown): unknown {
  if (value === null) return undefined;
  return typeof value === "string" ? toBytes(value) : value;
}

function equal(left: Variable, right: unknown): boolean {
  return typeof right === "number" ? luaNumber(left) === right : left === luaValue(right);
}

/** A text as Lua reads a number from it. */
function luaNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  const text = value.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, "");
  const [, sign = "", hex] = /^([+-]?)(0x[0-9a-f]+)$/i.exec(text) ?? [];
  if (hex !== undefined) return Number(hex) * (sign === "-" ? -1 : 1);
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function numeric(test: (left: number, right: number) => boolean): Comparison {
  return (left, right) => {
    const [a, b] = [luaNumber(left), luaNumber(right)];
    return a !== undefined && b !== undefined && test(a, b);
  };
}

function matches(left: Variable, right: unknown, ignoreCase: boolean): boolean | undefined {
  if (left === undefined || left === false) return false;
  return pattern(toBytes(String(right)), ignoreCase)?.test(String(left));
}

function within(left: Variable, networks: readonly unknown[]): boolean | undefined {
  if (typeof left !== "string") return false;
  const results = networks.map((network) => inNetwork(String(network), left));
  return results.includes(undefined) ? undefined : results.includes(true);
}
