const OPERATORS = ["==", "~=", ">", ">=", "<", "<=", "~~", "~*", "in", "has", "ipmatch"];
const JUNCTIONS = ["AND", "OR", "!AND", "!OR"];

/**
 * What is wrong with a match expression (lua-resty-expr), as a path below it and a reason.
 * The server reports a wrong one only when it is written.
 */
export function varsProblem(vars: unknown[]): [path: string, reason: string] | undefined {
  if (typeof vars[0] === "string" && JUNCTIONS.includes(vars[0])) return conditions(vars.slice(1), 1);
  return conditions(vars, 0);
}

function conditions(list: unknown[], offset: number): [string, string] | undefined {
  for (const [index, item] of list.entries()) {
    const at = `[${index + offset}]`;
    if (!Array.isArray(item)) return [at, 'is no condition such as ["arg_name", "==", "value"]'];
    const problem =
      typeof item[0] === "string" && JUNCTIONS.includes(item[0])
        ? conditions(item.slice(1), 1)
        : condition(item);
    if (problem) return [at + problem[0], problem[1]];
  }
  return undefined;
}

function condition(item: unknown[]): [string, string] | undefined {
  const negated = item[1] === "!";
  const operator = item[negated ? 2 : 1];
  if (typeof item[0] !== "string" || item.length !== (negated ? 4 : 3)) {
    return ["", 'is no condition such as ["arg_name", "==", "value"] or ["arg_name", "!", "in", ["a", "b"]]'];
  }
  if (!OPERATORS.includes(String(operator).toLowerCase())) {
    return [
      `[${negated ? 2 : 1}]`,
      `is no operator; allowed: ${OPERATORS.join(", ")}, with "!" before it to negate`,
    ];
  }
  return undefined;
}
