import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { route } from "../../provider/model/apisix/route.ts";
import { upstream } from "../../provider/model/apisix/upstream.ts";
import { canonical, without } from "../../provider/model/canonical.ts";
import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { bare, isObject, schemaFor, shapeOf, UNKNOWN } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { externalService } from "../../provider/model/kuma/external-service.ts";
import { mesh } from "../../provider/model/kuma/mesh.ts";
import { meshExternalService } from "../../provider/model/kuma/mesh-external-service.ts";
import { policy } from "../../provider/model/kuma/policy.ts";
import { secret } from "../../provider/model/kuma/secret.ts";
import { zoneEgress } from "../../provider/model/kuma/zone-egress.ts";
import { validate } from "../../provider/model/validate.ts";
import { fromServer, toServer } from "../../provider/model/wire.ts";
import { argsOf, kindOfSchema } from "../support/apisix-arguments.ts";
import { bodies, SCHEMA_NAMES, serverSchema } from "../support/apisix-bodies.ts";
import { SEED, validArgs } from "../support/arbitraries.ts";

const RUNS = { seed: SEED, numRuns: 700 };
/** Of the kinds that are made of few fields. */
const FEWER_RUNS = { seed: SEED, numRuns: 150 };
const KINDS = [
  ...SCHEMA_NAMES.map(kindOfSchema),
  externalService,
  zoneEgress,
  mesh,
  secret,
  meshExternalService,
  policy,
];
/** Never sent, but kept from the state. */
const LOCAL = ["origin", "deleteContents", "waitForHostname"];
const node = { host: "a.example", port: 443, weight: 1 };

/** The arguments with every set in the other order and every default of the server written down. */
function rewritten(schema: Parameters<typeof bare>[0], value: Json): Json {
  const fitting = schemaFor(schema, value);
  const shape = shapeOf(fitting);
  if (shape && isObject(value)) {
    const written = Object.entries(shape).flatMap(([key, field]) => {
      const { default: standard } = bare(field);
      const given = value[key] ?? (standard as Json | undefined);
      return given === undefined ? [] : [[key, rewritten(field, given)] as const];
    });
    return { ...value, ...Object.fromEntries(written.reverse()) };
  }
  return Array.isArray(value) && bare(schema).meta.set ? value.toReversed() : value;
}

function expectSame(kind: Kind, ...forms: JsonObject[]): void {
  const [first, ...others] = forms.map((form) => canonical(kind, form));
  for (const other of others) expect(other).toEqual(first);
}

describe.each(KINDS)("the canonical form of $type", (kind) => {
  const runs = kind.dialect === "kuma" || kind === route || kind === upstream ? RUNS : FEWER_RUNS;
  const identity = Object.fromEntries(
    kind.identity.map((name) => [name, name === "type" ? "MeshTimeout" : "x"]),
  );
  const args = validArgs(kind).map((some): JsonObject => ({ ...some, ...identity }));

  test("of a canonical form is the same", () => {
    fc.assert(
      fc.property(args, (some) => {
        const once = canonical(kind, some);
        expect(canonical(kind, once)).toEqual(once);
      }),
      runs,
    );
  });

  test("is valid", () => {
    fc.assert(
      fc.property(args, (some) => {
        expect(validate(kind, canonical(kind, some))).toEqual([]);
      }),
      runs,
    );
  });

  test("does not depend on the order of sets and fields, nor on written defaults", () => {
    fc.assert(
      fc.property(args, (some) => {
        const { enabled, ...rest } = rewritten(kind.schema, some) as JsonObject;
        const other = some.enabled === undefined ? rest : { ...rest, enabled: some.enabled, status: null };
        expectSame(kind, some, JSON.parse(JSON.stringify(other)) as JsonObject);
      }),
      runs,
    );
  });

  test("comes back from the server as it went there", () => {
    fc.assert(
      fc.property(args, (some) => {
        const once = canonical(kind, without(some, LOCAL));
        const there = JSON.parse(JSON.stringify(toServer(kind, once))) as JsonObject;
        expect(fromServer(kind, there, identity)).toEqual(once);
      }),
      runs,
    );
  });

  test("is made of unknown values, too", () => {
    fc.assert(
      fc.property(args, fc.nat(), (some, choice) => {
        const keys = Object.keys(some);
        const key = keys[choice % keys.length] ?? "";
        expect(() => canonical(kind, { ...some, [key]: UNKNOWN })).not.toThrow();
      }),
      runs,
    );
  });
});

describe("one canonical form has", () => {
  const routed = { uri: "/", plugins: {} };

  test("a field written alone and as a list", () => {
    expectSame(route, { plugins: {}, uri: "/a" }, { plugins: {}, uris: ["/a"] });
    expectSame(route, { ...routed, host: "a" }, { ...routed, hosts: ["a"] });
    expectSame(route, { ...routed, remoteAddr: "::1" }, { ...routed, remoteAddrs: ["::1"] });
  });

  test("nodes as a map and as a list", () => {
    const list = [
      { host: "b.example", weight: 2 },
      { host: "a.example", port: 80, weight: 1 },
      { host: "[::1]", port: 80, weight: 0 },
    ];
    expectSame(upstream, { nodes: { "a.example:80": 1, "b.example": 2, "[::1]:80": 0 } }, { nodes: list });
    expectSame(upstream, { nodes: list }, { nodes: list.toReversed() });
    expectSame(
      route,
      { uri: "/", upstream: { nodes: { a: 1 } } },
      { uri: "/", upstream: { nodes: [{ host: "a", weight: 1 }] } },
    );
  });

  test("nodes of one address in any order, with the priority written or not", () => {
    const twice = [{ ...node, weight: 2 }, node, { ...node, priority: -1 }];
    const written = twice.map((one) => ({ priority: 0, ...one }));
    expectSame(upstream, { nodes: twice }, { nodes: twice.toReversed() }, { nodes: written });
    expectSame(upstream, { nodes: twice }, { nodes: [written[0] ?? null, ...twice.slice(1)] });
  });

  test("ids as texts and as numbers", () => {
    expectSame(
      route,
      { ...routed, upstreamId: 1, serviceId: 2 },
      { ...routed, upstreamId: "1", serviceId: "2" },
    );
    expectSame(upstream, { nodes: [], tls: { clientCertId: 3 } }, { nodes: [], tls: { clientCertId: "3" } });
  });

  test("enabled and status", () => {
    expectSame(route, { ...routed, enabled: false }, { ...routed, status: 0 });
    expectSame(route, { ...routed, enabled: true }, { ...routed, status: 1 }, routed);
  });

  test("a known balancer written as { custom }", () => {
    expectSame(upstream, { nodes: [], type: { custom: "ewma" } }, { nodes: [], type: "ewma" });
    expectSame(upstream, { nodes: [], type: { custom: "roundrobin" } }, { nodes: [] });
  });

  test("sni and serverName", () => {
    const service = (tls: JsonObject) => ({
      tags: { "kuma.io/service": "a" },
      networking: { address: "b.c:443", tls: { enabled: true, ...tls } },
    });
    expectSame(
      externalService,
      service({ sni: "a.b" }),
      service({ serverName: "a.b" }),
      service({ sni: "a.b", serverName: "a.b" }),
    );
  });

  test("a protocol in any case", () => {
    const service = (protocol: string) => ({
      tags: { "kuma.io/service": "a", "kuma.io/protocol": protocol },
      networking: { address: "b.c:443" },
    });
    expectSame(externalService, service("HTTP2"), service("http2"));
  });

  test("what is null, undefined and left out", () => {
    expectSame(route, { ...routed, desc: null, timeout: undefined as never }, routed);
  });
});

describe("passHost", () => {
  const secure = { nodes: [node], scheme: "https" };

  test("is node where the scheme is https and every node a domain name", () => {
    expect(canonical(upstream, secure)).toMatchObject({ passHost: "node" });
    expect(canonical(upstream, { ...secure, nodes: { "a.example:443": 1 } })).toMatchObject({
      passHost: "node",
    });
    expect(canonical(route, { uri: "/", upstream: secure })).toMatchObject({
      upstream: { passHost: "node" },
    });
  });

  test("stays as it is written", () => {
    for (const passHost of ["pass", "rewrite"]) {
      const once = canonical(upstream, { ...secure, passHost, upstreamHost: "a" });
      expect(once).toMatchObject({ passHost });
      expect(canonical(upstream, once)).toEqual(once);
    }
  });

  test("is not filled in with an address, a pattern, an unknown node, no node or another scheme", () => {
    const others: Json[] = ["10.0.0.1", "[::1]", "*.a.example", "*", UNKNOWN].map((host) => [
      node,
      { host, weight: 1 },
    ]);
    for (const nodes of [...others, [], UNKNOWN]) {
      expect(canonical(upstream, { ...secure, nodes })).not.toHaveProperty("passHost");
    }
    expect(canonical(upstream, { ...secure, scheme: UNKNOWN })).not.toHaveProperty("passHost");
    expect(canonical(upstream, { nodes: [node] })).not.toHaveProperty("passHost");
  });

  test("that the server lacks is pass, and shows as such where node was declared", () => {
    expect(fromServer(upstream, secure, {})).toMatchObject({ passHost: "pass" });
    expect(fromServer(upstream, { nodes: [node], pass_host: "pass" }, {})).not.toHaveProperty("passHost");
  });
});

describe("a server that stores its defaults changes nothing", () => {
  test.each(SCHEMA_NAMES)("whatever the %s", (name) => {
    const kind = kindOfSchema(name);
    const withDefaults = serverSchema(name, true);
    fc.assert(
      fc.property(bodies(name), (body) => {
        if (validate(kind, argsOf(body) as JsonObject).length > 0) return;
        const sent = toServer(kind, canonical(kind, argsOf(body) as JsonObject));
        const stored = structuredClone(sent);
        expect(withDefaults(stored)).toBe(true);
        expect(fromServer(kind, stored, {})).toEqual(fromServer(kind, sent, {}));
      }),
      kind === route || kind === upstream ? RUNS : FEWER_RUNS,
    );
  });

  interface Exchange {
    request: { method: string; path: string; body?: JsonObject };
    response: { status: number; body?: { value?: JsonObject } };
  }
  const exchanges = (version: string) => {
    const file = new URL(`../recordings/apisix-${version}.json`, import.meta.url);
    const { scenarios } = JSON.parse(readFileSync(file, "utf8")) as {
      scenarios: { exchanges: Exchange[] }[];
    };
    return scenarios.flatMap((scenario) => scenario.exchanges);
  };

  test.each(["3.11.0", "3.18.0"])(
    "in everything recorded of APISIX %s, plugins and encrypted keys aside",
    (version) => {
      let compared = 0;
      for (const { request, response } of exchanges(version)) {
        const name = /\/admin\/(\w+)s\//.exec(request.path)?.[1];
        const known = SCHEMA_NAMES.find((one) => one === name);
        const kind = known && kindOfSchema(known);
        const stored = response.body?.value;
        if (!kind || request.method !== "PUT" || !request.body || !stored) continue;
        const form = (body: JsonObject) => {
          const { plugins, tls, ...rest } = fromServer(kind, body, {}) as JsonObject;
          const { clientKey: _, ...visible } = isObject(tls) ? tls : {};
          return { ...rest, plugins: isObject(plugins) ? Object.keys(plugins) : [], tls: visible };
        };
        expect(form(stored), request.path).toEqual(form(request.body));
        compared++;
      }
      expect(compared).toBeGreaterThan(20);
    },
  );
});
