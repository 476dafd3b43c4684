import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Handler } from "../../provider/dynamic/handler.ts";
import { isObject, type Json, type JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { SECRET_KEY } from "../../provider/model/marks.ts";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { startKuma } from "../../sandbox/kuma/index.ts";
import { CERTIFICATE } from "../support/apisix-bodies.ts";

const newer = await startApisix();
const older = await startApisix({ storesDefaults: true });
const kuma = await startKuma();
afterAll(() => Promise.all([newer.close(), older.close(), kuma.close()]));
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => {});
});

const CONFIGS = {
  "3.18": { "apisix:adminUrl": newer.adminUrl, "apisix:adminKey": newer.adminKey },
  "3.11": { "apisix:adminUrl": older.adminUrl, "apisix:adminKey": older.adminKey },
  kuma: { "kuma:url": kuma.url },
};
type ServerName = keyof typeof CONFIGS;

/** A value as the engine hands it on, without marks. */
function received(value: unknown): Json {
  if (Array.isArray(value)) return value.map(received);
  if (!isObject(value)) return value as Json;
  if (SECRET_KEY in value) return received(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, received(inner)]));
}

/** What a preview says is wrong; with nothing wrong, the object is made, read back and compared. */
async function previewed(type: string, args: JsonObject, server: ServerName): Promise<string[]> {
  const lifecycle = new Handler(kindOf(type));
  const config: Record<string, string> = CONFIGS[server];
  lifecycle.configure({ config: { get: (key) => config[key] } });
  const context = { name: "made", stack: "ours.prod", owner: "0123456789abcdef" };
  const { inputs, failures } = await lifecycle.check({}, { ...args, __context: context });
  if (failures.length > 0) return failures.map(({ reason }) => reason);
  const { id, outs } = await lifecycle.create(received(inputs) as JsonObject);
  const state = received(outs) as JsonObject;
  try {
    expect((await lifecycle.read(id, state)).inputs).toBeUndefined();
  } finally {
    await lifecycle.delete(id, state);
  }
  return [];
}

const nodes = { "a.example:80": 1 };
const upstream = { nodes };
const withPlugins = (plugins: JsonObject): JsonObject => ({ uri: "/*", upstream, plugins });
const limited = (fields: JsonObject) =>
  withPlugins({ "limit-count": { count: 1, time_window: 1, ...fields } });
const consumer = { username: `c${"o".repeat(99)}` };

/** What Unicode calls white space, and a server that reads bytes does not. */
const spaces = "a\u00a0b\u0085\u2003\u2028\u3000\ufeff";
const split = { rules: [{ weighted_upstreams: [{ upstream: { nodes, labels: { team: spaces } } }] }] };

describe("a preview takes what the server takes", () => {
  test.each<[string, string, JsonObject, ServerName]>([
    ["white space beyond ASCII in a label", "apisix:Upstream", { nodes, labels: { team: spaces } }, "3.18"],
    ["white space beyond ASCII in a label", "apisix:Upstream", { nodes, labels: { team: spaces } }, "3.11"],
    ["the same in a plugin", "apisix:Route", withPlugins({ "traffic-split": split }), "3.18"],
    ["references for a certificate and its key", "apisix:Ssl", references("$env://"), "3.18"],
    ["references to a secret manager", "apisix:Ssl", references("$secret://vault/1/a/"), "3.18"],
    ["references in capitals, at an older server", "apisix:Ssl", references("$ENV://"), "3.11"],
    [
      "a reference among further certificates",
      "apisix:Ssl",
      { ...references("$env://"), certs: ["$env://CERT_2"], keys: ["$secret://vault/1/a/key"] },
      "3.18",
    ],
    [
      "a reference for the CA of clients",
      "apisix:Ssl",
      { ...references("$env://"), client: { ca: "$env://CA" } },
      "3.18",
    ],
    [
      "a reference instead of one of several words",
      "apisix:Route",
      limited({ key_type: "$env://TYPE" }),
      "3.18",
    ],
    [
      "a reference instead of a text of some form",
      "apisix:Route",
      withPlugins({ "proxy-rewrite": { uri: "$env://PATH_OF_BACKEND" } }),
      "3.18",
    ],
    [
      "a reference in a text without limits",
      "apisix:Route",
      withPlugins({ "key-auth": { header: "$env://H" } }),
      "3.11",
    ],
    ["a consumer's name of 100 characters", "apisix:Consumer", consumer, "3.18"],
    ["a consumer's name of 100 characters", "apisix:Consumer", consumer, "3.11"],
    ["a line break at a label's end", "apisix:Upstream", { nodes, labels: { a: "b\n" } }, "3.18"],
    ["a line break at a host's end", "apisix:Route", { uri: "/*", host: "a.example\n", upstream }, "3.18"],
    ["line breaks in a secret's base64", "kuma:Secret", { data: "YWJj\nZGVm\r\n" }, "kuma"],
    [
      "line breaks in a certificate's base64",
      "kuma:ExternalService",
      {
        tags: { "kuma.io/service": "a" },
        networking: { address: "a.b:443", tls: { enabled: true, caCert: { inline: "YWJj\nZGVm\n" } } },
      },
      "kuma",
    ],
    ["equal ports of an egress", "kuma:ZoneEgress", egress({ address: "10.0.0.1" }), "kuma"],
    ["equal ports of an egress without an address", "kuma:ZoneEgress", egress({}), "kuma"],
  ])("%s: %s", async (_, type, args, server) => {
    expect(await previewed(type, args, server)).toEqual([]);
  });
});

describe("a preview refuses what the server refuses", () => {
  test.each<[string, string, JsonObject, ServerName, RegExp]>([
    [
      "a certificate that is none",
      "apisix:Ssl",
      { sni: "a.b", cert: "x", key: "$env://K" },
      "3.18",
      /^cert: .*is too short/,
    ],
    [
      "a reference for the CA of clients, at an older server",
      "apisix:Ssl",
      { ...references("$env://"), client: { ca: "$env://CA" } },
      "3.11",
      /^client\.ca: is too short: at least 128 characters/,
    ],
    [
      "a reference instead of one of several words, at an older server",
      "apisix:Route",
      limited({ key_type: "$env://TYPE" }),
      "3.11",
      /^plugins\.limit-count\.key_type: is none of the values allowed/,
    ],
    [
      "a reference instead of a number",
      "apisix:Route",
      limited({ rejected_code: "$env://CODE" }),
      "3.18",
      /^plugins\.limit-count\.rejected_code: is not an integer/,
    ],
    [
      "a reference instead of a flag",
      "apisix:Route",
      limited({ show_limit_quota_header: "$env://A" }),
      "3.18",
      /is not a boolean/,
    ],
    [
      "a consumer's name of 101 characters, at an older server",
      "apisix:Consumer",
      { username: "c".repeat(101) },
      "3.11",
      /^username: .*at most 100/,
    ],
    [
      "a space in a label",
      "apisix:Upstream",
      { nodes, labels: { a: "b c" } },
      "3.18",
      /^labels\.a: .*may hold no white space/,
    ],
    [
      "two line breaks at a label's end",
      "apisix:Upstream",
      { nodes, labels: { a: "b\n\n" } },
      "3.18",
      /^labels\.a: .*may hold no white space/,
    ],
    [
      "a line break in a host",
      "apisix:Route",
      { uri: "/*", host: "a\nb", upstream },
      "3.18",
      /^host: .*is no host name/,
    ],
    ["a space in base64", "kuma:Secret", { data: "YWJj ZGVm" }, "kuma", /^data: is not base64/],
    [
      "equal ports of an egress at 127.0.0.1",
      "kuma:ZoneEgress",
      egress({ address: "127.0.0.1" }),
      "kuma",
      /is the same as networking\.port/,
    ],
  ])("%s", async (_, type, args, server, problem) => {
    expect((await previewed(type, args, server)).join("\n")).toMatch(problem);
  });
});

test("a certificate with a reference for its key is taken", async () => {
  expect(await previewed("apisix:Ssl", { sni: "a.b", cert: CERTIFICATE, key: "$env://KEY" }, "3.18")).toEqual(
    [],
  );
});

function references(scheme: string): JsonObject {
  return { sni: "a.example", cert: `${scheme}CERT`, key: `${scheme}KEY` };
}

function egress(networking: JsonObject): JsonObject {
  return { networking: { ...networking, port: 10002, admin: { port: 10002 } } };
}
