import { generate } from "selfsigned";
import { afterAll, beforeEach, expect, test } from "vitest";
import type { Options } from "../../cli/options.ts";
import { readOptions } from "../../cli/options.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { ownershipOf } from "../../provider/model/owner.ts";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { startKuma, startKumaFederation } from "../../sandbox/kuma/index.ts";
import { BundleStack } from "../support/bundle.ts";
import { type Declared, declaredBy, type Imported, importFrom, open, putAll } from "../support/import.ts";

const apisix = await startApisix({ protocols: ["redis"] });
const kuma = await startKuma();
const federation = await startKumaFederation({ zones: ["zone-1"] });
const zone = federation.zones["zone-1"] ?? federation.global;
afterAll(() => Promise.all([apisix.close(), kuma.close(), federation.close()]));
beforeEach(() => {
  for (const server of [apisix, kuma, federation.global, zone]) server.store.clear();
});

const config = { "apisix:adminUrl": apisix.adminUrl, "apisix:adminKey": apisix.adminKey };
const node = { nodes: [{ host: "a.example", port: 80, weight: 1 }] };

const put = (objects: Record<string, object>) => putAll(apisix, objects);

/** What the command writes, and the stack that has imported it: each bundle with the tables that the program declares. */
async function bundled(settings: Record<string, string>, options: Partial<Options> = {}) {
  const { program, resources, report } = await importFrom(settings, { bundle: true, ...options });
  const declared = declaredBy(program);
  const bundles = resources.filter(({ type }) => type.endsWith(":Bundle"));
  return { program, report, declared, resources, bundles };
}

/** The stack after the import, and what its program declares. */
function stackOf(
  { type, name, id, inputs, outputs }: Imported,
  declared: Declared[],
  settings: Record<string, string> = config,
) {
  const short = type.replace("pulumi-nodejs:dynamic/", "");
  const stack = new BundleStack(short, settings);
  stack.state = { id, inputs: open(inputs) as JsonObject, outputs: open(outputs) as JsonObject };
  const tables = declared.find((one) => one.type === short && one.name === name)?.args ?? {};
  return { stack, tables };
}

/** What a preview, and one after a refresh, would do with each bundle. */
async function previewed(
  bundles: Imported[],
  declared: Declared[],
  settings: Record<string, string> = config,
) {
  return Promise.all(
    bundles.map(async (bundle) => {
      const { stack, tables } = stackOf(bundle, declared, settings);
      const first = await stack.preview(tables);
      await stack.refresh();
      const second = await stack.preview(tables);
      return [bundle.name, first.what, ...first.problems, second.what];
    }),
  );
}

test("a key is the object's name, unless that is the id of another one, to which a reference would lead then", async () => {
  put({
    "upstreams/1": { ...node, name: "2" },
    "upstreams/2": { ...node, name: "payments" },
    "upstreams/3": { ...node, name: "gone" },
    "routes/1": { uri: "/1", upstream_id: "1" },
    "routes/2": { uri: "/2", upstream_id: "2" },
    "routes/3": { uri: "/3", upstream_id: "gone" },
    "routes/4": {
      uri: "/4",
      plugins: { "traffic-split": { rules: [{ weighted_upstreams: [{ upstream_id: 2 }, { weight: 1 }] }] } },
    },
  });
  const { bundles, declared } = await bundled(config);
  expect(declared[0]?.args).toMatchObject({
    upstreams: { "1": node, "3": node, payments: { upstreamId: "2" } },
    routes: {
      "1": { upstreamId: "1" },
      "2": { upstreamId: "payments" },
      "3": { upstreamId: "gone" },
      "4": { plugins: { "traffic-split": { rules: [{ weighted_upstreams: [{ upstream_id: 2 }, {}] }] } } },
    },
  });
  expect(await previewed(bundles, declared)).toEqual([["apisix", "same", "same"]]);
});

test("what a bundle cannot hold stays a resource, and comes after the bundle that it refers to", async () => {
  put({
    "consumers/jack": { username: "jack" },
    "consumers/jack/credentials/key": { plugins: { "key-auth": { key: "a key of jack" } } },
  });
  const { program, bundles, declared } = await bundled(config);
  expect(program["index.ts"]).toContain(
    'const apisixBundle = new apisix.Bundle("apisix", { consumers: { jack: {} } }, options);',
  );
  expect(program["index.ts"]).toContain("{ ...options, dependsOn: [apisixBundle] },");
  expect(declared.map(({ type }) => type)).toEqual(["apisix:Bundle", "apisix:Credential"]);
  expect(await previewed(bundles, declared)).toEqual([["apisix", "same", "same"]]);
  const { program: free } = await bundled(config, { unprotected: true });
  expect(free["index.ts"]).toContain("{ dependsOn: [apisixBundle] }");
});

test("an id behind the stack's idPrefix is named without it", async () => {
  put({
    "upstreams/edge-payments": node,
    "upstreams/others": node,
    "routes/edge-payments": { uri: "/*", upstream_id: "edge-payments" },
  });
  const prefixed = { ...config, "apisix:idPrefix": "edge-" };
  const { bundles, declared } = await bundled(prefixed);
  expect(declared[0]?.args).toMatchObject({
    upstreams: { payments: node, others: { upstreamId: "others" } },
    routes: { payments: { upstreamId: "payments" } },
  });
  expect(await previewed(bundles, declared, prefixed)).toEqual([["apisix", "same", "same"]]);
});

test("policies of all types stand in one table, and --id finds them as without a bundle", async () => {
  const settings = { "kuma:url": kuma.url };
  const policy = (type: string, conf: object) => ({
    type,
    mesh: "default",
    name: "slow",
    spec: { targetRef: { kind: "Mesh" }, to: [{ targetRef: { kind: "Mesh" }, default: conf }] },
  });
  kuma.store.put(policy("MeshTimeout", { connectionTimeout: "9s" }));
  kuma.store.put(policy("MeshRetry", { tcp: { maxConnectAttempt: 9 } }));
  const { declared, bundles } = await bundled(settings);
  expect(declared[0]?.args).toMatchObject({
    policies: { "default-MeshRetry-slow": { type: "MeshRetry", name: "slow" } },
  });
  expect(await previewed(bundles, declared, settings)).toEqual([["kuma", "same", "same"]]);
  for (const id of ["kuma:MeshRetry/default/slow", "default/MeshRetry/slow"]) {
    const { report } = await bundled(settings, { ids: [id] });
    expect(report).toContain("1 kuma:Policy");
  }
});

test("each side of a federation has a bundle", async () => {
  const settings = { "kuma:globalUrl": federation.global.url, "kuma:zoneUrl": zone.url };
  const service = (name: string) => ({
    type: "MeshExternalService",
    mesh: "default",
    name,
    spec: {
      match: { port: 80, type: "HostnameGenerator", protocol: "tcp" },
      endpoints: [{ address: "a.example", port: 80 }],
    },
  });
  federation.global.store.put({ ...service("everywhere") });
  zone.store.put({ ...service("here"), labels: { "kuma.io/origin": "zone" } });
  const { bundles, declared } = await bundled(settings);
  expect(bundles.map(({ name }) => name).toSorted()).toEqual(["kuma", "kuma-zone"]);
  expect((await previewed(bundles, declared, settings)).toSorted()).toEqual([
    ["kuma", "same", "same"],
    ["kuma-zone", "same", "same"],
  ]);
});

test("of a bundle whose state is lost --owned takes all with its mark; what has another one stays by itself", async () => {
  const owned = (mark: string) => ({ labels: { "pulumi-owner": `0123456789abcdef.${mark}` } });
  put({
    "upstreams/a": { ...node, ...owned("aaaaaaaa") },
    "upstreams/b": { ...node, ...owned("aaaaaaaa") },
    "upstreams/c": { ...node, ...owned("bbbbbbbb") },
    "upstreams/d": node,
  });
  const { bundles, declared } = await bundled(config, { owned: true });
  expect(declared.map(({ type, name }) => `${type} ${name}`).toSorted()).toEqual([
    "apisix:Bundle apisix",
    "apisix:Upstream c",
  ]);
  expect(open(bundles[0]?.outputs)).toMatchObject({ __made: expect.stringMatching(/^aaaaaaaa@/) });
  const [bundle] = bundles;
  if (!bundle) throw new Error("no bundle");
  const { stack, tables } = stackOf(bundle, declared);
  expect((await stack.up(tables)).what).toBe("same");
  // And the bundle may remove what it has made.
  await stack.destroy();
  expect(apisix.store.list("upstreams").map(({ id }) => id)).toEqual(["c"]);
});

test("what no server gives back is no part of the state, so that the next run writes that entry alone", async () => {
  const { cert, private: key } = await generate([{ name: "commonName", value: "a.example" }], {
    keyType: "ec",
  });
  put({ "ssls/a": { snis: ["a.example"], cert, key }, "upstreams/a": node });
  const { bundles, program } = await bundled(config);
  const declared = declaredBy(program, { aSslKey: key });
  expect(await previewed(bundles, declared)).toEqual([["apisix", "update", "update"]]);
  const [bundle] = bundles;
  if (!bundle) throw new Error("no bundle");
  const { stack, tables } = stackOf(bundle, declared);
  expect((await stack.up(tables)).reasons).toEqual([]);
  expect((await stack.preview(tables)).what).toBe("same");
  expect(apisix.store.get("upstreams", "a")?.labels).toBeUndefined();
  expect(ownershipOf(apisix.store.get("ssls", "a") as JsonObject)?.mark).toMatch(/^[a-z0-9]{8}$/);
});

test("the bundle has the name that it is given", async () => {
  put({ "upstreams/a": node });
  const { bundles, declared } = await bundled(config, { bundleName: "edge" });
  expect(declared.map(({ name }) => name)).toEqual(["edge"]);
  expect(await previewed(bundles, declared)).toEqual([["edge", "same", "same"]]);
  const read = (...more: string[]) => readOptions(["import", "--from", "apisix", ...more]);
  expect(read("--bundle", "--bundle-name", "edge")?.bundleName).toBe("edge");
  expect(() => read("--bundle-name", "edge")).toThrow("goes with --bundle");
  expect(() => read("--bundle", "--bundle-name", "a b")).toThrow("letters");
});

test("--bundle and --split are not asked for together", () => {
  expect(() => readOptions(["import", "--from", "apisix", "--bundle", "--split", "host"])).toThrow(
    "--bundle",
  );
});
