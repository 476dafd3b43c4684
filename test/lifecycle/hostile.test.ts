import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { route } from "../../provider/model/apisix/route.ts";
import { upstream } from "../../provider/model/apisix/upstream.ts";
import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { KINDS } from "../../provider/model/kinds.ts";
import { externalService } from "../../provider/model/kuma/external-service.ts";
import { zoneEgress } from "../../provider/model/kuma/zone-egress.ts";
import { type Problem, validate } from "../../provider/model/validate.ts";
import { BackendError } from "../../provider/server/errors.ts";
import { anyArgs, SEED, validArgs } from "../support/arbitraries.ts";
import { lifecycleOf, sendTo } from "../support/in-process.ts";
import { places, replaced } from "../support/paths-inside.ts";

const nodes = [{ host: "a.example", port: 443, weight: 1 }];
const routed = { uri: "/", plugins: {} };
const tags = { "kuma.io/service": "httpbin" };
const service = (tls: JsonObject = {}) => ({ tags, networking: { address: "httpbin.org:443", tls } });

/** What a terminal would obey, or what turns the direction of a line. */
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Few words, and nothing in them but words. */
function expectPresentable(problems: Problem[]): void {
  expect(problems.length).toBeLessThanOrEqual(100);
  for (const { path, reason } of problems) {
    expect(`${path}: ${reason}`).not.toMatch(UNPRINTABLE);
    expect((path + reason).isWellFormed()).toBe(true);
    expect(path.length + reason.length).toBeLessThan(3000);
  }
}

describe("hostile input is a problem with a path, and no exception", () => {
  const ids = [
    ...["a/b", "..", ".", "../../routes/a", "%2F", "a%2Fb", "", " ", "a b", "a?b", "a#b", "a;b", "a\\b"],
    ...["\0", "a\nb", "a\r\nHost: b", "\u001b[31m", "é", "a\u202eb", "\ud800", "__proto__ ", "a\u2028b"],
    ...["x".repeat(10_000_000), `a${"-".repeat(1_000_000)}b`, "a.".repeat(1_000_000)],
    ...[null, 1, 0.5, 2 ** 53, true, [], ["a"], {}, { a: 1 }],
  ];
  const identities = KINDS.flatMap((kind) => kind.identity.map((field) => ({ kind, field })));
  test.each(identities)("a $field of $kind.type that a URL would misread", async ({ kind, field }) => {
    const [args = {}] = fc.sample(validArgs(kind), { seed: SEED, numRuns: 1 });
    for (const id of ids) {
      const problems = validate(kind, { ...args, [field]: id });
      expect(
        problems.map(({ path }) => path),
        String(id).slice(0, 20),
      ).toContain(field);
      expectPresentable(problems);
    }
  });

  test.each(KINDS)("and no request is made for such an id of $type", async (kind) => {
    const requests: string[] = [];
    sendTo({ answer: (_, path) => ({ status: Number(requests.push(path)), json: {} }) });
    const whole = kind.identity.map(() => "a");
    for (const id of ids.filter((one) => typeof one === "string")) {
      for (const index of kind.identity.keys()) {
        const error = await lifecycleOf(kind)
          .read(whole.with(index, id).join("/"), {})
          .catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(BackendError);
        expectPresentable([{ path: "", reason: (error as Error).message }]);
      }
    }
    expect(requests).toEqual([]);
  });

  test.each(KINDS)(
    "and what is accepted stays in its place in the URL of $type",
    { timeout: 60_000 },
    (kind) => {
      const collection = kind.path(kind.identity.map(() => "a")).split("/").length;
      fc.assert(
        fc.property(
          validArgs(kind),
          fc.string({ unit: "binary", maxLength: 4 }),
          fc.nat(),
          (args, text, choice) => {
            const field = kind.identity[choice % kind.identity.length] ?? "";
            for (const given of [args, { ...args, [field]: text }] as JsonObject[]) {
              const identity = kind.identity.map((name) => String(given[name] ?? "a"));
              if (validate(kind, given).length > 0) continue;
              const path = kind.path(identity.map(encodeURIComponent));
              const { pathname, search, hash } = new URL(`http://a.example/base/${path}`);
              expect([pathname, search, hash]).toEqual([`/base/${path}`, "", ""]);
              expect(path.split("/")).toHaveLength(collection);
              const decoded = path.split("/").map(decodeURIComponent);
              for (const part of identity.filter((_, at) => kind.identity[at] !== "type"))
                expect(decoded).toContain(part);
            }
          },
        ),
        { seed: SEED, numRuns: 100 },
      );
    },
  );

  test.each([
    ["in the arguments", '{"__proto__": {"a": 1}}', "__proto__"],
    ["in labels", '{"labels": {"__proto__": "a"}}', "labels.__proto__"],
    ["in plugins", '{"plugins": {"__proto__": {}}}', "plugins.__proto__"],
    ["deep in a plugin", '{"plugins": {"a": {"b": [{"__proto__": 1}]}}}', "plugins.a.b[0].__proto__"],
    ["in nodes", '{"upstream": {"nodes": {"__proto__": 1}}}', "upstream.nodes.__proto__"],
  ])("__proto__ %s", (_, text, path) => {
    const args = { ...routed, ...(JSON.parse(text) as JsonObject) };
    if (path === "__proto__") Object.defineProperty(args, path, { value: {}, enumerable: true });
    expect(validate(route, args)).toContainEqual({ path, reason: "is a name that no object can have" });
  });

  test("names that every object has", () => {
    for (const name of ["constructor", "toString", "hasOwnProperty", "valueOf"]) {
      expect(validate(route, { ...routed, [name]: "a" })).toEqual([
        { path: name, reason: "is no field that exists here" },
      ]);
      expect(validate(externalService, service({ [name]: {} })).map(({ path }) => path)).toEqual([
        `networking.tls.${name}`,
      ]);
    }
  });

  test("control characters and very long texts in every text field", () => {
    for (const text of ["\0", "a\u0007b", "\u2028", "é".repeat(1_000_000)]) {
      expect(validate(upstream, { nodes, upstreamHost: text })[0]?.path).toBe("upstreamHost");
      const [problem] = validate(upstream, { nodes: { [text]: 1 } });
      expect(problem?.path).toMatch(/^nodes\[".{0,270}"\]$/s);
      expect(validate(route, { ...routed, hosts: [text] })[0]?.path).toMatch(/^hosts\[0\]$/);
      expect(validate(route, { ...routed, remoteAddr: text })[0]?.path).toBe("remoteAddr");
      expect(validate(externalService, { tags, networking: { address: text } })[0]?.path).toBe(
        "networking.address",
      );
      expect(validate(zoneEgress, { networking: { port: 1, address: text } })[0]?.path).toBe(
        "networking.address",
      );
    }
  });

  test("arguments nested a thousand deep, where nothing is nested", () => {
    const deep = JSON.parse(`${'{"a":'.repeat(1000)}1${"}".repeat(1000)}`) as JsonObject;
    expect(validate(route, { ...routed, plugins: { a: deep } })).toEqual([]);
    expect(validate(route, { ...routed, uri: deep }).map(({ path }) => path)).toEqual(["uri"]);
    expect(validate(upstream, { nodes: deep }).map(({ path }) => path)[0]).toBe("nodes.a");
  });

  test.each([route, upstream, externalService, zoneEgress])(
    "whatever stands in the place of anything in $type",
    (kind) => {
      const anything = fc.jsonValue() as fc.Arbitrary<Json>;
      fc.assert(
        fc.property(anyArgs(kind), fc.nat(), anything, (args, choice, value) => {
          const all = places(args);
          const path = all[choice % all.length];
          if (!path) return;
          const changed = JSON.parse(JSON.stringify(replaced(args, path, value))) as JsonObject;
          const problems = validate(kind, changed);
          for (const problem of problems) expect(problem.path).not.toBe("");
          expectPresentable(problems);
        }),
        { seed: SEED, numRuns: 500 },
      );
    },
  );
});
