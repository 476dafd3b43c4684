import { loadLua } from "../lua/code.ts";
import { LuaError } from "../lua/values.ts";
import type { JsonObject } from "../store.ts";

/**
 * What is wrong with the Lua in a route's `filter_func` and `script`. Nothing is run: where the type of what the code
 * gives cannot be told from its text, it counts as right.
 */
export function luaProblem({ filter_func: filter, script }: JsonObject): string | undefined {
  return (
    (typeof filter === "string" ? filterProblem(`return ${filter}`) : undefined) ??
    (typeof script === "string" ? scriptProblem(script) : undefined)
  );
}

function filterProblem(source: string): string | undefined {
  const { error, type } = loaded(source);
  if (error !== undefined) return `failed to load 'filter_func' string: ${error}`;
  return type === undefined || type === "function" ? undefined : "'filter_func' should be a function";
}

function scriptProblem(source: string): string | undefined {
  const { error, type } = loaded(source);
  if (error !== undefined) return `failed to load 'script' string: ${error}`;
  return type === undefined || type === "table" ? undefined : "'script' should be a Lua object";
}

/** What is wrong with the functions of `serverless-pre-function` and `serverless-post-function`. */
export function functionsProblem(functions: unknown): string | undefined {
  for (const source of Array.isArray(functions) ? functions : []) {
    const result = loadLua(String(source));
    if ("error" in result) return `failed to loadstring: ${result.error}`;
    const type = result.values === 0 ? "nil" : result.type;
    if (type !== undefined && type !== "function")
      return `only accept Lua function, the input code type is ${type}`;
  }
  return undefined;
}

function loaded(source: string): { error?: string; type?: string | undefined } {
  const result = loadLua(source);
  if ("error" in result) return result;
  // `type()` of no value at all is an error of its own.
  if (result.values === 0) throw new LuaError("bad argument #1 to 'type' (value expected)");
  return { type: result.type };
}
