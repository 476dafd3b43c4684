import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterAll, describe, expect, test } from "vitest";
import type { MapAnswer } from "../../cli/map-answer.ts";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { command } from "../support/commands.ts";
import { SECRETS } from "../support/previews/secrets.ts";

const folder = mkdtempSync(join(tmpdir(), "map-"));
afterAll(() => rmSync(folder, { recursive: true }));
function file(name: string, content: unknown): string {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return join(folder, name);
}

/** A state with these resources of the plugins. */
function stateOf(resources: [type: string, name: string, inputs: object, more?: object][]): string {
  return file("state.json", {
    deployment: {
      resources: resources.map(([type, name, inputs, more]) => {
        const token = type.replace(":", ":index:");
        return { urn: `urn:pulumi:s::p::${token}::${name}`, type: token, inputs, ...more };
      }),
    },
  });
}
async function answerTo(line: string): Promise<MapAnswer> {
  return JSON.parse((await command(`${line} --json`)).text);
}
/** Host, port, TLS and from where, of each row. */
async function rows(line: string): Promise<string[]> {
  const { exits } = await answerTo(line);
  return exits.map(({ host, port, tls, from }) => `${host} ${port} ${tls}: ${from.join("; ")}`);
}

describe("what can be reached", () => {
  test("from a gateway and from a mesh, with its TLS and whose it is", async () => {
    expect(await rows("map --state state.json")).toEqual([
      "10.1.2.3 8080 none: gateway local.httpbin.org/status/*",
      "httpbin.org 443 cannot be verified at APISIX: gateway local.httpbin.org/*",
      "httpbin.org 443 not verified: mesh payments, zone zone-1, by egress, as httpbin.mesh or httpbin.org",
      "ledger.example 443 verified: mesh payments, zone zone-1, by egress, as ledger.extsvc.mesh.local",
      "partner.example 80 none: gateway (not known)/partner/*",
    ]);
    const { exits } = await answerTo("map --state state.json");
    expect(exits[1]?.owners.map(({ type, name, stack }) => `${type} ${name} ${stack}`)).toEqual([
      "apisix:Upstream httpbin edge/prod",
      "apisix:Route httpbin edge/prod",
    ]);
  });

  test("by a service, by traffic-split, by plugins that speak to others, by stream routes; not by what is off or unused", async () => {
    const state = stateOf([
      ["apisix:Upstream", "u", { nodes: { "unused.example:80": 1 } }],
      ["apisix:Upstream", "v", { nodes: [{ host: "v.example", port: 81, weight: 1 }] }],
      ["apisix:Service", "s", { hosts: ["s.test"], upstream: { nodes: { "s.example:80": 1 } } }],
      ["apisix:Route", "a", { uri: "/a", serviceId: "s" }],
      ["apisix:Route", "off", { uri: "/off", enabled: false, upstream: { nodes: { "off.example:80": 1 } } }],
      [
        "apisix:Route",
        "b",
        {
          uri: "/b",
          upstream: { nodes: { "b.example:80": 1 } },
          plugins: {
            "traffic-split": {
              rules: [{ weighted_upstreams: [{ upstream_id: "v", weight: 1 }, { weight: 9 }] }],
            },
            "forward-auth": { uri: "https://auth.example/check", ssl_verify: true },
            "http-logger": { _meta: { disable: true }, uri: "http://log.example" },
            redirect: { uri: "https://told.example/" },
          },
        },
      ],
      ["apisix:StreamRoute", "t", { serverPort: 9100, upstream: { nodes: { "t.example:6379": 1 } } }],
    ]);
    expect(await rows(`map --state ${state}`)).toEqual([
      "auth.example 443 verified: gateway */b by forward-auth",
      "b.example 80 none: gateway */b",
      "s.example 80 none: gateway s.test/a",
      "t.example 6379 none: gateway port 9100",
      "v.example 81 none: gateway */b",
    ]);
  });

  test("an open mesh lets everything out; of a mesh that no source has, that is not known", async () => {
    const open = stateOf([["kuma:Mesh", "m", {}]]);
    expect(await rows(`map --state ${open}`)).toEqual([
      "* null not known: mesh m, zone default, passthrough",
    ]);
    const service = {
      mesh: "n",
      tags: { "kuma.io/service": "a" },
      networking: { address: "a.example:443", tls: { enabled: true } },
    };
    const { exits } = await answerTo(`map --state ${stateOf([["kuma:ExternalService", "a", service]])}`);
    expect(exits.map(({ host, tls }) => `${host} ${tls}`)).toEqual(["? not known", "a.example not known"]);
    expect(exits[1]?.because.join()).toContain("Mesh/n");
  });

  test("what a mesh sends through an egress is listed although the stack with the egress was not read", async () => {
    const backends = [{ name: "ca", type: "builtin" }];
    const state = stateOf([
      [
        "kuma:Mesh",
        "m",
        {
          mtls: { enabledBackend: "ca", backends },
          routing: { zoneEgress: true },
          networking: { outbound: { passthrough: false } },
        },
      ],
      [
        "kuma:ExternalService",
        "s",
        { mesh: "m", tags: { "kuma.io/service": "s" }, networking: { address: "s.example:80" } },
      ],
      [
        "kuma:MeshExternalService",
        "t",
        { mesh: "m", match: { port: 443 }, endpoints: [{ address: "t.example", port: 443 }] },
      ],
    ]);
    const { exits } = await answerTo(`map --state ${state}`);
    expect(exits.map(({ host, from }) => `${host}: ${from.join()}`)).toEqual([
      expect.stringContaining("s.example: mesh m, zone default, by an egress that was not read"),
      expect.stringContaining("t.example: mesh m, zone default, by an egress that was not read"),
    ]);
  });

  test("until when certificates are valid, those that end soon by themselves, and of no private key a word", async () => {
    const day = 86_400_000;
    const pem = (days: number) =>
      generate([{ name: "commonName", value: `for-${days}` }], {
        keyType: "ec",
        notAfterDate: new Date(Date.now() + days * day),
      });
    const [soon, late] = await Promise.all([pem(10), pem(100)]);
    const state = stateOf([
      ["apisix:Ssl", "client", { type: "client", cert: late.cert, key: late.private }],
      [
        "apisix:Upstream",
        "u",
        { scheme: "https", nodes: { "u.example:443": 1 }, tls: { clientCertId: "client" } },
      ],
      ["apisix:Route", "r", { uri: "/", upstreamId: "u" }],
      ["kuma:Mesh", "m", { networking: { outbound: { passthrough: false } } }],
      [
        "kuma:ExternalService",
        "s",
        {
          ...{ mesh: "m", tags: { "kuma.io/service": "s" } },
          networking: {
            address: "s.example:443",
            tls: { enabled: true, caCert: { inlineString: soon.cert } },
          },
        },
      ],
    ]);
    const answer = await answerTo(`map --state ${state}`);
    expect(answer.exits.map(({ host, tls }) => `${host} ${tls}`)).toEqual([
      "s.example verified",
      "u.example cannot be verified at APISIX",
    ]);
    const until = (days: number) => new Date(Date.now() + days * day).toISOString().slice(0, 10);
    expect(answer.exits.map(({ certificates }) => certificates[0]?.validUntil.slice(0, 10))).toEqual([
      until(10),
      until(100),
    ]);
    expect(answer.ending.map(({ subject }) => subject)).toEqual(["CN=for-10"]);
    expect((await answerTo(`map --days 5 --state ${state}`)).ending).toEqual([]);
    expect((await command(`map --state ${state}`)).text).toContain("Certificates that end within 30 days");
    expect((await command(`map --json --state ${state}`)).text).not.toContain("PRIVATE");
  });
});

describe("how it is shown", () => {
  test("groups by stack, component, place and label", async () => {
    const component = "urn:pulumi:s::p::external-backends:index:ExternalBackend::payments";
    const route = { uri: "/", labels: { team: "edge" }, upstream: { nodes: { "a.example:80": 1 } } };
    const state = stateOf([["apisix:Route", "r", route, { parent: component }]]);
    const group = async (by: string) =>
      (await answerTo(`map --by ${by} --state zone-1=${state}`)).exits[0]?.group;
    expect(await group("stack")).toBe("p/s");
    expect(await group("component")).toBe("ExternalBackend payments");
    expect(await group("place")).toBe("zone-1");
    expect(await group("label:team")).toBe("edge");
    expect(await group("label:other")).toBe("");
  });

  test("as a table, as CSV and as Markdown; hostile names stay text", async () => {
    const nodes = [{ host: "=HYPERLINK(1)", port: 80, weight: 1 }];
    const state = stateOf([["apisix:Route", "r", { uri: "/a|b,\u001b[31m", upstream: { nodes } }]]);
    const { text: table } = await command(`map --state ${state}`);
    expect(table).not.toContain("\u001b");
    const { text: csv } = await command(`map --csv --state ${state}`);
    expect(csv.split("\n")[1]).toMatch(/^p\/s,'=hyperlink\(1\),80,http,none,,"gateway \*\/a\|b,/);
    const { text: markdown } = await command(`map --markdown --state ${state}`);
    expect(markdown.split("\n")[2]?.match(/(?<!\\)\|/g)).toHaveLength(10);
  });

  test("JSON holds no secret", async () => {
    for (const source of ["--state state.json", "--state state-shown.json", "--preview preview.json"]) {
      const { text } = await command(`map --json ${source}`);
      for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
    }
  });
});

test("what is at a server and in no state, what differs and what is missing, with 1", async () => {
  const apisix = await startApisix();
  const nodes = { "a.example:80": 1 };
  const config = file("config.json", {
    "apisix:adminUrl": apisix.adminUrl,
    "apisix:adminKey": apisix.adminKey,
  });
  const provider = "urn:pulumi:s::p::pulumi:providers:apisix::edge";
  const route = (name: string, uri: string): [string, string, object, object] => [
    "apisix:Route",
    name,
    { uri, upstream: { nodes } },
    { provider: `${provider}::id`, outputs: { __made: `abcdefgh@${new URL(apisix.adminUrl).origin}` } },
  ];
  const state = stateOf([route("same", "/same"), route("changed", "/old"), route("gone", "/gone")]);
  apisix.store.put("routes", "same", {
    uris: ["/same"],
    upstream: { nodes: [{ host: "a.example", port: 80, weight: 1 }] },
  });
  apisix.store.put("routes", "changed", { uri: "/new", upstream: { nodes } });
  apisix.store.put("routes", "strange", {
    uri: "/strange",
    upstream: { nodes: { "strange.example:80": 1 } },
  });
  try {
    const line = `map --state ${state} --from apisix --config-file ${config}`;
    const { comparison, exits } = await answerTo(line);
    const names = (list: { name: string }[] = []) => list.map(({ name }) => name);
    expect(names(comparison?.unmanaged)).toEqual(["strange"]);
    expect(comparison?.differing.map(({ owner, fields }) => `${owner.name} ${fields}`)).toEqual([
      "changed uris",
    ]);
    expect(names(comparison?.missing)).toEqual(["gone"]);
    expect(exits.map(({ host, from }) => `${host} ${from}`)).toEqual([
      "strange.example gateway */strange",
      "a.example gateway */new,gateway */same",
    ]);
    const { text, status } = await command(line);
    expect(status).toBe(1);
    expect(text).toContain("At a server and in no state\n  apisix:Route");
    apisix.store.delete("routes", "strange");
    apisix.store.put("routes", "changed", { uri: "/old", upstream: { nodes } });
    apisix.store.put("routes", "gone", { uri: "/gone", upstream: { nodes } });
    expect((await command(line)).status).toBe(0);
  } finally {
    await apisix.close();
  }
});

test("defaults that an older gateway writes into what it stores are no difference, and what was changed there is one", async () => {
  const apisix = await startApisix({ release: "3.11.0" });
  const config = file("config.json", {
    "apisix:adminUrl": apisix.adminUrl,
    "apisix:adminKey": apisix.adminKey,
  });
  const put = (path: string, body: object) =>
    fetch(`${apisix.adminUrl}/apisix/admin/${path}`, {
      method: "PUT",
      headers: { "x-api-key": apisix.adminKey },
      body: JSON.stringify(body),
    });
  const nodes = [{ host: "a.example", port: 80, weight: 1 }];
  const plugins = { "limit-count": { count: 5, time_window: 60, key: "remote_addr" }, "request-id": {} };
  const consumer = { "jwt-auth": { key: "k", secret: "s" } };
  const metadata = { log_format: { host: "$host" } };
  const made = { outputs: { __made: `aaaaaaaa@${apisix.adminUrl}` } };
  const state = stateOf([
    ["apisix:Route", "r", { uri: "/r", plugins, upstream: { nodes } }, made],
    ["apisix:Route", "changed", { uri: "/c", plugins, upstream: { nodes } }, made],
    ["apisix:GlobalRule", "g", { plugins: { prometheus: {} } }, made],
    ["apisix:Consumer", "jack", { plugins: consumer }, made],
    ["apisix:PluginMetadata", "http-logger", { plugin: "http-logger", metadata }, made],
  ]);
  try {
    await put("routes/r", { uri: "/r", plugins, upstream: { nodes } });
    const changed = { ...plugins, "limit-count": { ...plugins["limit-count"], rejected_code: 429 } };
    await put("routes/changed", { uri: "/c", plugins: changed, upstream: { nodes } });
    await put("global_rules/g", { plugins: { prometheus: {} } });
    await put("consumers/jack", { username: "jack", plugins: consumer });
    await put("plugin_metadata/http-logger", metadata);
    expect(apisix.store.get("routes", "r")).toMatchObject({
      plugins: { "limit-count": { rejected_code: 503 } },
    });
    const { comparison } = await answerTo(`map --state ${state} --from apisix --config-file ${config}`);
    expect(comparison).toMatchObject({ unmanaged: [], missing: [] });
    expect(comparison?.differing.map(({ owner, fields }) => `${owner.name} ${fields}`)).toEqual([
      "changed plugins",
    ]);
  } finally {
    await apisix.close();
  }
});

test("a source that cannot be read ends it with 2, says so once, and CSV says it on standard error", async () => {
  const apisix = await startApisix();
  const config = file("config.json", {
    "apisix:adminUrl": apisix.adminUrl,
    "apisix:adminKey": "not-the-key",
  });
  const state = stateOf([["apisix:Route", "r", { uri: "/", upstream: { nodes: { "r.example:80": 1 } } }]]);
  const live = `--from apisix --config-file ${config}`;
  const refused = await command(`map --state ${state} ${live}`);
  await apisix.close();
  const silent = await command(`map --csv --state ${state} ${live}`);
  const missing = await command(`map --csv --state ${state} --state ${join(folder, "none.json")}`);
  expect(refused.status).toBe(2);
  expect(refused.text).toContain("r.example:80");
  expect(refused.text.match(/admin key is wrong/g)).toHaveLength(1);
  expect(silent).toMatchObject({ status: 2, errors: expect.stringContaining("apisix, route: ") });
  expect(silent.text).toContain("r.example");
  expect(missing).toMatchObject({ status: 2, errors: expect.stringContaining("there is no such file") });
  const broken = file("broken.json", { deployment: { resources: [null, { urn: "u" }] } });
  const partly = await command(`map --csv --state ${state} --state ${broken}`);
  expect(partly).toMatchObject({
    status: 2,
    errors: expect.stringContaining("2 resources in it are not read"),
  });
});

test("a server of which nothing says where it is, is no silent alarm", async () => {
  const state = stateOf([["apisix:Route", "r", { uri: "/", upstream: { nodes: { "r.example:80": 1 } } }]]);
  const { status, errors } = await command(`map --csv --state ${state} --from kuma`);
  expect(status).toBe(2);
  expect(errors).toMatch(/^kuma, external service: .*kuma:url/);
});

test("a misspelt setting is refused, and no other server is read instead", async () => {
  const { text, status } = await command("map --from apisix --config apisix:adminUlr=http://127.0.0.1:1");
  expect(status).toBe(2);
  expect(text).toMatch(/^apisix:adminUlr is no setting; known: adminUrl, /);
});

test("a state in the UTF-16 of older PowerShells is read", async () => {
  const state = stateOf([["apisix:Route", "r", { uri: "/", upstream: { nodes: { "r.example:80": 1 } } }]]);
  const path = join(folder, "utf16.json");
  writeFileSync(path, Buffer.from(`\uFEFF${readFileSync(state, "utf8")}`, "utf16le"));
  expect(await rows(`map --state ${path} --state ${path}`)).toEqual(["r.example 80 none: gateway */"]);
});

test("a line end in a name of a server makes no line of its own", async () => {
  const uri = "/a\n  bank.example:443  https  verified";
  const state = stateOf([["apisix:Route", "r", { uri, upstream: { nodes: { "r.example:80": 1 } } }]]);
  for (const line of [`map --state ${state}`, `explain --host a.example --path / --state ${state}`])
    expect((await command(line)).text).not.toMatch(/^ *bank\.example/m);
});

test("a map of 2,000 backends is quick: under a second, ten times that on a loaded machine", async () => {
  const state = stateOf(
    Array.from({ length: 2000 }, (_, index) => [
      "apisix:Route",
      `r${index}`,
      { uri: `/${index}`, upstream: { nodes: { [`b${index}.example:80`]: 1 } } },
    ]),
  );
  const started = performance.now();
  expect((await answerTo(`map --state ${state}`)).exits).toHaveLength(2000);
  expect(performance.now() - started).toBeLessThan(10_000);
});

test("--html writes a page, and ends with the status that the map has", async () => {
  const { text, status } = await command("map --state state.json --html map.html");
  expect({ text, status }).toEqual({ text: "map.html: 5 backends outside can be reached.\n", status: 0 });
});

test("options that make no sense are one line", async () => {
  for (const line of [
    "map --csv",
    "map --csv --json --state state.json",
    "map --json --html map.html --state state.json",
    'map --html "" --state state.json',
    "map --change --html map.html --preview preview.json",
    "map --html /dev/null/map.html --state state.json",
    "map --by owner --state state.json",
    "map --days soon --state state.json",
    "map more --state state.json",
  ]) {
    const { text, status } = await command(line);
    expect(text.trim().split("\n")).toHaveLength(1);
    expect(status).toBe(2);
  }
  expect((await command("map --help")).text).toContain("Exit status");
});
