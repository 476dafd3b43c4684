import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { entriesTextIn } from "../../provider/model/bundle/entries.ts";
import { UNKNOWN } from "../../provider/model/fields.ts";
import { wrapSecret } from "../../provider/model/marks.ts";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { startKuma } from "../../sandbox/kuma/index.ts";
import { BundleStack, refusing, requestsDuring, tables } from "../support/bundle.ts";

const apisix = await startApisix();
const kuma = await startKuma({ upkeepDelay: 3_600_000 });
const { store } = apisix;
const config = {
  "apisix:adminUrl": apisix.adminUrl,
  "apisix:adminKey": apisix.adminKey,
  "apisix:requestTimeout": 5,
  "kuma:url": kuma.url,
};
const said: string[] = [];
const output = () => said.join("\n");

beforeEach(() => {
  store.clear();
  apisix.intercept = undefined;
  said.length = 0;
  vi.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
});
afterAll(async () => {
  await Promise.all([apisix.close(), kuma.close()]);
});

const edge = (more: Record<string, unknown> = {}, owner?: string) =>
  new BundleStack("apisix:Bundle", { ...config, ...more }, owner);

const sent = (action: () => Promise<unknown>) => requestsDuring(apisix, action);

test("what others refer to is written first and removed last", async () => {
  const stack = edge();
  const made = await sent(() => stack.up(tables(5)));
  const at = (requests: string[], verb: string, kind: string) =>
    requests.flatMap((line, index) => (line.startsWith(`${verb} ${kind}/`) ? [index] : []));
  for (const n of [0, 1, 2, 3, 4]) {
    const places = ["upstreams", "services", "routes"].map((kind) => made.indexOf(`PUT ${kind}/x${n}`));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
  }
  const gone = await sent(() => stack.destroy());
  expect(Math.max(...at(gone, "DELETE", "routes"))).toBeLessThan(
    Math.max(...at(gone, "DELETE", "upstreams")),
  );
  expect(store.list("upstreams")).toEqual([]);
});

test("lists are asked once for each kind, and only what differs is written", async () => {
  const stack = edge({ "apisix:validation": "local" });
  const made = await sent(() => stack.up(tables(30)));
  expect(made.filter((line) => line.startsWith("GET")).toSorted()).toEqual([
    "GET routes",
    "GET services",
    "GET upstreams",
  ]);
  expect(await sent(() => stack.up(tables(30)))).toEqual([]);
  const changed = await sent(() => stack.up(tables(30, (n) => (n === 7 ? { priority: 3 } : {}))));
  expect(changed.filter((line) => line.startsWith("PUT"))).toEqual(["PUT routes/x7"]);
  expect(changed).toHaveLength(4);
  expect(await sent(() => stack.refresh())).toHaveLength(3);
});

test("a preview asks for each list once, whatever the number of entries", async () => {
  const asked = await sent(() => edge().preview(tables(30)));
  expect(new Set(asked).size).toBe(asked.length);
  expect(asked.length).toBeLessThan(10);
});

test("no more requests are open at once than maxConcurrency allows", async () => {
  let [open, most] = [0, 0];
  apisix.intercept = async (_request, response) => {
    open += 1;
    most = Math.max(most, open);
    response.once("close", () => {
      open -= 1;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    return false;
  };
  await edge({ "apisix:maxConcurrency": 4 }).up(tables(20));
  expect(most).toBe(4);
});

test("what waits for its turn does not use up the time of its request", async () => {
  apisix.intercept = async () => {
    await new Promise((resolve) => setTimeout(resolve, 120));
    return false;
  };
  // 40 writes, two at once, take longer than one call may.
  const stack = edge({ "apisix:maxConcurrency": 2, "apisix:requestTimeout": 2 });
  const upstreams = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`u${n}`, { nodes: {} }]));
  expect(await stack.up({ upstreams })).toMatchObject({ problems: [], reasons: [] });
});

test("each entry's fields show as lines, and a summary with counts is an input", async () => {
  const stack = edge();
  await stack.up(tables(3));
  const next = tables(4, (n) => (n === 1 ? { uri: "/v1/*", priority: 2 } : {}));
  delete (next.routes as Record<string, object>).x0;
  await stack.preview(next);
  expect(said).toEqual(
    expect.arrayContaining([
      "+ routes.x3",
      "+ services.x3",
      '~ routes.x1.uri: "/*" => "/v1/*"',
      "~ routes.x1.priority: 2 (added)",
      "- routes.x0",
    ]),
  );
  await stack.up(next);
  expect(stack.state?.inputs.summary).toBe("3 added, 1 changed, 1 removed of 11");
  await stack.up(next);
  expect(stack.state?.inputs.summary).toBe("3 added, 1 changed, 1 removed of 11");
});

test("at most 200 lines are shown, then counts and what shows them all", async () => {
  const stack = edge();
  await stack.preview(tables(100));
  expect(said.filter((line) => line.startsWith("+"))).toHaveLength(200);
  expect(said.at(-1)).toBe("… and 100 added more; EXTERNAL_BACKENDS_LINES=all pulumi preview shows them all");
  said.length = 0;
  vi.stubEnv("EXTERNAL_BACKENDS_LINES", "all");
  await stack.preview(tables(100));
  vi.unstubAllEnvs();
  expect(said).toHaveLength(300);
});

test("two entries for one object are refused, and so is one that another resource of the program declares", async () => {
  const same = { upstreams: { a: { upstreamId: "one", nodes: {} }, b: { upstreamId: "one", nodes: {} } } };
  const { problems } = await edge().preview(same);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^upstreams\.b: The upstream "one" is declared by another resource/);
});

test("what somebody else has is refused before anything is written, and taken over by adopt", async () => {
  store.put("routes", "x1", { uri: "/theirs", upstream: { nodes: { "t.example:80": 1 } } });
  const stack = edge();
  const { problems } = await stack.up(tables(3));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^routes\.x1: The route "x1" exists already at .*adopt: true/);
  expect(store.list("upstreams")).toEqual([]);
  expect(await stack.up(tables(3), { adopt: true })).toMatchObject({ problems: [], reasons: [] });
  expect(store.get("routes", "x1")).toMatchObject({ uris: ["/*"] });
});

test("a reference to nothing is a warning, one to a key of the bundle is one to its id", async () => {
  const stack = edge({ "apisix:idPrefix": "dev-" });
  await stack.preview({ routes: { a: { uri: "/*", upstreamId: "nowhere" } } });
  expect(output()).toMatch(/names the upstream "nowhere" \(upstreamId\), which is neither at/);
  said.length = 0;
  expect(await stack.up(tables(2))).toMatchObject({ problems: [], reasons: [] });
  expect(output()).not.toContain("warning");
  expect(store.get("routes", "dev-x1")).toMatchObject({ service_id: "dev-x1" });
  const named = {
    upstreams: { pay: { upstreamId: "payments-2", nodes: {} } },
    routes: { r: { uri: "/*", upstreamId: "pay" } },
  };
  const other = edge({}, "fedcba9876543210");
  await other.up(named);
  expect(store.get("routes", "r")).toMatchObject({ upstream_id: "payments-2" });
  expect(await sent(() => other.up(named))).toEqual([]);
  await other.refresh();
  expect(await other.preview(named)).toMatchObject({ what: "same" });
  // An entry is found again by its key, where that is not its id.
  expect(store.get("upstreams", "payments-2")?.labels).toMatchObject({ "pulumi-key": "pay" });
});

test("ignored fields keep the value of the state, in the program's words", async () => {
  const stack = edge();
  await stack.up(tables(2, () => ({ status: 1, host: "a.example" })));
  for (const id of ["x0", "x1"]) {
    const route = store.get("routes", id) ?? {};
    store.put("routes", id, { ...route, status: 0 });
  }
  await stack.refresh();
  const ignore = { ignore: ["routes.*.status"] };
  expect(
    await stack.preview(
      tables(2, () => ({ status: 1, host: "a.example" })),
      ignore,
    ),
  ).toMatchObject({
    what: "same",
  });
  await stack.up(
    tables(2, () => ({ status: 1, host: "b.example" })),
    ignore,
  );
  expect(store.get("routes", "x1")).toMatchObject({ status: 0, hosts: ["b.example"] });
  const { problems } = await stack.preview(tables(2), { ignore: ["routes"] });
  expect(problems).toEqual(['ignore: "routes" names no field of an entry, as "routes.*.status" does']);
});

test("what is secret stands in no text that anybody may read", async () => {
  const plugins = { "key-auth": { key: "a-key-of-jack" } };
  const secret = {
    consumers: { jack: { plugins } },
    routes: { r: { uri: "/*", plugins: {}, desc: wrapSecret("a-hidden-description") } },
  };
  const stack = edge();
  await stack.preview(secret);
  expect(await stack.up(secret)).toMatchObject({ problems: [], reasons: [] });
  expect(store.get("consumers", "jack")).toMatchObject({ plugins });
  expect(store.get("routes", "r")).toMatchObject({ desc: "a-hidden-description" });
  for (const from of ["inputs", "outputs"] as const) {
    const text = entriesTextIn(stack.state?.[from] ?? {});
    expect(text).not.toMatch(/a-key-of-jack|a-hidden-description/);
    expect(text).toContain("[secret]");
    expect(stack.state?.[from].__secrets).toContain("a-key-of-jack");
  }
  await stack.refresh();
  expect(await stack.preview(secret)).toMatchObject({ what: "same" });
  const changed = {
    ...secret,
    consumers: { jack: { plugins: { "key-auth": { key: "another-key-of-jack" } } } },
  };
  said.length = 0;
  await stack.preview(changed);
  expect(output()).toMatch(/~ consumers\.jack\.plugins.*: \[secret\] => \[secret\]/);
  expect(output()).not.toContain("key-of-jack");
  await stack.up(changed);
  expect(store.get("consumers", "jack")).toMatchObject({ plugins: changed.consumers.jack.plugins });
});

test("a consumer under another name keeps its key: the old one goes before the new one comes", async () => {
  const plugins = { "key-auth": { key: "a-key-of-jack" } };
  const stack = edge();
  await stack.up({ consumers: { jack: { plugins } } });
  expect(await stack.up({ consumers: { jill: { plugins } } })).toMatchObject({ problems: [], reasons: [] });
  expect(store.list("consumers").map(({ username }) => username)).toEqual(["jill"]);
});

test("a value that is marked as secret from now on leaves the text", async () => {
  const stack = edge();
  const open = (desc: unknown) => ({ routes: { r: { uri: "/*", plugins: {}, desc } } });
  await stack.up(open("open until now"));
  expect(stack.entries().routes?.r).toMatchObject({ desc: "open until now" });
  await stack.preview(open(wrapSecret("open until now")));
  expect(output()).toContain("~ routes.r: secret from now on");
  await stack.up(open(wrapSecret("open until now")));
  expect(stack.entries().routes?.r).toMatchObject({ desc: "[secret]" });
});

test("an entry with an unknown value shows as such, and all others as they are", async () => {
  const stack = edge();
  await stack.up(tables(3));
  const next = tables(3, (n) => (n === 2 ? { priority: 5 } : {}));
  (next.upstreams as Record<string, object>).x0 = { nodes: [{ host: UNKNOWN, port: 80, weight: 1 }] };
  expect(await stack.preview(next)).toMatchObject({ problems: [], what: "update" });
  expect(output()).toMatch(/~ upstreams\.x0\.nodes.*what is not known yet/);
  expect(said).toContain("~ routes.x2.priority: 5 (added)");
  expect(said.filter((line) => /^[-+~]/.test(line))).toHaveLength(2);
});

test("what the server refuses is told, the rest is written, and the next run goes on", async () => {
  const stack = edge();
  apisix.intercept = refusing("routes/x1", "routes/x3");
  const { reasons } = await stack.up(tables(5));
  expect(reasons.join("\n")).toMatch(
    /^2 of 15 objects could not be written:\nroutes\.x[13]: Could not create route "x[13]".*not on a Friday/,
  );
  expect(Object.keys(stack.entries().routes ?? {}).toSorted()).toEqual(["x0", "x2", "x4"]);
  expect(store.list("routes")).toHaveLength(3);
  apisix.intercept = undefined;
  const repaired = await sent(() => stack.up(tables(5)));
  expect(repaired.filter((line) => line.startsWith("PUT")).toSorted()).toEqual([
    "PUT routes/x1",
    "PUT routes/x3",
  ]);
  expect(Object.keys(stack.entries().routes ?? {})).toHaveLength(5);
});

test("of a hundred refused entries twenty are listed, then a count", async () => {
  const stack = edge();
  apisix.intercept = refusing(...Array.from({ length: 100 }, (_, n) => `upstreams/u${n}`));
  const upstreams = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`u${n}`, { nodes: {} }]));
  const { reasons } = await stack.up({ upstreams });
  const lines = reasons.join("\n").split("\n");
  expect(lines.filter((line) => line.startsWith("upstreams.u"))).toHaveLength(20);
  expect(lines.at(-1)).toContain("and 80 more were refused");
});

test("a refused change keeps the old entry, a refused removal keeps it, too", async () => {
  const stack = edge();
  await stack.up(tables(3));
  apisix.intercept = refusing("routes/x0", "routes/x2");
  const next = tables(2, (n) => (n === 0 ? { priority: 9 } : {}));
  const { reasons } = await stack.up(next);
  expect(reasons.join()).toContain("routes.x0");
  expect(reasons.join()).toContain("routes.x2");
  expect(stack.entries().routes?.x0).not.toHaveProperty("priority");
  expect(stack.entries().routes).toHaveProperty("x2");
  apisix.intercept = undefined;
  expect(await stack.up(next)).toMatchObject({ reasons: [] });
  expect(store.get("routes", "x0")).toMatchObject({ priority: 9 });
  expect(store.list("routes")).toHaveLength(2);
});

test("when the server dies in the middle, what was made stands in the state and the next run goes on", async () => {
  const stack = edge({ "apisix:requestTimeout": 1, "apisix:maxConcurrency": 3 });
  let writes = 0;
  apisix.intercept = (request) => {
    if (request.method === "GET") return false;
    writes += 1;
    if (writes <= 20) return false;
    request.socket.destroy();
    return true;
  };
  const { reasons } = await stack.up(tables(20));
  expect(reasons.join()).toMatch(/were not tried after that/);
  const kept = Object.values(stack.entries()).flatMap((table) => Object.keys(table));
  expect(kept.length).toBeGreaterThanOrEqual(20);
  expect(kept.length).toBeLessThan(30);
  apisix.intercept = undefined;
  expect(await stack.up(tables(20))).toMatchObject({ problems: [], reasons: [] });
  expect(store.list("routes")).toHaveLength(20);
  await stack.refresh();
  expect(await stack.preview(tables(20))).toMatchObject({ what: "same" });
});

test("what somebody adds by hand under the bundle's label shows at refresh, and goes at the next run", async () => {
  const stack = edge();
  await stack.up(tables(1));
  const { labels } = store.get("upstreams", "x0") ?? {};
  store.put("upstreams", "stranger", { nodes: { "s.example:80": 1 }, labels });
  await stack.refresh();
  expect(said).toContain("At the server: 1 added of 4");
  expect(said).toContain("+ upstreams.stranger");
  await stack.preview(tables(1));
  expect(said).toContain("- upstreams.stranger");
  await stack.up(tables(1));
  expect(store.get("upstreams", "stranger")).toBeUndefined();
});

test("what another stack has taken over is neither written nor removed", async () => {
  const stack = edge();
  await stack.up(tables(2));
  await edge({}, "fedcba9876543210").up({ routes: { x0: { uri: "/other", plugins: {} } } }, { adopt: true });
  const { reasons } = await stack.up(tables(2, () => ({ priority: 4 })));
  expect(reasons.join()).toMatch(/routes\.x0: .*belongs to/);
  expect(store.get("routes", "x0")).toMatchObject({ uris: ["/other"] });
  await stack.destroy();
  expect(store.list("routes").map(({ id }) => id)).toEqual(["x0"]);
});

test("a state too large for an error is kept, what is missing is told and comes at the next run", async () => {
  const stack = edge();
  const content = `syntax = "proto3"; // ${"x".repeat(1_000_000)}`;
  const protos = Object.fromEntries(Array.from({ length: 14 }, (_, n) => [`p${n}`, { content }]));
  apisix.intercept = refusing("protos/p3");
  expect(await stack.up({ protos })).toMatchObject({ problems: [], reasons: [] });
  expect(output()).toMatch(/error: protos\.p3: Could not create/);
  expect(Object.keys(stack.entries().protos ?? {})).toHaveLength(13);
  apisix.intercept = undefined;
  expect(await stack.preview({ protos })).toMatchObject({ what: "update" });
  await stack.up({ protos });
  expect(store.list("protos")).toHaveLength(14);
});

test("all objects of a bundle are at one server", async () => {
  const stack = new BundleStack("kuma:Bundle", {
    "kuma:globalUrl": kuma.url,
    "kuma:zoneUrl": "http://127.0.0.1:1",
  });
  const { problems } = await stack.preview({
    externalServices: { a: { tags: { "kuma.io/service": "a" }, networking: { address: "a.example:80" } } },
    zoneEgresses: { e: { zone: "z", networking: { address: "10.0.0.1", port: 10002 } } },
  });
  expect(problems[0]).toMatch(
    /^externalServices\.a belongs to .*, zoneEgresses\.e belongs to .*make a bundle for each/,
  );
});

test("a bundle of another server's state is refused", async () => {
  const stack = edge();
  await stack.up(tables(1));
  const moved = edge({ "apisix:adminUrl": "http://127.0.0.1:1" });
  moved.state = stack.state;
  await expect(moved.refresh()).rejects.toThrow(/WRONG_SERVER/);
});

const wrong: [string, object, RegExp][] = [
  [
    "an unknown kind",
    { rotues: {} },
    /^rotues: is no kind of objects that a bundle has; did you mean "routes"\?/,
  ],
  ["a kind that is no object", { routes: [1] }, /^routes: is not an object of entries by their keys/],
  ["an entry that is no object", { routes: { a: "x" } }, /^routes\.a: is not an object/],
  ["an unknown field", { routes: { a: { urii: "/" } } }, /^routes\.a\.urii: .*did you mean "uri"/],
  [
    "a wrong value deep inside",
    { routes: { payments: { uri: "/*", upstream: { nodes: [{ host: "a b", port: 80, weight: 1 }] } } } },
    /^routes\.payments\.upstream\.nodes\[0\]\.host: /,
  ],
  ["a key that is no id", { upstreams: { "a/b": { nodes: {} } } }, /^upstreams\["a\/b"\]\.upstreamId: /],
  ["an unknown plugin", { routes: { a: { uri: "/*", plugins: { "key-aut": {} } } } }, /^routes\.a\.plugins/],
];

test.each(wrong)("%s is refused with its path", async (_name, entries, expected) => {
  const { problems } = await edge().preview(entries);
  expect(problems[0]).toMatch(expected);
});

test("many mistakes are told up to a hundred", async () => {
  const routes = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`r${n}`, { urii: "/" }]));
  const { problems } = await edge().preview({ routes });
  expect(problems.length).toBe(101);
  expect(problems.at(-1)).toMatch(/^and \d+ more problems$/);
});

/** So many external services of Kuma. */
const services = (count: number, port = 80) => ({
  externalServices: Object.fromEntries(
    Array.from({ length: count }, (_, n) => [
      `s${n}`,
      { tags: { "kuma.io/service": `s${n}` }, networking: { address: `s${n}.example:${port}` } },
    ]),
  ),
});

test("Kuma, whose answers prove no write, is asked for one more list and not for each object", async () => {
  const stack = new BundleStack("kuma:Bundle", { ...config, "kuma:validation": "local" });
  const asked = async (action: () => Promise<unknown>) => {
    const from = kuma.requests.length;
    await action();
    return kuma.requests.slice(from).map(({ method }) => method);
  };
  const made = await asked(() => stack.up(services(20)));
  // The third is for what it is: whether it keeps labels.
  expect(made.filter((method) => method === "GET")).toHaveLength(3);
  expect(made).toHaveLength(23);
  const gone = await asked(() => stack.destroy());
  expect(gone.filter((method) => method === "GET")).toHaveLength(2);
  expect(gone).toHaveLength(22);
});

test("a write that was answered and not done is a failure of its entry", async () => {
  const stack = new BundleStack("kuma:Bundle", { ...config, "kuma:validation": "local" });
  kuma.intercept = (request, response) => {
    if (request.method !== "PUT" || !request.url?.endsWith("/s3")) return false;
    response.writeHead(201, { "content-type": "application/json" }).end("{}");
    return true;
  };
  const { reasons } = await stack.up(services(5));
  kuma.intercept = undefined;
  expect(reasons.join()).toMatch(/externalServices\.s3: .*it answered that it is done, and there is none/);
  expect(Object.keys(stack.entries().externalServices ?? {})).toHaveLength(4);
  expect(await stack.up(services(5))).toMatchObject({ reasons: [] });
  expect(kuma.store.get("ExternalService", "default", "s3")).toBeDefined();
  await stack.destroy();
});

test("what takes long tells how far it is", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  apisix.intercept = () => {
    // A quarter of a second for each request.
    vi.setSystemTime(Date.now() + 250);
    return false;
  };
  try {
    await edge({ "apisix:maxConcurrency": 1 }).up(tables(20));
    expect(said.filter((line) => / of 60 written$/.test(line)).length).toBeGreaterThan(1);
  } finally {
    vi.useRealTimers();
  }
});

test("a wait for what the server makes is refused, since a bundle has no outputs of its entries", async () => {
  const stack = new BundleStack("kuma:Bundle", config);
  const entry = { match: { port: 80 }, endpoints: [{ address: "a.example", port: 80 }], waitForHostname: 5 };
  const { problems } = await stack.up({ meshExternalServices: { a: entry } });
  expect(problems).toEqual([
    "meshExternalServices.a.waitForHostname: has no effect in a bundle, whose objects have no outputs; leave it out",
  ]);
  expect(kuma.store.get("MeshExternalService", "default", "a")).toBeUndefined();
});
