import { expect, test } from "vitest";
import { type Choice, matcher } from "../../provider/model/serving/matcher.ts";
import { notKnown } from "../../provider/model/serving/not-known.ts";
import type { Gateway, Stored } from "../../provider/model/serving/objects.ts";
import type { Request } from "../../provider/model/serving/request.ts";
import { gatewayOf, matchingSets, requestOf, servingSets } from "../support/recorded-serving.ts";

const FIELDS = [
  "uri",
  "uris",
  "host",
  "hosts",
  "methods",
  "priority",
  "vars",
  "status",
  "remote_addrs",
  "service_id",
];
const gateways: { gateway: Gateway; requests: Request[] }[] = [
  ...matchingSets.map((set) => ({
    gateway: { routes: set.routes },
    requests: set.exchanges.map(({ request }) => requestOf(request)),
  })),
  ...servingSets.map((set) => ({
    gateway: gatewayOf(set),
    requests: set.exchanges.map(({ request }) => requestOf(request)),
  })),
];
/** Every value that a field has anywhere in the recordings. */
const values = new Map(
  FIELDS.map((field) => {
    const found = gateways.flatMap(({ gateway }) => (gateway.routes ?? []).map((route) => route[field]));
    return [
      field,
      [...new Set(found.map((value) => JSON.stringify(value)))].map((text) => text && JSON.parse(text)),
    ];
  }),
);

function withValue(gateway: Gateway, index: number, field: string, value: unknown): Gateway {
  const routes = (gateway.routes ?? []).map(
    (route, at): Stored => (at === index ? { ...route, [field]: value } : route),
  );
  return { ...gateway, routes };
}

/** What does not depend on the order of routes that are equal in all. */
function essence(choice: Choice): string {
  return choice.outcome === "served" ? `served by ${choice.route}` : choice.outcome;
}

// Some ten thousand requests; a busy machine needs longer than the usual time.
test("with a value that is not known, an answer is given only if every value leads to it", {
  timeout: 60_000,
}, () => {
  const counts = { same: 0, unclear: 0 };
  for (const [number, { gateway, requests }] of gateways.entries()) {
    for (const [index, route] of (gateway.routes ?? []).entries()) {
      const field = FIELDS.filter((name) => route[name] !== undefined)[number % 3] ?? "priority";
      const masked = matcher(withValue(gateway, index, field, notKnown("unknown")));
      const others = (values.get(field) ?? []).slice(0, 8);
      const possible = others.map((value) => matcher(withValue(gateway, index, field, value)));
      for (const request of requests.slice(0, 8)) {
        const choice = masked.choose(request);
        if (choice.outcome === "unclear") {
          expect(choice.because).toContainEqual({
            field: { collection: "routes", id: route.id, path: field },
            why: "unknown",
          });
          counts.unclear++;
          continue;
        }
        counts.same++;
        for (const one of possible) expect(essence(one.choose(request))).toBe(essence(choice));
      }
    }
  }
  expect(counts.same).toBeGreaterThan(1000);
  expect(counts.unclear).toBeGreaterThan(200);
});

const request: Request = { host: "a.test", path: "/get", address: "10.0.0.1" };

test("what cannot be said names the field and why", () => {
  const { choose } = matcher({
    routes: [
      { id: "hidden", uri: "/get", vars: [["http_x_key", "==", notKnown("secret")]] },
      { id: "any", uri: "/*" },
    ],
  });
  expect(choose({ ...request, headers: { "x-key": "v" } })).toEqual({
    outcome: "unclear",
    because: [{ field: { collection: "routes", id: "hidden", path: "vars[0][2]" }, why: "secret" }],
    candidates: ["any", "hidden"],
  });
});

test("a value that cannot change the answer is not asked for", () => {
  const { choose } = matcher({
    routes: [
      { id: "exact", uri: "/get", hosts: ["a.test"] },
      { id: "broad", uri: "/*", vars: notKnown("unknown"), priority: 9 },
      { id: "elsewhere", uri: "/other", filter_func: "function(vars) return true end" },
      { id: "off", uri: notKnown("unknown"), status: 0 },
      { id: "one of two", uris: [notKnown("unknown"), "/get"], hosts: ["*.test"], methods: ["GET"] },
    ],
  });
  expect(choose(request)).toEqual({ outcome: "served", route: "exact", tied: [] });
});

test("a pattern that is not known changes nothing beside one that fits exactly", () => {
  const { choose } = matcher({
    routes: [
      { id: "other", uri: "/get" },
      { id: "first", uris: [notKnown("unknown"), "/get"], priority: 1 },
    ],
  });
  expect(choose(request)).toEqual({ outcome: "served", route: "first", tied: [] });
});

test("a Lua function cannot be judged and is said so", () => {
  const { serve } = matcher({
    routes: [
      { id: "lua", uri: "/get", filter_func: "function(vars) return vars.arg_a == '1' end" },
      { id: "next", uri: "/*" },
    ],
  });
  const { choice, handling, others } = serve(request);
  const because = [{ field: { collection: "routes", id: "lua", path: "filter_func" }, why: "program" }];
  expect(choice).toEqual({ outcome: "unclear", because, candidates: ["next", "lua"] });
  expect(handling).toBeUndefined();
  expect(others).toEqual([
    { route: "lua", reasons: [{ kind: "unclear", because }] },
    { route: "next", reasons: [{ kind: "unclear", because }] },
  ]);
});

test("what the request does not tell is asked of it, and an object that is not given is not guessed", () => {
  const { choose } = matcher({ routes: [{ id: "r", uri: "/get", remote_addr: "10.0.0.0/8" }] });
  expect(choose({ path: "/get" })).toMatchObject({
    because: [{ field: { path: "remote_addr" }, why: "request" }],
  });
  expect(choose(request)).toMatchObject({ outcome: "served" });
  const orphan = matcher({ routes: [{ id: "r", uri: "/get", service_id: "s" }] });
  expect(orphan.choose(request)).toMatchObject({
    because: [{ field: { path: "service_id" }, why: "not there" }],
  });
});
