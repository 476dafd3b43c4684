import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { route } from "../../provider/model/apisix/route.ts";
import { upstream } from "../../provider/model/apisix/upstream.ts";
import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { UNKNOWN } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { externalService } from "../../provider/model/kuma/external-service.ts";
import { zoneEgress } from "../../provider/model/kuma/zone-egress.ts";
import { nearest } from "../../provider/model/nearest.ts";
import { validate } from "../../provider/model/validate.ts";
import { SEED, validArgs } from "../support/arbitraries.ts";
import { places, replaced } from "../support/paths-inside.ts";

const KINDS = [route, upstream, externalService, zoneEgress];
const nodes = [{ host: "a.example", port: 443, weight: 1 }];
const routed = { uri: "/", plugins: {} };
const service = (tls: JsonObject = {}) => ({
  tags: { "kuma.io/service": "httpbin" },
  networking: { address: "httpbin.org:443", tls },
});

/** Problems as a person reads them. */
function read(kind: Kind, args: JsonObject): string[] {
  return validate(kind, args).map(({ path, reason }) => `${path}: ${reason}`);
}

describe("no problem shows what the program has marked as secret", () => {
  const MARK = "m4rked";
  test.each<[what: string, kind: Kind, args: JsonObject, marked: (string | number)[]]>([
    ["a value", route, { ...routed, host: `${MARK} /x` }, ["host"]],
    ["what a hint makes of a value", route, { ...routed, upstreamId: `${MARK}/x` }, ["upstreamId"]],
    ["the name that was meant", route, { ...routed, methods: ["PST"] }, ["methods", 0]],
    ["a value among others", route, { ...routed, labels: { a: `${MARK} x` } }, ["labels", "a"]],
    ["a key", upstream, { nodes: { [`${MARK}/x`]: 1 } }, ["nodes"]],
    ["a value of a plugin", route, { ...routed, plugins: { "limit-count": { count: MARK } } }, ["plugins"]],
    ["what a rule compares", upstream, { nodes, type: "chash", key: "uri", hashOn: MARK }, ["hashOn"]],
    [
      "what stands in an object that is marked as a whole",
      externalService,
      { ...service(), networking: { address: `https://${MARK}` } },
      ["networking"],
    ],
  ])("%s", (_, kind, args, marked) => {
    const problems = validate(kind, args, undefined, [marked]);
    expect(problems).not.toEqual([]);
    expect(JSON.stringify(problems)).not.toMatch(/m4rked|POST"\?|PST/);
    expect(JSON.stringify(validate(kind, args))).toMatch(/m4rked|PST|POST|count/);
  });
});

describe("a problem names", () => {
  test("the path of an unknown field and the nearest name", () => {
    expect(read(route, { ...routed, upstream: { nodes: [{ host: "a", weight: 1, wieght: 2 }] } })).toEqual([
      'upstream.nodes[0].wieght: is no field that exists here; did you mean "weight"?',
    ]);
    expect(read(route, { ...routed, upstream_id: "1" })).toEqual([
      'upstream_id: is no field that exists here; did you mean "upstreamId"?',
    ]);
    expect(read(upstream, { nodes, retires: 2 })).toEqual([
      'retires: is no field that exists here; did you mean "retries"?',
    ]);
  });

  test("the fields that exist, where no name is near and they are few", () => {
    expect(read(upstream, { nodes, timeout: { connect: 1, send: 1, read: 1, colour: 1 } })).toEqual([
      "timeout.colour: is no field that exists here; known here: connect, send, read",
    ]);
    expect(read(upstream, { nodes, colour: "red" })).toEqual(["colour: is no field that exists here"]);
  });

  test("each of several unknown fields", () => {
    expect(validate(upstream, { nodes, colour: 1, shape: 2 }).map(({ path }) => path)).toEqual([
      "colour",
      "shape",
    ]);
  });

  test("the nearest of the values allowed", () => {
    expect(read(route, { ...routed, methods: ["GET", "post"] })).toEqual([
      expect.stringMatching(
        /^methods\[1\]: "post" is none of the values allowed; did you mean "POST"\? allowed: GET, /,
      ),
    ]);
    expect(read(upstream, { nodes, scheme: "htps" })).toEqual([
      expect.stringContaining('scheme: "htps" is none of the values allowed; did you mean "http'),
    ]);
    expect(read(upstream, { nodes, type: "chahs" })).toEqual([
      'type: "chahs" is none of the values allowed; did you mean "chash"? allowed: roundrobin, chash, ewma, least_conn, { custom }',
    ]);
    expect(read(route, { ...routed, status: "1" })).toEqual([
      'status: "1" is none of the values allowed; did you mean 1? allowed: 0, 1',
    ]);
  });

  test("a missing field, and a value of the wrong type or size with the value", () => {
    expect(read(upstream, { nodes: [{ host: "a" }] })).toEqual(["nodes[0].weight: is missing"]);
    expect(read(upstream, { nodes, retries: "2" })).toEqual(['retries: "2" is not a number']);
    expect(read(upstream, { nodes: { "a.example:80": -1 } })).toEqual([
      'nodes["a.example:80"]: -1 is too small: at least 0',
    ]);
    expect(read(zoneEgress, { networking: { port: 70000 } })).toEqual([
      "networking.port: 70000 is too large: at most 65535",
    ]);
    expect(read(externalService, {})).toEqual(["tags: is missing", "networking: is missing"]);
  });

  test("a legal id or name beside an illegal one", () => {
    expect(read(route, { ...routed, routeId: "a/b c" })).toEqual([
      expect.stringContaining('for example "a-b-c"'),
    ]);
    expect(read(zoneEgress, { name: "My_Egress", networking: { port: 1 } })).toEqual([
      expect.stringContaining('for example "my-egress"'),
    ]);
  });

  test("a text of any length in a few words", () => {
    const [problem] = validate(upstream, { nodes, scheme: "x".repeat(1_000_000) });
    expect(problem?.reason.length).toBeLessThan(250);
  });
});

describe("the nearest name", () => {
  test.each([
    ["wieght", "weight"],
    ["upstream-id", "upstreamId"],
    ["URI", "uri"],
    ["hots", "host"],
  ])("of %s is %s", (word, meant) => {
    expect(nearest(word, ["uri", "host", "weight", "upstreamId"])).toBe(meant);
  });

  test("is none when nothing is near", () => {
    for (const word of ["colour", "", "x", "x".repeat(1_000_000)]) {
      expect(nearest(word, ["uri", "host", "weight", "upstreamId"])).toBeUndefined();
    }
  });
});

describe("an unknown value", () => {
  test.each(KINDS)("is right wherever it stands in $type", (kind) => {
    fc.assert(
      fc.property(validArgs(kind), fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), (args, choices) => {
        const withUnknown = choices.reduce<Json>((some, choice) => {
          const all = places(some);
          return replaced(some, all[choice % all.length] ?? [], UNKNOWN);
        }, args);
        expect(validate(kind, withUnknown as JsonObject)).toEqual([]);
      }),
      { seed: SEED, numRuns: 1500 },
    );
  });

  test("hides only the rules that touch it", () => {
    const args = {
      nodes,
      type: "chash",
      key: UNKNOWN,
      passHost: "rewrite",
      tls: { verify: true, clientCert: UNKNOWN },
    };
    expect(validate(upstream, args).map(({ path }) => path)).toEqual([
      "tls.clientKey",
      "upstreamHost",
      "tls.verify",
    ]);
    expect(
      validate(upstream, { ...args, passHost: UNKNOWN, scheme: UNKNOWN }).map(({ path }) => path),
    ).toEqual(["tls.clientKey"]);
  });

  test("does not hide what is wrong beside it", () => {
    expect(read(upstream, { nodes: [UNKNOWN, { host: UNKNOWN, weight: -1 }], retries: UNKNOWN })).toEqual([
      "nodes[1].weight: -1 is too small: at least 0",
    ]);
    expect(read(upstream, { nodes: UNKNOWN, colour: UNKNOWN })).toEqual([
      "colour: is no field that exists here",
    ]);
  });
});

describe("no secret and no plugin's configuration stands in a problem", () => {
  const secret = "S3cr3t-text";
  test.each<[string, Kind, JsonObject]>([
    ["a private key that is too short", upstream, { nodes, tls: { clientKey: secret, clientCert: "" } }],
    ["a private key as a list", upstream, { nodes, tls: { clientKey: [secret] } }],
    ["a private key in place of tls", upstream, { nodes, tls: secret }],
    ["a private key in place of a route's upstream", route, { ...routed, upstream: secret }],
    [
      "a key that Kuma takes as base64",
      externalService,
      service({ enabled: true, clientKey: { inline: secret } }),
    ],
    ["a key in place of its source", externalService, service({ enabled: true, clientKey: secret })],
    [
      "a key in two forms",
      externalService,
      service({ enabled: true, clientKey: { inlineString: secret, inline: secret } }),
    ],
    [
      "a key in the wrong place",
      externalService,
      service({ enabled: true, clientKey: { inlineText: secret } }),
    ],
    ["a key without TLS", externalService, service({ clientKey: { inlineString: secret } })],
    ["a plugin that is a text", route, { uri: "/", plugins: { "key-auth": secret } }],
    ["plugins as a text", route, { uri: "/", plugins: secret }],
    ["plugins as a list", route, { uri: "/", plugins: [secret] }],
    ["a plugin in a wrong route", route, { plugins: { "key-auth": { key: secret } } }],
    ["a probe's header", upstream, { nodes, checks: { active: { reqHeaders: secret } } }],
  ])("%s", (_, kind, args) => {
    const problems = read(kind, args);
    expect(problems).not.toEqual([]);
    expect(problems.join("\n")).not.toContain("S3cr3t");
  });
});
