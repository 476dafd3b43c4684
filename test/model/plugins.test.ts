import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PluginUse, pluginNames } from "../../provider/model/apisix/plugin-catalogue.ts";
import { pluginRules } from "../../provider/model/apisix/plugins.ts";
import { isObject, type Json, type JsonObject, UNKNOWN } from "../../provider/model/fields.ts";
import { validate } from "../../sandbox/apisix/schema/validator.ts";
import { readSchemas } from "../../sandbox/apisix/schemas.ts";
import { SEED } from "../support/arbitraries.ts";
import { configurations } from "../support/plugin-configurations.ts";

/** What is wrong, each as `PATH: REASON; HINT`, and what is warned of. */
function judge(plugins: JsonObject, use: PluginUse = "schema", customPlugins: string[] = []) {
  const problems: string[] = [];
  const warnings: string[] = [];
  pluginRules(
    plugins,
    "plugins",
    {
      report: (path, reason, hint) => problems.push(`${path}: ${reason}${hint ? `; ${hint}` : ""}`),
      known: () => true,
      warn: (text) => warnings.push(text),
      customPlugins,
    },
    use,
  );
  return { problems, warnings };
}

const limit = (fields: JsonObject): JsonObject => ({
  "limit-count": { count: 2, time_window: 60, ...fields },
});

describe("a wrong configuration is named with its path, and never shown", () => {
  test.each<[what: string, plugins: JsonObject, problem: string, use?: PluginUse]>([
    [
      "a plugin's name",
      { "limit-coutn": {} },
      'plugins.limit-coutn: is no plugin that APISIX has; did you mean "limit-count"?',
    ],
    ["a name in camel case", { limitCount: {} }, 'did you mean "limit-count"?'],
    [
      "a field's name",
      limit({ rejected_cod: 429 }),
      'plugins.limit-count.rejected_cod: is no field that exists here; did you mean "rejected_code"?',
    ],
    [
      "a field's name where the server refuses all others",
      { "proxy-rewrite": { headers: { sets: { a: "b" } } } },
      "plugins.proxy-rewrite.headers",
    ],
    [
      "a number that is too large",
      limit({ rejected_code: 600 }),
      "plugins.limit-count.rejected_code: is too large: at most 599",
    ],
    [
      "a value",
      limit({ policy: "rediss" }),
      'plugins.limit-count.policy: is none of the values allowed; did you mean "redis"? allowed: local, redis, redis-cluster, redis-sentinel',
    ],
    ["a type", limit({ count: true }), "plugins.limit-count.count: is neither an integer nor a string"],
    ["a missing field", { "limit-req": { rate: 1, burst: 1 } }, "plugins.limit-req.key: is missing"],
    [
      "fields that go together",
      { "limit-count": {} },
      "plugins.limit-count: has none of the forms that are allowed here; needs count and time_window, or rules",
    ],
    [
      "a field missing under a condition",
      limit({ policy: "redis" }),
      "plugins.limit-count.redis_host: is missing",
    ],
    [
      "a field in a list",
      { "traffic-split": { rules: [{ weighted_upstreams: [{ weight: -1 }] }] } },
      "plugins.traffic-split.rules[0].weighted_upstreams[0].weight: is too small: at least 0",
    ],
    ["a text", { "proxy-rewrite": { uri: "no-slash" } }, "plugins.proxy-rewrite.uri: does not match ^\\/.*"],
    [
      "a body that is given and filtered",
      { "response-rewrite": { body: "x", filters: [{ regex: "a", replace: "b" }] } },
      "plugins.response-rewrite.filters: does not go with body",
    ],
    [
      "credentials for every origin",
      { cors: { allow_credential: true, allow_origins: "*", allow_methods: "GET", allow_headers: "a" } },
      "plugins.cors.allow_origins: does not go with allow_credential: true; name what is allowed",
    ],
    [
      "credentials with the default of origins",
      { cors: { allow_credential: true, allow_methods: "GET", allow_headers: "a" } },
      'plugins.cors.allow_origins: is missing: "*", its default, does not go with allow_credential: true',
    ],
    [
      "a match without an expression",
      { "traffic-split": { rules: [{ match: [{}], weighted_upstreams: [{ weight: 1 }] }] } },
      "plugins.traffic-split.rules[0].match[0].vars: is missing; [] matches everything",
    ],
    ["an empty object", { "fault-injection": {} }, "plugins.fault-injection: has too few fields: at least 1"],
    ["a consumer's credential", { "key-auth": {} }, "plugins.key-auth.key: is missing", "consumer_schema"],
    ["a plugin for requests on a stream route", { "limit-conm": {} }, 'did you mean "limit-conn"?', "stream"],
    [
      "the settings of all plugins",
      { cors: { _meta: { disabled: true } } },
      'plugins.cors._meta.disabled: is no field that exists here; did you mean "disable"?',
    ],
  ])("%s", (_, plugins, problem, use) => {
    expect(judge(plugins, use).problems).toContainEqual(expect.stringContaining(problem));
  });
});

describe("what is right passes", () => {
  test.each<[what: string, plugins: JsonObject, use?: PluginUse]>([
    [
      "what the schema's defaults make right",
      { "proxy-rewrite": {}, "request-id": {}, prometheus: {}, cors: {} },
    ],
    ["a reference to a secret", { "key-auth": { key: "$secret://vault/1/jack/key" } }, "consumer_schema"],
    [
      "a reference to the environment",
      { "basic-auth": { username: "a", password: "$env://PASSWORD" } },
      "consumer_schema",
    ],
    ["a limit beside a consumer's credentials", limit({}), "consumer_schema"],
    ["unknown values for numbers", limit({ count: UNKNOWN, rejected_code: UNKNOWN })],
    ["an unknown value that decides what is needed", limit({ policy: UNKNOWN })],
    ["an unknown configuration", { "limit-count": UNKNOWN }],
    ["an unknown list", { "ip-restriction": { whitelist: UNKNOWN } }],
    [
      "unknown values inside alternatives",
      {
        "ip-restriction": { whitelist: [UNKNOWN, UNKNOWN] },
        "proxy-rewrite": { headers: { set: { a: UNKNOWN } } },
      },
    ],
    ["an unknown value that two forms could have", { "proxy-rewrite": { headers: { set: UNKNOWN } } }],
    ["an unknown list that a condition looks into", { "ai-cache": { layers: UNKNOWN, redis_host: "redis" } }],
    ["unknown elements that may differ", { cors: { allow_origins_by_regex: [UNKNOWN, UNKNOWN] } }],
    ["a stream plugin", { "ip-restriction": { whitelist: ["10.0.0.0/8"] } }, "stream"],
    ["nothing where something is left out", limit({ rejected_msg: null })],
  ])("%s", (_, plugins, use) => {
    expect(judge(plugins, use)).toEqual({ problems: [], warnings: [] });
  });
});

test("what is known is judged beside what is not", () => {
  expect(judge(limit({ redis_password: UNKNOWN, policy: "redis", rejected_code: 1 })).problems).toEqual([
    "plugins.limit-count.redis_host: is missing",
    "plugins.limit-count.rejected_code: is too small: at least 200",
  ]);
});

test("a plugin that is not built in is let through with a warning, and without one when it is named", () => {
  const own = { "tenant-lookup": { anything: [1] } };
  expect(judge(own)).toEqual({
    problems: [],
    warnings: [expect.stringMatching(/^"tenant-lookup" is none of/)],
  });
  expect(judge(own, "schema", ["tenant-lookup"])).toEqual({ problems: [], warnings: [] });
  expect(judge({ "limit-coutn": {} }, "schema", ["limit-coutn"])).toEqual({ problems: [], warnings: [] });
});

test("a field of no known name, near none either, is let through with a warning", () => {
  expect(judge(limit({ brand_new: 1 }))).toEqual({
    problems: [],
    warnings: [expect.stringMatching(/^limit-count\.brand_new: /)],
  });
});

interface Exchange {
  request: { method: string; path: string; body?: Json };
  response: { status: number; body?: Json };
}

test("every recorded write with plugins is judged as the server judged it", () => {
  const file = new URL("../recordings/apisix-3.18.0.json", import.meta.url);
  const { scenarios } = JSON.parse(readFileSync(file, "utf8")) as { scenarios: { exchanges: Exchange[] }[] };
  const writes = scenarios
    .flatMap(({ exchanges }) => exchanges)
    .flatMap(({ request: { method, path, body }, response }) => {
      const plugins = method === "PUT" && isObject(body) && isObject(body.plugins) ? body.plugins : undefined;
      return plugins ? [{ path, plugins, response }] : [];
    });
  expect(writes.length).toBeGreaterThan(10);
  for (const { path, plugins, response } of writes) {
    // What the server says about other objects is no matter of a plugin's configuration.
    const refused = response.status === 400 && !/already exists/.test(JSON.stringify(response.body));
    const { problems, warnings } = judge(plugins, /consumers/.test(path) ? "consumer_schema" : "schema");
    expect([path, problems.length + warnings.length > 0]).toEqual([path, refused]);
  }
});

/** Whether the field that an error says is required has a default somewhere in the schema. */
function hasDefault(schema: unknown, error: string): boolean {
  const name = /property "(\w+)" is required$/.exec(error)?.[1] ?? "";
  if (Array.isArray(schema)) return schema.some((part) => hasDefault(part, error));
  if (!isObject(schema)) return false;
  const field = isObject(schema.properties) ? schema.properties[name] : undefined;
  if (isObject(field) && field.default !== undefined) return true;
  return Object.values(schema).some((part) => hasDefault(part, error));
}

/** Copies of a value, in each of which something else is unknown. */
function withUnknowns(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [UNKNOWN];
  const inside = Object.entries(value).flatMap(([key, inner]) =>
    withUnknowns(inner).map((changed) =>
      Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed },
    ),
  );
  return [UNKNOWN, ...inside];
}

/** What ours refuses by what a plugin's code asks, of which its schema says nothing. */
const WRITTEN =
  /no (condition such as|operator|list of conditions)|joins at least|is not "!"|is no IPv4|\[\] matches everything|allow_credential: true/;

test("every plugin's configuration is judged as the server's schema judges it, and stays right when parts are unknown", () => {
  const { plugins, dialect } = readSchemas(false);
  expect(pluginNames("schema")).toEqual(Object.keys(plugins));
  const verdicts = { accepted: 0, refused: 0 };
  for (const [name, { schema, consumer_schema }] of Object.entries(plugins)) {
    for (const use of ["schema", "consumer_schema"] as const) {
      const server = use === "schema" ? schema : consumer_schema;
      if (!server) continue;
      // To the server an empty object is an empty list, and the other way round; ours is strict there. And ours judges
      // the defaults of fields that are left out, which the server does not.
      const serious = (configuration: Json) =>
        judge({ [name]: configuration }, use).problems.filter(
          (problem) =>
            !/ is not an? (list|object)$/.test(problem) &&
            !WRITTEN.test(problem) &&
            Object.keys(configuration ?? {}).some((field) => problem.startsWith(`plugins.${name}.${field}`)),
        );
      fc.assert(
        fc.property(configurations(server), (configuration) => {
          const verdict = validate(server, configuration, dialect);
          const accepted = "value" in verdict;
          // The server wants some fields although they have a default, which ours does not ask for.
          if (!accepted && / is required$/.test(verdict.error) && hasDefault(server, verdict.error)) return;
          verdicts[accepted ? "accepted" : "refused"]++;
          const problems = accepted ? serious(configuration) : judge({ [name]: configuration }, use).problems;
          const about = JSON.stringify([name, configuration, problems]);
          expect(problems.length === 0, about).toBe(accepted);
          for (const partly of accepted ? withUnknowns(configuration) : [])
            expect(serious(partly as Json), JSON.stringify([name, partly])).toEqual([]);
        }),
        { seed: SEED, numRuns: 60, examples: [[{}]] },
      );
    }
  }
  expect(verdicts.accepted).toBeGreaterThan(500);
  expect(verdicts.refused).toBeGreaterThan(500);
}, 60_000);
