import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { changedExits } from "../../provider/model/change/exits.ts";
import { changedRoutes } from "../../provider/model/change/routes.ts";
import type { Exit } from "../../provider/model/inventory/exits.ts";
import type { KnownGateway } from "../../provider/model/inventory/gateways.ts";
import { notKnown } from "../../provider/model/serving/not-known.ts";
import type { Gateway, Stored } from "../../provider/model/serving/objects.ts";
import { readRequest } from "../../sandbox/apisix/request.ts";
import { Router } from "../../sandbox/apisix/router.ts";
import { Store } from "../../sandbox/apisix/store.ts";
import { gatewayOf, matchingSets, type RecordedRequest, servingSets } from "../support/recorded-serving.ts";

function known(gateway: Gateway): KnownGateway {
  return { at: "g", server: "g", places: ["here"], gateway, resources: [] };
}
function lines(before: Gateway, after: Gateway) {
  return changedRoutes(known(before), known(after), "radixtree_host_uri");
}

/** The sandbox's own router, which knows nothing of the model. */
function routerOf({ routes = [], services = [] }: Gateway): (request: RecordedRequest) => unknown {
  const store = new Store();
  for (const service of services) store.write("services", String(service.id), { ...service });
  for (const route of routes) store.write("routes", String(route.id), { ...route });
  const router = new Router(store);
  return ({ method, path, headers }) => {
    const lower = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const socket = { remoteAddress: "127.0.0.1" };
    const request = readRequest({ method, url: path, headers: lower, socket } as unknown as IncomingMessage);
    return request && router.find(request)?.id;
  };
}

const byId = (a: Stored, b: Stored) => (String(a.id) < String(b.id) ? -1 : 1);
/** Each route with a backend of its own, in the order in which a gateway reads them. */
const prepared = (gateway: Gateway): Gateway => ({
  ...gateway,
  routes: (gateway.routes ?? [])
    .map((route) => ({ ...route, upstream: { nodes: { [`${String(route.id)}.example:80`]: 1 } } }) as Stored)
    .sort(byId),
});
const sets = [
  ...matchingSets.map((set) => ({
    gateway: prepared({ routes: set.routes }),
    requests: set.exchanges.map(({ request }) => request),
  })),
  ...servingSets.map((set) => ({
    gateway: prepared(gatewayOf(set)),
    requests: set.exchanges.map(({ request }) => request),
  })),
];

/** Fields that decide which requests a route takes. */
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

/** Another set, and the same set with one route removed, replaced by one of the other set, or with a field of one. */
function changesTo(gateway: Gateway, other: Gateway, seed: number): Gateway[] {
  const routes = gateway.routes ?? [];
  const index = routes.length > 0 ? seed % routes.length : 0;
  const foreign = other.routes?.[seed % (other.routes.length || 1)];
  const id = routes[index]?.id;
  const rest = routes.filter((_, at) => at !== index);
  return [
    other,
    { ...gateway, routes: rest },
    { ...gateway, routes: foreign ? [...rest, { ...foreign, id }].sort(byId) : rest },
    ...FIELDS.map((field) => {
      const value = other.routes?.find((route) => route[field] !== undefined)?.[field];
      const changed = routes.map((route, at) => (at === index ? { ...route, [field]: value } : route));
      return { ...gateway, routes: value === undefined ? routes : changed };
    }),
  ];
}

// Some ten thousand requests; a busy machine needs longer than the usual time.
test("every request of the recordings that another route answers after a change is one of a route that a line names", {
  timeout: 120_000,
}, ({ annotate }) => {
  const counts = { otherwise: 0, covered: 0, same: 0 };
  for (const [number, { gateway, requests }] of sets.entries()) {
    const other = sets[(number + 1 + (number % 5)) % sets.length];
    if (!other) continue;
    const was = routerOf(gateway);
    for (const after of changesTo(gateway, other.gateway, number)) {
      const is = routerOf(after);
      const named = new Set(lines(gateway, after).map(({ about }) => about));
      for (const request of [...requests, ...other.requests]) {
        const [old, next] = [was(request), is(request)];
        if (old === next) counts.same++;
        else {
          counts.otherwise++;
          if (named.has(`route ${String(old)}`) || named.has(`route ${String(next)}`)) counts.covered++;
        }
      }
    }
  }
  annotate(JSON.stringify(counts));
  expect(counts.otherwise).toBeGreaterThan(1000);
  expect(counts.covered).toBe(counts.otherwise);
});

test("where nothing differs there is no line, and a route that has not changed is in none", () => {
  for (const [number, { gateway }] of sets.entries()) {
    expect(lines(gateway, structuredClone(gateway))).toEqual([]);
    const [, removed = {}] = changesTo(gateway, gateway, number);
    const about = lines(gateway, removed).filter(({ effect }) => effect === "answer");
    expect(about.length).toBeLessThanOrEqual(1);
  }
});

describe("a route", () => {
  const route = (rest: object = {}): Stored => ({
    id: "r",
    uri: "/v1/*",
    upstream: { nodes: { "a:80": 1 } },
    ...rest,
  });
  const texts = (before: object, after: object) =>
    lines({ routes: [route(before)] }, { routes: [route(after)] }).map(
      ({ effect, text }) => `${effect}: ${text}`,
    );

  test("that takes other requests is told with such requests and who answers them", () => {
    const other = { id: "s", uri: "/v2/*", upstream: { nodes: { "b:80": 1 } } };
    const [line] = lines(
      { routes: [route(), other] },
      { routes: [route({ uri: "/*", priority: 1 }), other] },
    );
    expect(line?.text).toBe('route r takes other requests: priority nothing => 1; uri "/v1/*" => "/*"');
    expect(line?.examples[0]).toBe("GET any.example/x: 404 before, route r (http://a:80 weight 1) after");
  });

  test("that sends requests elsewhere, by itself or by its upstream or service", () => {
    expect(texts({}, { upstream: { nodes: { "b:80": 1 } } })).toEqual([
      "answer: route r sends requests elsewhere: http://a:80 weight 1 before, http://b:80 weight 1 after",
    ]);
    const gateway = (host: string): Gateway => ({
      routes: [{ id: "r", uri: "/", service_id: "s" }],
      services: [{ id: "s", upstream_id: "u" }],
      upstreams: [{ id: "u", nodes: { [`${host}:80`]: 1 } }],
    });
    expect(lines(gateway("a"), gateway("b")).map(({ about }) => about)).toEqual(["route r"]);
  });

  test("whose key check or limit is gone, switched off, or changed", () => {
    const plugins = { "key-auth": {}, "limit-count": { count: 1 } };
    expect(texts({ plugins }, {})).toEqual([
      "auth-removed: route r: key-auth no longer checks who asks",
      "limit-removed: route r: the limit limit-count is gone",
    ]);
    expect(texts({ plugins }, { plugins: { ...plugins, "key-auth": { _meta: { disable: true } } } })).toEqual(
      ["auth-removed: route r: key-auth no longer checks who asks"],
    );
    expect(texts({ plugins }, { plugins: { ...plugins, "limit-count": { count: 9 } } })).toEqual([
      "plugin: route r: plugin limit-count changes (count 1 => 9)",
    ]);
  });

  test("whose description or labels change opens nothing, and no secret is told", () => {
    expect(texts({ desc: "a" }, { desc: "b", labels: { a: "b" } })).toEqual([]);
    expect(texts({ host: "a.test" }, { host: notKnown("secret") })).toEqual([
      'answer: route r takes other requests: host "a.test" => [secret]',
    ]);
  });
});

test("consumers and plugins of global rules", () => {
  const rule = { id: "1", plugins: { "ip-restriction": { whitelist: ["10.0.0.0/8"] } } };
  const found = lines(
    { global_rules: [rule] },
    { consumers: [{ username: "eve", plugins: { "key-auth": { key: notKnown("secret") } } }] },
  );
  expect(found.map(({ text }) => text)).toEqual([
    "all routes: ip-restriction no longer checks who asks",
    "consumer eve is new: who has its key is let in where keys are checked",
  ]);
});

test("1,000 routes with 10 changed take less than 2 seconds, five times that on a loaded machine", ({
  annotate,
}) => {
  const routes = Array.from(
    { length: 1000 },
    (_, index): Stored => ({
      ...{ id: `r${index}`, uris: [`/api/${index}/*`], hosts: [`h${index % 50}.test`] },
      upstream: { nodes: { [`b${index}.example:80`]: 1 } },
    }),
  );
  const after = routes.map((route, index) => (index % 100 === 0 ? { ...route, uris: ["/api/*"] } : route));
  const started = performance.now();
  expect(lines({ routes }, { routes: after })).toHaveLength(10);
  annotate(`${Math.round(performance.now() - started)} ms`);
  expect(performance.now() - started).toBeLessThan(10_000);
});

test("hosts that are newly reachable or no longer, and TLS that is verified or no longer", () => {
  const exit = (host: string, tls: Exit["tls"]): Exit => ({
    ...{ host, port: 443, protocol: "http", tls, from: ["mesh m"], place: "here" },
    ...{ resources: [], certificates: [], because: [] },
  });
  const effects = (before: Exit[], after: Exit[]) =>
    changedExits(before, after).map(({ effect, about }) => `${effect} ${about}`);
  expect(effects([exit("a", "verified")], [exit("a", "not verified")])).toEqual(["unverified a:443"]);
  expect(effects([exit("a", "not verified")], [exit("a", "verified")])).toEqual(["verified a:443"]);
  expect(effects([exit("a", "not verified")], [exit("a", "none")])).toEqual(["unverified a:443"]);
  expect(effects([exit("a", "verified")], [exit("b", "not verified")])).toEqual([
    "reachable b:443",
    "unverified b:443",
    "gone a:443",
  ]);
  expect(effects([exit("a", "verified")], [exit("a", "verified")])).toEqual([]);
});
