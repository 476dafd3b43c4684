import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { startKuma } from "../../sandbox/kuma/index.ts";
import { command } from "../support/commands.ts";
import { SECRETS } from "../support/previews/secrets.ts";

const folder = mkdtempSync(join(tmpdir(), "explain-"));
afterAll(() => rmSync(folder, { recursive: true }));
function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const STATE = "--state state.json";
const request = "explain --host local.httpbin.org --path /get";

describe("a request at a gateway", () => {
  test("the route, its plugins, its upstream and whose each of them is", async () => {
    const { text, status } = await command(`${request} ${STATE}`);
    expect(status).toBe(0);
    for (const part of [
      "Served by route httpbin",
      'apisix:Route "httpbin" of stack edge/prod, index.ts line',
      "limit-count (plugin_configs/limits plugins.limit-count), refuses with 503",
      "node         https://httpbin.org:443",
      "Host header  httpbin.org",
      "server name  httpbin.org",
      "cannot be verified at APISIX",
      "retries      2",
      "active: http /status/200",
      "its path is another one: routes/status uris[0]",
    ])
      expect(text).toContain(part);
  });

  test("which plugins are off, and by what; who answers in place of the upstream", async () => {
    const { text } = await command(
      `explain --host local.httpbin.org --path /status/1 --method POST ${STATE}`,
    );
    expect(text).toContain("off by routes/status plugins.response-rewrite._meta.disable");
    expect(text).toContain("routes/status plugins.key-auth answers 401");
  });

  test("nothing serves it: 1", async () => {
    const { text, status } = await command(`explain --host other.example --path /get ${STATE}`);
    expect(text).toContain("No route serves it: the gateway answers 404.");
    expect(status).toBe(1);
  });

  test("what depends on a secret is not guessed: 2", async () => {
    const { text, status } = await command(`explain --host x.example --path /partner/1 ${STATE}`);
    expect(text).toContain("cannot be said: routes/hidden hosts[0] is secret");
    expect(status).toBe(2);
  });

  test("a preview tells what will be, and what of it changes; it goes before its stack's state", async () => {
    const { text } = await command(`${request} ${STATE} --preview preview.json`);
    expect(text).toContain("this preview: update pluginConfigId");
    expect(text).not.toContain("limit-count");
  });

  test("two places are two gateways", async () => {
    const { text } = await command(`${request} --state zone-1=state.json --state zone-2=state.json`);
    expect(text).toContain("of zone-1 (router");
    expect(text).toContain("of zone-2 (router");
  });
});

describe("a connection out of a mesh", () => {
  test("which service answers, by which egress, and who begins and verifies TLS", async () => {
    const { text, status } = await command(`explain --mesh payments httpbin.mesh ${STATE}`);
    for (const part of [
      "Answered by ExternalService httpbin",
      "by the egress 10.0.0.9:10002",
      "endpoint     httpbin.org:443",
      "begun by the egress, not verified",
      "Allow kuma.io/service=shop (MeshTrafficPermission shop)",
    ])
      expect(text).toContain(part);
    expect(status).toBe(0);
    const ledger = await command(`explain --mesh payments ledger.extsvc.mesh.local:443 ${STATE}`);
    expect(ledger.text).toContain("begun by the egress, verified by system CAs, name ledger.example");
  });

  test("what is let out without a service, and what is not", async () => {
    const { text, status } = await command(`explain --mesh payments --address example.com:443 ${STATE}`);
    expect(text).toContain("does not go out");
    expect(status).toBe(1);
  });

  test("another zone has another way", async () => {
    const { text, status } = await command(`explain --mesh payments httpbin.mesh --zone zone-2 ${STATE}`);
    expect(text).toContain("leads nowhere");
    expect(status).toBe(1);
  });
});

describe("JSON", () => {
  test("says the same, and no secret", async () => {
    for (const question of ["--host local.httpbin.org --path /get", "--mesh payments httpbin.mesh"]) {
      for (const source of ["state.json", "state-shown.json"]) {
        const { text } = await command(
          `explain ${question} --json --header "apikey: ${SECRETS.key}" --state ${source}`,
        );
        const answer = JSON.parse(text);
        expect(answer).toMatchObject({ version: 1, answers: [{ outcome: "served" }], notes: [] });
        for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
      }
    }
  });
});

describe("bad input", () => {
  test("what can be read is shown, and what is missing is said", async () => {
    const broken = file("broken.json", '{"version": 3, "deployment": {"resources": [');
    const { text, status } = await command(
      `${request} ${STATE} --state ${broken} --state ${file("other.json", '{"a": 1}')}`,
    );
    expect(text).toContain("Served by route httpbin");
    expect(text).toContain("broken.json is not read: it is no JSON, or was cut off.");
    expect(text).toContain("other.json is not read: it is not what `pulumi stack export` prints.");
    expect(status).toBe(0);
  });

  test("nothing that could be read is 2 and a line for each source", async () => {
    const lines = async (text: string) =>
      (await command(`${request} --state ${file("a.json", text)}`)).text.trim().split("\n");
    for (const text of [
      "",
      "null",
      "[]",
      "{",
      '{"deployment": {}}',
      '{"deployment": {"resources": [1, null]}}',
    ])
      expect(await lines(text)).toHaveLength(2);
    const missing = await command(`${request} --state ${join(folder, "none.json")}`);
    expect(missing).toMatchObject({ status: 2, text: expect.stringContaining("there is no such file") });
  });

  test("a state given as a preview, and a preview as a state, is said with the right option", async () => {
    expect((await command(`${request} --state preview.json`)).text).toContain("give it with --preview");
    expect((await command(`${request} --preview state.json`)).text).toContain("give it with --state");
  });

  test("no secret is said of what cannot be read", async () => {
    const text = `{"deployment": {"resources": [{"urn": "urn:pulumi:s::p::apisix:index:Route::r", "type": "apisix:index:Route", "inputs": {"plugins": {"key-auth": "${SECRETS.key}"}, "upstream": "${SECRETS.key}"`;
    for (const end of ["", "}}]}}"]) {
      const answer = await command(`${request} --state ${file("secret.json", text + end)}`);
      expect(answer.text).not.toContain(SECRETS.key);
    }
  });

  test("options that make no sense are one line", async () => {
    for (const line of [
      "explain --state state.json",
      "explain --host a.test",
      "explain --host a.test --path get --state state.json",
      "explain --mesh m --state state.json",
      "explain --host a.test --from nginx",
      "explain --host a.test --header nothing --state state.json",
      "explain --host a.test --router none --state state.json",
      "explain --mesh m a.mesh:0 --state state.json",
      "explain --nothing",
    ]) {
      const { text, status } = await command(line);
      expect(text.trim().split("\n")).toHaveLength(1);
      expect(status).toBe(2);
    }
    expect((await command("explain --help")).text).toContain("Exit status");
  });
});

test("servers answer as they are, a server that does not is a note, and secrets of servers stay there", async () => {
  const apisix = await startApisix();
  const kuma = await startKuma();
  apisix.store.put("routes", "r", {
    uri: "/*",
    upstream: { nodes: { "a.example:80": 1 } },
    plugins: { "key-auth": {} },
  });
  apisix.store.put("consumers", "jack", { username: "jack", plugins: { "key-auth": { key: SECRETS.key } } });
  const config = file(
    "config.json",
    JSON.stringify({
      "apisix:adminUrl": apisix.adminUrl,
      "apisix:adminKey": apisix.adminKey,
      "kuma:url": kuma.url,
    }),
  );
  try {
    const started = performance.now();
    const served = await command(
      `explain --host a.test --path / --json --from apisix@zone-1 --config-file ${config}`,
    );
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(JSON.parse(served.text).answers).toMatchObject([
      { places: ["zone-1"], outcome: "served", route: { id: "r" } },
    ]);
    expect(served.text).not.toContain(SECRETS.key);
    const mesh = await command(`explain --mesh default a.mesh --from kuma --config-file ${config}`);
    expect(mesh.text).toContain("goes out as it is");
    await apisix.close();
    const gone = await command(`${request} ${STATE} --from apisix --config-file ${config}`);
    expect(gone.text).toContain("Served by route httpbin");
    expect(gone.text).toMatch(/Not known\n {2}apisix, /);
    expect(gone.status).toBe(0);
  } finally {
    await Promise.allSettled([apisix.close(), kuma.close()]);
  }
});

test("servers of several places are read at once, each with the settings that have its place before them", async () => {
  const [east, west] = await Promise.all([startApisix(), startApisix({ adminKey: "key-of-the-west-4711" })]);
  for (const [name, { store }] of Object.entries({ east, west }))
    store.put("routes", "r", { uri: `/${name}`, upstream: { nodes: { [`${name}.example:80`]: 1 } } });
  const settings = {
    "apisix:adminKey": east.adminKey,
    "east/apisix:adminUrl": east.adminUrl,
    "west/apisix:adminKey": west.adminKey,
    "edge/west/apisix:adminUrl": "http://127.0.0.1:1",
  };
  const config = file("places.json", JSON.stringify(settings));
  const line =
    `map --json --from apisix@east --from apisix@west --config-file ${config} ` +
    `--config west/apisix:adminUrl=${west.adminUrl}`;
  try {
    const { exits, notes } = JSON.parse((await command(line)).text);
    expect(notes).toEqual([]);
    expect(
      exits.map(({ host, place }: { host: string; place: string }) => `${place} ${host}`).sort(),
    ).toEqual(["east east.example", "west west.example"]);
    const wrong = await command("map --from apisix@east --config south/apisix:adminUrl=http://127.0.0.1:1");
    expect(wrong).toMatchObject({ status: 2 });
    expect(wrong.text).toContain("no --from names the place south");
    const key = await command("map --from apisix@east --config east/apisix:adminKey=secret-key");
    expect(key.text).toContain("what is secret does not belong on a command line");
  } finally {
    await Promise.all([east.close(), west.close()]);
  }
});
