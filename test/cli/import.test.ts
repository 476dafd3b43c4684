import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { kindOf } from "../../provider/model/kinds.ts";
import { type ApisixSandbox, startApisix } from "../../sandbox/apisix/index.ts";
import { startKuma, startKumaFederation } from "../../sandbox/kuma/index.ts";
import { CERTIFICATE } from "../support/apisix-bodies.ts";
import { declaredBy, differences, importFrom } from "../support/import.ts";
import { kumaObjects, type Placed, place } from "../support/import-objects.ts";

const apisix = await startApisix({ protocols: ["redis"] });
const older = await startApisix({ storesDefaults: true });
const kuma = await startKuma();
const federation = await startKumaFederation({ zones: ["zone-1"] });
const zone = federation.zones["zone-1"] ?? federation.global;
afterAll(() => Promise.all([apisix.close(), older.close(), kuma.close(), federation.close()]));
beforeEach(() => {
  for (const server of [apisix, older, kuma, federation.global, zone]) server.store.clear();
});

const atApisix = ({ adminUrl, adminKey }: ApisixSandbox) => ({
  "apisix:adminUrl": adminUrl,
  "apisix:adminKey": adminKey,
});
const node = { nodes: [{ host: "a.example", port: 80, weight: 1 }] };

test("what an APISIX before 3.14 has written into objects by itself is left out", async () => {
  const config = atApisix(older);
  const admin = `${older.adminUrl}/apisix/admin`;
  const objects: [string, object][] = [
    ["upstreams/u", { ...node, checks: { active: { http_path: "/health" } }, keepalive_pool: {} }],
    ["plugin_configs/p", { plugins: { "limit-count": { count: 2, time_window: 60 }, cors: {} } }],
    ["routes/r", { uri: "/*", upstream_id: "u", plugin_config_id: "p", plugins: { "request-id": {} } }],
    ["plugin_metadata/http-logger", { log_format: { a: "b" } }],
    [
      "consumers/jack",
      { username: "jack", plugins: { "jwt-auth": { key: "k", secret: "a secret of jack" } } },
    ],
  ];
  await place(objects, admin, { "x-api-key": older.adminKey });
  expect(older.store.get("plugin_configs", "p")).toHaveProperty("plugins.cors.allow_origins", "*");
  const { program, resources } = await importFrom(config);
  const declared = declaredBy(program, { jackConsumerJwtAuthSecret: "a secret of jack" });
  expect(declared.find(({ type }) => type === "apisix:PluginConfig")?.args).toEqual({
    plugins: { "limit-count": { count: 2, time_window: 60 }, cors: {} },
  });
  expect(declared.find(({ type }) => type === "apisix:Upstream")?.args).toEqual({
    ...node,
    checks: { active: { httpPath: "/health" } },
    keepalivePool: {},
  });
  expect(await differences(resources, declared, config)).toEqual([]);
});

test("empty tables in the place of lists are empty lists", async () => {
  apisix.store.put("routes", "old", { uri: "/*", upstream: node, vars: {}, methods: {}, plugins: {} });
  const config = atApisix(apisix);
  const { program, resources } = await importFrom(config);
  const declared = declaredBy(program);
  expect(declared).toEqual([
    expect.objectContaining({ args: expect.objectContaining({ vars: [], methods: [], plugins: {} }) }),
  ]);
  expect(await differences(resources, declared, config)).toEqual([]);
});

test("an https upstream says which host it sends, also where that is the server's default", async () => {
  for (const [id, host] of Object.entries({ named: "a.example", numbered: "10.0.0.1" }))
    apisix.store.put("upstreams", id, { nodes: [{ host, port: 443, weight: 1 }], scheme: "https" });
  apisix.store.put("routes", "inside", { uri: "/*", upstream: { ...node, scheme: "https" } });
  const config = atApisix(apisix);
  const { program, resources } = await importFrom(config);
  expect(program["index.ts"]?.match(/passHost: "pass"/g)).toHaveLength(3);
  expect(await differences(resources, declaredBy(program), config)).toEqual([]);
});

test("each side of a federation gives what belongs to it, and what comes from the other is left there", async () => {
  const isOfZone = ([, body]: Placed) => kindOf(`kuma:${(body as { type: string }).type}`).side === "zone";
  await place(
    kumaObjects.filter((placed) => !isOfZone(placed)),
    federation.global.url,
  );
  const own = { labels: { "kuma.io/origin": "zone" } };
  await place(
    [
      [
        "zoneegresses/egress",
        { type: "ZoneEgress", name: "egress", zone: "zone-1", networking: { port: 10002 } },
      ],
      [
        "meshes/default/meshexternalservices/local",
        {
          ...own,
          ...{ type: "MeshExternalService", mesh: "default", name: "local" },
          spec: { match: { port: 80 }, endpoints: [{ address: "a.example", port: 80 }] },
        },
      ],
    ],
    zone.url,
  );
  const config = { "kuma:globalUrl": federation.global.url, "kuma:zoneUrl": zone.url };
  const { program, resources, report } = await importFrom(config);
  const services = resources.filter(({ type }) => type.endsWith("MeshExternalService"));
  expect(services.map(({ id, inputs }) => [id, inputs.origin ?? "global"])).toEqual([
    ["default/httpbin", "global"],
    ["payments/httpbin", "global"],
    ["default/local", "zone"],
  ]);
  expect(resources.filter(({ type }) => type.endsWith("ZoneEgress")).map(({ id }) => id)).toEqual(["egress"]);
  // Both sides were read, so no copy is missing in the program.
  expect(report).not.toMatch(/httpbin.*comes from|"default\/local-.*comes from|default\/mesh-.*comes from/);
  const secrets = JSON.parse(
    (await importFrom(config)).files.find(({ name }) => name === "secrets.json")?.text ?? "",
  );
  expect(await differences(resources, declaredBy(program, secrets), config)).toEqual([]);
});

test("a copy is told with where it comes from unless its original was read", async () => {
  const service = (name: string, labels: object): Placed => [
    `meshes/default/meshexternalservices/${name}`,
    {
      ...{ type: "MeshExternalService", mesh: "default", name, labels },
      spec: { match: { port: 80 }, endpoints: [{ address: "a.example", port: 80 }] },
    },
  ];
  const of = { "kuma.io/origin": "zone" };
  await place([service("everywhere", {})], federation.global.url);
  await place([service("local", of), service("both", of)], zone.url);
  // A second zone has a name of the first.
  const elsewhere = { ...of, "kuma.io/zone": "zone-2", "kuma.io/display-name": "both" };
  const [, body] = service("both-0123456789abcdef", elsewhere);
  federation.global.store.put(body as Parameters<typeof federation.global.store.put>[0]);

  const left = async (config: Record<string, string>) =>
    [
      ...(await importFrom(config)).report.matchAll(
        /mesh external service "default\/(\w+-[^"]*)": comes from (the [\w -]+)/g,
      ),
    ].map(([, id = "", from]) => `${id.replace(/-\w{16}$/, "")} from ${from}`);
  const [globalUrl, zoneUrl] = [federation.global.url, zone.url];
  const ofSecond = "both from the zone zone-2";
  expect(await left({ "kuma:globalUrl": globalUrl, "kuma:zoneUrl": zoneUrl })).toEqual([ofSecond]);
  const ofZones = ["both from the zone zone-1", ofSecond, "local from the zone zone-1"];
  expect((await left({ "kuma:globalUrl": globalUrl })).toSorted()).toEqual(ofZones);
  expect(await left({ "kuma:zoneUrl": zoneUrl })).toEqual(["everywhere from the global control plane"]);
});

test("a zone egress is its zone's, whatever its label of the origin says", async () => {
  const labels = { "kuma.io/origin": "global" };
  const egress = { type: "ZoneEgress", name: "egress", zone: "default", networking: { port: 10002 } };
  await place([["zoneegresses/egress", { ...egress, labels }]], kuma.url);
  const { resources } = await importFrom({ "kuma:url": kuma.url });
  expect(resources.map(({ id, inputs }) => [id, inputs.labels])).toEqual([["egress", labels]]);
});

test("what a control plane makes by itself is no part of the program, on whichever side it is", async () => {
  const [alone, both] = [await startKuma(), await startKumaFederation({ zones: ["zone-1"] })];
  onTestFinished(async () => void (await Promise.all([alone.close(), both.close()])));
  const sides = { "kuma:globalUrl": both.global.url, "kuma:zoneUrl": both.zones["zone-1"]?.url ?? "" };
  for (const config of [{ "kuma:url": alone.url }, sides]) {
    const { resources, report } = await importFrom(config);
    expect(resources.map(({ type, id }) => `${type} ${id}`)).toEqual([]);
    expect(report).toContain("is made by Kuma");
  }
});

test("what belongs to a stack already is left there unless it is asked for, and then keeps its mark", async () => {
  const labels = { "pulumi-owner": "0123456789abcdef.abcdefgh", "pulumi-stack": "edge.prod", team: "edge" };
  apisix.store.put("upstreams", "owned", { ...node, labels });
  apisix.store.put("upstreams", "free", node);
  const config = atApisix(apisix);
  const first = await importFrom(config);
  expect(first.resources.map(({ id }) => id)).toEqual(["free"]);
  expect(first.report).toContain('upstream "owned": belongs to the stack edge.prod (owner 0123456789abcdef)');
  expect(first.program["index.ts"]).toContain('// - upstream "owned": belongs to the stack edge.prod');
  const { resources, program } = await importFrom(config, { owned: true });
  const owned = resources.find(({ id }) => id === "owned");
  expect(owned?.outputs.__made).toBe(`abcdefgh@${apisix.adminUrl}`);
  expect(owned?.inputs.labels).toEqual({ team: "edge" });
  expect(await differences(resources, declaredBy(program), config)).toEqual([]);
});

test("labels and ids choose what is imported, and an id that is not there is an error", async () => {
  apisix.store.put("upstreams", "a", { ...node, labels: { team: "edge", tier: "1" } });
  apisix.store.put("upstreams", "b", { ...node, labels: { team: "edge" } });
  apisix.store.put("upstreams", "c", node);
  apisix.store.put("routes", "a", { uri: "/*", upstream_id: "c" });
  const config = atApisix(apisix);
  const idsOf = async (options: Parameters<typeof importFrom>[1]) =>
    (await importFrom(config, options)).resources.map(({ type, id }) => `${type.split(":").at(-1)}/${id}`);
  expect(await idsOf({ labels: [{ key: "team", value: "edge" }] })).toEqual(["Upstream/a", "Upstream/b"]);
  expect(await idsOf({ labels: [{ key: "team" }, { key: "tier" }] })).toEqual(["Upstream/a"]);
  expect(await idsOf({ ids: ["a"] })).toEqual(["Route/a", "Upstream/a"]);
  expect(await idsOf({ ids: ["apisix:Route/a"] })).toEqual(["Route/a"]);
  await expect(importFrom(config, { ids: ["nobody"] })).rejects.toThrow(
    "--id nobody: the server has no such object.",
  );
  const { program } = await importFrom(config, { ids: ["apisix:Route/a"] });
  expect(program["index.ts"]).toContain('upstreamId: "c", // not imported');
});

test("objects that this package would refuse are left out with the reason", async () => {
  apisix.store.put("upstreams", "bad", { ...node, type: "chash" });
  apisix.store.put("upstreams", "unknown", { ...node, brand_new: true });
  const { resources, report } = await importFrom(atApisix(apisix));
  expect(resources).toEqual([]);
  expect(report).toMatch(/upstream "bad": this package would refuse it: key is missing/);
  expect(report).toMatch(/upstream "unknown": this package would refuse it: brandNew/);
});

test("what a lint refuses to declare is imported, named, and the lint switched off for its stack", async () => {
  const service = (name: string, tag: string, address: string, protocol: string): Placed => {
    const tags = { "kuma.io/service": tag, "kuma.io/protocol": protocol };
    const identity = { type: "ExternalService", mesh: "default", name };
    return [`meshes/default/external-services/${name}`, { ...identity, tags, networking: { address } }];
  };
  const plain = service("plain", "plain", "plain.example:443", "http");
  const config = { "kuma:url": kuma.url };
  await place([plain, service("right", "right", "right.example:80", "http")], kuma.url);
  const one = await importFrom(config);
  expect(one.resources.map(({ name }) => name).toSorted()).toEqual(["plain", "right"]);
  expect(one.report).toContain('kuma:ExternalService "plain": Protocol http, http2 or grpc on port 443');
  expect(one.report).toContain("\n  pulumi config set external-backends:ignoreLints plain-text-on-443\n");

  const mixed = [service("a", "mixed", "a.example:80", "tcp"), service("b", "mixed", "10.0.0.7:80", "tcp")];
  await place(mixed, kuma.url);
  for (const bundle of [false, true]) {
    const { report } = await importFrom(config, { bundle });
    expect(report).toContain('kuma:ExternalService "a", kuma:ExternalService "b": one kuma.io/service has');
    expect(report).toContain("ignoreLints mixed-addresses,plain-text-on-443\n");
  }
  // Through the plugins lints only warn.
  expect((await importFrom(config, { door: "plugin" })).report).not.toMatch(/ignoreLints|lints/);
  kuma.store.clear();
  await place([service("right", "right", "right.example:80", "http")], kuma.url);
  expect((await importFrom(config)).report).not.toMatch(/ignoreLints|lints/);
});

test("secrets of plugins that no schema knows stand in no program, those that a manager holds do", async () => {
  const plugins = {
    "tenant-lookup": {
      api_key: "a-very-secret-text",
      nested: [{ password: "another-secret-text" }],
      url: "http://x",
    },
    "openid-connect": { client_id: "c", client_secret: "$secret://vault/1/oidc", discovery: "http://y" },
  };
  apisix.store.put("routes", "r", { uri: "/*", ...{ upstream: node }, plugins });
  await place(
    [
      [
        "meshes/m",
        {
          ...{ type: "Mesh", name: "m" },
          mtls: {
            enabledBackend: "ca",
            // The key is no key, and the certificate is not there.
            skipValidation: true,
            backends: [
              {
                name: "ca",
                type: "provided",
                conf: { cert: { secret: "c" }, key: { inlineString: "a-private-key" } },
              },
            ],
          },
        },
      ],
    ],
    kuma.url,
  );
  const config = { ...atApisix(apisix), "kuma:url": kuma.url };
  const { program, files, report, resources } = await importFrom(config);
  const text = program["index.ts"] ?? "";
  expect(text + report).not.toMatch(/a-very-secret-text|another-secret-text|a-private-key/);
  expect(text).toContain('client_secret: "$secret://vault/1/oidc"');
  expect(text).toContain('cert: { secret: "c" }');
  const secrets = JSON.parse(files.find(({ name }) => name === "secrets.json")?.text ?? "");
  expect(Object.keys(secrets)).toEqual([
    "rRouteTenantLookupApiKey",
    "rRoute0Password",
    "mMeshKeyInlineString",
  ]);
  expect(files.filter(({ isSecret }) => isSecret).map(({ name }) => name)).toEqual([
    "import.json",
    "secrets.json",
  ]);
  expect(await differences(resources, declaredBy(program, secrets), config)).toEqual([]);
});

test("what the server does not give back shows as one change, unless it is given", async () => {
  apisix.store.put("secrets", "vault/one", {
    uri: "https://vault.example",
    prefix: "kv",
    token: "encrypted",
  });
  const config = atApisix(apisix);
  const without = await importFrom(config);
  expect(without.report).toContain('oneSecretToken: of apisix:Secret "one"');
  expect(without.resources[0]?.inputs).not.toHaveProperty("token");
  const declared = declaredBy(without.program, { oneSecretToken: "a token of vault" });
  expect(await differences(without.resources, declared, config)).not.toEqual([]);
  const folder = mkdtempSync(join(tmpdir(), "import-"));
  const secrets = join(folder, "given.json");
  writeFileSync(secrets, JSON.stringify({ oneSecretToken: "a token of vault" }));
  const given = await importFrom(config, { secrets });
  expect(await differences(given.resources, declared, config)).toEqual([]);
  writeFileSync(secrets, JSON.stringify({ oneSecretTokn: "a token of vault" }));
  const misspelt = 'nothing that is imported needs "oneSecretTokn"';
  await expect(importFrom(config, { secrets })).rejects.toThrow(misspelt);
  rmSync(folder, { recursive: true });
});

test("what the server does not give back is asked for in a file only where the file has an effect", async () => {
  const certificate = { cert: CERTIFICATE, key: "encrypted", snis: ["a.example"] };
  apisix.store.put("ssls", "edge", certificate);
  apisix.store.put("secrets", "vault/one", {
    uri: "https://vault.example",
    prefix: "kv",
    token: "encrypted",
  });
  const reportOf = async (options: object) => (await importFrom(atApisix(apisix), options)).report;
  const [head = "", tail = ""] = (await reportOf({ door: "plugin", bundle: true })).split("asks nobody else");
  expect(head).toMatch(/--secrets FILE --force[\s\S]*edgeSslKey: of apisix:Ssl "edge"/);
  expect(head).not.toContain("oneSecretToken");
  expect(tail).toContain('oneSecretToken: of apisix:Secret "one"');
  const plugin = await reportOf({ door: "plugin" });
  expect(plugin).not.toContain("--secrets");
  expect(plugin).toContain('edgeSslKey: of apisix:Ssl "edge"');
  expect(plugin).toContain("pulumi config set --secret edgeSslKey");
  expect(await reportOf({})).not.toContain("asks nobody else");
});

test("a credential that may not read one kind leaves that kind out; one that may read nothing is an error", async () => {
  kuma.store.put({ type: "Mesh", name: "m" });
  kuma.intercept = (request, response) => {
    if (!request.url?.startsWith("/secrets")) return false;
    response.writeHead(403, { "content-type": "application/json" });
    response.end(JSON.stringify({ status: 403, title: "Access Denied", detail: "no" }));
    return true;
  };
  try {
    const { resources, report } = await importFrom({ "kuma:url": kuma.url });
    expect(resources.map(({ id }) => id)).toEqual(["m"]);
    expect(report).toMatch(/every secret: Could not list .*403: Access Denied/);
  } finally {
    kuma.intercept = undefined;
  }
  const wrong = { ...atApisix(apisix), "apisix:adminKey": "wrong-admin-key" };
  await expect(importFrom(wrong)).rejects.toThrow(/Could not list .* 401: .*The admin key is wrong/);
});

test("an object about which the server refuses a question is left out, and the others of its kind are not", async () => {
  apisix.store.put("routes", "asks", { uri: "/a", upstream: node, plugins: { "limit-count": { count: 2 } } });
  apisix.store.put("routes", "needs-none", { uri: "/b", upstream: node });
  apisix.intercept = (request, response) => {
    if (!request.url?.includes("/schema/plugins/")) return false;
    response.writeHead(401, { "content-type": "application/json" });
    response.end(JSON.stringify({ error_msg: "no" }));
    return true;
  };
  try {
    const { resources, report } = await importFrom(atApisix(apisix));
    expect(resources.map(({ id }) => id)).toEqual(["needs-none"]);
    expect(report).toMatch(/route "asks": Could not read the schema of plugin "limit-count".* 401/);
  } finally {
    apisix.intercept = undefined;
  }
});

test("one side of a federation alone is imported, and the other's kinds are named", async () => {
  const { report } = await importFrom({ "kuma:globalUrl": federation.global.url }, { ids: [] });
  expect(report).toContain("every zone egress: is at the zone control plane; none is given (kuma:zoneUrl)");
});
