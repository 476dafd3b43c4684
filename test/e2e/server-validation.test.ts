import type { IncomingMessage, ServerResponse } from "node:http";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { faults } from "../../sandbox/faults.ts";
import { listen, sendJson } from "../../sandbox/http.ts";
import type { OperationResult, StackConfig } from "../../tools/engine.ts";
import { expectOneError } from "../support/errors.ts";
import { expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const silent = await listen(() => {});
afterAll(() => silent.close());
const nodes = { "a.example:80": 1 };

/** Answers these documents of the Admin API in place of the sandbox. */
function serveDocuments(documents: Record<string, unknown>) {
  world.apisix.intercept = (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? "").replace("/apisix/admin/", "");
    if (!Object.hasOwn(documents, path)) return false;
    sendJson(response, 200, documents[path]);
    return true;
  };
  onTestFinished(() => {
    world.apisix.intercept = undefined;
  });
}

/** The lines of warnings of the package itself. */
function warningsOf({ output }: OperationResult): string[] {
  // Pulumi checks what does not refer to each other in any order.
  return output
    .split("\n")
    .flatMap((line) => /^\s*(warning: .*)$/.exec(line)?.[1] ?? [])
    .sort();
}

const routeWith = (plugins: object) => async () => {
  new apisix.Route("route", {
    uri: "/*",
    upstream: { nodes },
    plugins: plugins as apisix.RouteArgs["plugins"],
  });
};

test("a plugin of the gateway's own is judged by the gateway's schema, and needs no name in customPlugins", async () => {
  serveDocuments({
    "plugins/list": ["tenant-lookup", "cors"],
    "schema/plugins/tenant-lookup": {
      // An empty table of Lua's, a limit as draft 4 has it, a name, and a pattern that JavaScript cannot read.
      $id: "tenant",
      type: "object",
      required: {},
      properties: {
        tenant: { type: "string", pattern: "(?>a)++" },
        ttl: { type: "integer", minimum: 1, exclusiveMinimum: true },
      },
    },
  });
  const right = await world.stack("custom", routeWith({ "tenant-lookup": { tenant: "b", ttl: 2 } }));
  const result = await right.preview();
  expect(warningsOf(result)).toEqual([]);
  const wrong = await world.stack("custom-wrong", routeWith({ "tenant-lookup": { tenant: 1, ttl: 1 } }));
  const { output } = await wrong.preview({ expectFailure: true });
  expect(output).toContain("plugins.tenant-lookup.tenant: is not a string");
  expect(output).toContain("plugins.tenant-lookup.ttl: is too small: more than 1");
});

test("a plugin that this gateway does not run is an error at preview", async () => {
  serveDocuments({ "plugins/list": ["cors"] });
  const stack = await world.stack("disabled", routeWith({ "limit-count": { count: 1, time_window: 1 } }));
  expectOneError(
    await stack.preview({ expectFailure: true }),
    "plugins.limit-count: is no plugin of this APISIX",
  );
});

test("what is not changed is only warned about when the gateway would not take it any more", async () => {
  const limit = { "limit-count": { count: 1, time_window: 1 } };
  const stack = await world.stack("outlived", routeWith(limit));
  await stack.up();
  serveDocuments({ "plugins/list": ["cors"], "schema/route": { required: ["tenant"] } });
  const result = await stack.up();
  expectNoChanges(result);
  expect(warningsOf(result)).toEqual([
    expect.stringMatching(
      /The route "route", which is not changed: plugins\.limit-count: is no plugin of this/,
    ),
    expect.stringMatching(/The route "route", which is not changed: tenant: is missing/),
  ]);
  const changed = { "limit-count": { count: 2, time_window: 1 } };
  const { output } = await stack.preview({ program: routeWith(changed), expectFailure: true });
  expect(output).toContain("plugins.limit-count: is no plugin of this APISIX");
  await stack.destroy();
});

test("a schema that cannot be judged by is skipped", async () => {
  serveDocuments({
    "plugins/list": ["tenant-lookup"],
    "schema/plugins/tenant-lookup": { type: "object", properties: { tenant: { type: "tenant" } } },
  });
  const stack = await world.stack("unreadable", routeWith({ "tenant-lookup": { tenant: 1 } }));
  expectChanges(await stack.preview(), { create: 2 });
});

test("the limits of an older gateway are known at preview, by the argument's path", async () => {
  const old = await startApisix({ storesDefaults: true });
  onTestFinished(() => old.close());
  const config = { "apisix:adminUrl": old.adminUrl, "apisix:adminKey": old.adminKey };
  const named = async () => {
    new apisix.Upstream("named", { nodes, name: "n".repeat(101) });
  };
  const stack = await world.engine.stack("old", named, { config });
  expectOneError(
    await stack.preview({ expectFailure: true }),
    "name: is too long: at most 100 characters",
    `(by the schema of the APISIX at ${old.adminUrl})`,
  );
  const any = async () => {
    new apisix.Route("any", { uri: "/*", hosts: ["*"], upstream: { nodes } });
  };
  expectOneError(await stack.preview({ expectFailure: true, program: any }), "hosts[0]: does not match");
  expect(old.requests.filter(({ method }) => method !== "GET")).toEqual([]);
});

test("an id that somebody else has is refused at preview, and so is one that two resources declare", async () => {
  world.apisix.store.put("upstreams", "taken", {
    nodes,
    labels: { "pulumi-owner": "f.a", "pulumi-stack": "theirs.prod" },
  });
  const program = async () => {
    new apisix.Upstream("taken", { nodes });
  };
  const stack = await world.stack("taken", program);
  expectOneError(
    await stack.preview({ expectFailure: true }),
    'The upstream "taken" exists already',
    "belongs to the stack theirs.prod",
  );
  expectChanges(
    await stack.preview({
      program: async () => {
        new apisix.Upstream("taken", { nodes, adopt: true });
      },
    }),
    { create: 2 },
  );
  const twice = await world.stack("twice", async () => {
    new apisix.Upstream("first", { upstreamId: "same", nodes });
    new apisix.Upstream("second", { upstreamId: "same", nodes });
  });
  expectOneError(
    await twice.preview({ expectFailure: true }),
    'The upstream "same" is declared by another resource of this program, too',
  );
});

test("an object of ours that the state has lost is no error at preview when it is what is declared", async () => {
  const program = async () => {
    new apisix.Upstream("lost", { nodes });
    new kuma.ExternalService("lost", {
      tags: { "kuma.io/service": "lost-api" },
      networking: { address: "a.example:80" },
    });
  };
  const stack = await world.stack("lost", async () => {});
  await stack.up();
  const before = await stack.state();
  await stack.up({ program });
  await stack.importState(before);
  expectChanges(await stack.preview({ program }), { create: 2 });
  await stack.up({ program });
  await stack.destroy();
});

test("a reference to what is nowhere is one warning, and one to what the program declares is none", async () => {
  world.apisix.store.put("services", "there", {});
  const program = async () => {
    const upstream = new apisix.Upstream("declared", { nodes });
    new apisix.Route("right", { uri: "/a", upstreamId: upstream.upstreamId, serviceId: "there" });
    new apisix.Route("wrong", {
      uri: "/b",
      upstreamId: upstream.upstreamId,
      plugins: {
        "traffic-split": { rules: [{ weighted_upstreams: [{ upstream_id: "nowhere", weight: 1 }] }] },
      },
    });
    new kuma.ExternalService("elsewhere", {
      mesh: "no-such-mesh",
      tags: { "kuma.io/service": "elsewhere" },
      networking: { address: "a.example:80" },
    });
  };
  const stack = await world.stack("references", program);
  const result = await stack.preview();
  expectChanges(result, { create: 5 });
  expect(warningsOf(result)).toEqual([
    expect.stringContaining('is of the mesh "no-such-mesh", which is neither at'),
    expect.stringContaining(
      'The route "wrong" names the upstream "nowhere" (plugins.traffic-split.rules[0].weighted_upstreams[0].upstream_id)',
    ),
  ]);
});

test("who else has the name of a service in the mesh is told at preview", async () => {
  const service = { type: "ExternalService", networking: { address: "b.example:80" } };
  const billing = { "kuma.io/service": "billing" };
  world.kuma.store.put({ ...service, mesh: "default", name: "theirs", tags: billing });
  world.kuma.store.put({
    ...service,
    mesh: "default",
    name: "zoned",
    tags: { ...billing, "kuma.io/zone": "zone-2" },
  });
  world.kuma.store.put({
    type: "Dataplane",
    mesh: "default",
    name: "pod",
    networking: { address: "10.0.0.1", inbound: [{ port: 80, tags: billing }] },
  });
  const program = (zone: object) => async () => {
    new kuma.ExternalService("ours", {
      tags: { ...billing, ...zone },
      networking: { address: "a.example:80" },
    });
  };
  const stack = await world.stack("namesakes", program({ "kuma.io/zone": "zone-1" }));
  expect(warningsOf(await stack.preview())).toEqual([
    expect.stringContaining('the external service "theirs", the data plane "pod" in the same mesh'),
  ]);
  for (const name of ["theirs", "zoned"]) world.kuma.store.delete("ExternalService", "default", name);
  world.kuma.store.delete("Dataplane", "default", "pod");
  const alone = await stack.preview({ program: program({}) });
  expect(warningsOf(alone)).toEqual([]);
});

const both = async () => {
  const upstream = new apisix.Upstream("alone", { nodes });
  new apisix.Route("alone", { uri: "/*", upstreamId: upstream.upstreamId, plugins: { cors: {} } });
  new kuma.ExternalService("alone", {
    tags: { "kuma.io/service": "alone" },
    networking: { address: "a.example:80" },
  });
  new kuma.ZoneEgress("alone", { networking: { address: "10.0.0.1", port: 10002 } });
};
const urls = { "apisix:adminUrl": world.apisix.adminUrl, "kuma:url": world.kuma.url };
let stacks = 0;

/** A preview with this configuration goes through; the answer is its warnings. */
async function warningsWith(config: StackConfig): Promise<string[]> {
  stacks += 1;
  const stack = await world.engine.stack(`alone-${stacks}`, both, { config });
  const result = await stack.preview();
  expectChanges(result, { create: 5 });
  return warningsOf(result);
}

test("a viewer's key is enough for a preview to check all", async () => {
  expect(await warningsWith({ ...urls, "apisix:adminKey": world.apisix.viewerKey })).toEqual([]);
  expect(world.apisix.requests.at(-1)?.status).toBe(200);
});

test.each<[string, StackConfig, RegExp]>([
  ["no key", urls, /No admin key is given/],
  ["a wrong key", { ...urls, "apisix:adminKey": "no-such-key" }, /The admin key is wrong/],
  [
    "a key by a reference that leads nowhere",
    { ...urls, "apisix:adminKeyEnv": "NOT_SET_HERE" },
    /NOT_SET_HERE/,
  ],
  [
    "a gateway that is out of reach",
    { ...urls, "apisix:adminUrl": "http://127.0.0.1:1", "apisix:adminKey": "key" },
    /ECONNREFUSED/,
  ],
  [
    "the gateway's other port",
    { ...urls, "apisix:adminUrl": world.apisix.gatewayUrl, "apisix:adminKey": "key" },
    /no APISIX Admin API/,
  ],
  [
    "a gateway that is silent",
    { ...urls, "apisix:adminUrl": silent.url, "apisix:adminKey": "key" },
    /did not answer within 3 s/,
  ],
  [
    "a control plane that is out of reach",
    { ...urls, "apisix:adminKey": world.apisix.adminKey, "kuma:url": "http://127.0.0.1:1" },
    /Kuma control plane .* ECONNREFUSED/,
  ],
])("with %s a preview checks what it can, with one warning", async (_, config, warning) => {
  const warnings = await warningsWith(config);
  expect(warnings).toEqual([expect.stringMatching(warning)]);
  expect(warnings[0]).toMatch(/^warning: Not all could be checked with the server\. /);
});

test("a gateway that falls silent in the middle of a preview holds it up for one deadline only", async () => {
  world.apisix.intercept = (request, response) =>
    !request.url?.endsWith("/plugins/list") && faults["silence before the work"](request, response);
  onTestFinished(() => {
    world.apisix.intercept = undefined;
  });
  const config = { ...urls, "apisix:adminKey": world.apisix.adminKey, "apisix:requestTimeout": "1" };
  expect(await warningsWith(config)).toEqual([expect.stringContaining("it did not answer within 1 s")]);
});

test("with validation local a preview asks nobody", async () => {
  const requests = () => world.apisix.requests.length + world.kuma.requests.length;
  const before = requests();
  expect(await warningsWith({ ...urls, "apisix:validation": "local", "kuma:validation": "local" })).toEqual(
    [],
  );
  expect(requests()).toBe(before);
});

test("how much a preview asks does not grow with the number of resources", async () => {
  const program = (count: number) => async () => {
    for (let index = 0; index < count; index += 1) {
      const upstream = new apisix.Upstream(`many-${index}`, { nodes });
      const plugins = { cors: {}, "limit-count": { count: index + 1, time_window: 60 } };
      new apisix.Route(`many-${index}`, { uri: `/${index}`, upstreamId: upstream.upstreamId, plugins });
      new kuma.ExternalService(`many-${index}`, {
        tags: { "kuma.io/service": `many-${index}` },
        networking: { address: "a.example:80" },
      });
    }
  };
  const stack = await world.stack("many", program(2));
  const asked = async (count: number) => {
    const before = [world.apisix.requests.length, world.kuma.requests.length] as const;
    await stack.preview({ program: program(count) });
    return [...world.apisix.requests.slice(before[0]), ...world.kuma.requests.slice(before[1])]
      .map(({ method, path }) => `${method} ${path.replace("/apisix/admin", "")}`)
      .sort();
  };
  const few = await asked(2);
  expect(few).toEqual(
    [
      "GET /",
      "GET /config",
      "GET /dataplanes?size=1000",
      "GET /external-services?size=1000",
      "GET /meshes/default/external-services?size=1000",
      "GET /meshes?size=1000",
      "GET /plugins/list",
      "GET /routes",
      "GET /schema/plugins/cors",
      "GET /schema/plugins/limit-count",
      "GET /schema/route",
      "GET /schema/upstream",
      "GET /upstreams",
    ].sort(),
  );
  expect(await asked(30)).toEqual(few);
  expectNoChanges(await stack.destroy());
});
