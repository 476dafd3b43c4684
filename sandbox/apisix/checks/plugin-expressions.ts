import { expressionError } from "../expression.ts";
import { LuaError } from "../lua/values.ts";
import { isObject, type JsonObject } from "../store.ts";
import { list, type PluginContext, type PluginRule } from "./plugin-rule.ts";

/** The plugins with expressions, whose terms are checked on write. */
export const expressionRules: Record<string, PluginRule> = {
  "traffic-split": ({ rules }) => firstProblem(list(rules).flatMap(matchesOf), varsProblem),
  "chaitin-waf": ({ match }) => firstProblem(list(match), varsProblem),
  "response-rewrite": ({ vars }) => labelled("vars", vars),
  "fault-injection": ({ abort, delay }) =>
    firstProblem([abort, delay], (part) =>
      isObject(part) ? firstProblem(list(part.vars), expressionError) : undefined,
    ),
  "traffic-label": ({ rules }) => firstProblem(list(rules), labelProblem),
  "file-logger": (configuration, { store }) => {
    const match = labelled("match", configuration.match);
    if (match !== undefined || configuration.path !== undefined) return match;
    if (store.find("plugin_metadata", "file-logger")?.value.path !== undefined) return undefined;
    return 'property "path" is not set in either the plugin conf or the metadata';
  },
  workflow: ({ rules }, context) => {
    for (const [index, rule] of list(rules).entries()) {
      const problem = isObject(rule) ? workflowProblem(rule, index, context) : undefined;
      if (problem !== undefined) return problem;
    }
    return undefined;
  },
  ...Object.fromEntries(
    ["http-logger", "kafka-logger", "loggly", "loki-logger", "rocketmq-logger", "tencent-cloud-cls"].map(
      (name): [string, PluginRule] => [name, loggedBodies],
    ),
  ),
};

function firstProblem(items: unknown[], problem: (item: unknown) => string | undefined): string | undefined {
  for (const item of items) {
    const found = problem(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What is wrong with an expression that may be left out, with the name of its field. */
function labelled(field: string, expression: unknown): string | undefined {
  if (expression === undefined) return undefined;
  const error = expressionError(expression);
  return error === undefined ? undefined : `failed to validate the '${field}' expression: ${error}`;
}

function matchesOf(rule: unknown): unknown[] {
  return isObject(rule) ? list(rule.match) : [];
}

/** An entry of `match` must have `vars`. */
function varsProblem(match: unknown): string | undefined {
  const error = expressionError(isObject(match) ? match.vars : undefined);
  return error === undefined ? undefined : `failed to validate the 'vars' expression: ${error}`;
}

function loggedBodies(configuration: JsonObject): string | undefined {
  return (
    labelled("include_req_body_expr", configuration.include_req_body_expr) ??
    labelled("include_resp_body_expr", configuration.include_resp_body_expr)
  );
}

function labelProblem(rule: unknown): string | undefined {
  if (!isObject(rule)) return undefined;
  const error = expressionError(rule.match ?? []);
  if (error !== undefined)
    return `failed to validate the 'match' expression: ${JSON.stringify(rule.match)} err: ${error}`;
  const names = list(rule.actions).flatMap((action) => Object.keys(isObject(action) ? action : {}));
  const unknown = names.find((name) => name !== "weight" && name !== "set_headers");
  return unknown === undefined ? undefined : `not supported action: ${unknown}`;
}

/** The plugins that can be an action of workflow. */
const actions = new Set(["limit-count", "limit-conn"]);

function workflowProblem(rule: JsonObject, index: number, context: PluginContext): string | undefined {
  if (rule.case !== undefined || context.older) {
    const error = expressionError(rule.case);
    // Later releases evaluate the expression, but by a slip do not look at what comes of it.
    if (error !== undefined && context.older) return `failed to validate the 'case' expression: ${error}`;
  }
  for (const action of list(rule.actions)) {
    const [name, configuration] = list(action);
    const known = name === "return" || (context.older ? name === "limit-count" : actions.has(String(name)));
    if (!known && typeof name !== "string" && typeof name !== "number")
      throw new LuaError("attempt to concatenate a value");
    if (!known) return `unsupported action: ${name}`;
    if (typeof configuration !== "object" || configuration === null)
      throw new LuaError("attempt to index a value");
    (configuration as JsonObject)._vid = index + 1;
    const problem =
      name === "return" ? returnProblem(configuration) : context.check(String(name), configuration);
    if (problem !== undefined) return `failed to validate the '${name}' action: ${problem}`;
  }
  return undefined;
}

function returnProblem(configuration: unknown): string | undefined {
  const code = isObject(configuration) ? configuration.code : undefined;
  if (code === undefined) return 'property "code" is required';
  if (typeof code !== "number" || code % 1 !== 0)
    return `property "code" validation failed: wrong type: expected integer, got ${typeof code}`;
  if (code < 100) return `property "code" validation failed: expected ${code} to be at least 100`;
  if (code > 599) return `property "code" validation failed: expected ${code} to be at most 599`;
  return undefined;
}
