import { expect, test } from "vitest";
import type { JsonObject } from "../../provider/model/fields.ts";
import type { Api } from "../../provider/server/api.ts";
import { withoutPluginDefaults } from "../../provider/server/stored-defaults.ts";

const schema = {
  properties: {
    a: { type: "integer", default: 1 },
    range: { type: "object", default: { length: 16 } },
    inner: { properties: { b: { default: "b" } } },
  },
};

/** What remains of what a server has, when it knows the plugin `own` and has answered so often. */
async function remains(seen: JsonObject, declared: JsonObject) {
  let asked = 0;
  const document = async ({ path }: { path: string }) => {
    asked++;
    return path === "schema/plugins/own" ? schema : undefined;
  };
  const once = <T>(_path: string, ask: () => T) => ask();
  const api = { document, once } as unknown as Api;
  return { remains: await withoutPluginDefaults(api, seen, declared), asked };
}

test("defaults that the server wrote into a plugin go, and only those", async () => {
  const declared = { plugins: { own: { inner: {} } } };
  const seen = { plugins: { own: { a: 1, range: {}, inner: { b: "b" } } } };
  expect(await remains(seen, declared)).toEqual({ remains: declared, asked: 1 });
  const changed = { plugins: { own: { a: 2, range: { length: 8 }, inner: { b: "c" } } } };
  expect(await remains(changed, declared)).toEqual({ remains: changed, asked: 1 });
});

test("a default that was declared stays, and nothing is asked where nothing differs", async () => {
  const same = { plugins: { own: { a: 1 } } };
  expect(await remains(same, same)).toEqual({ remains: same, asked: 0 });
});

test("defaults of a consumer's credential go", async () => {
  const declared = { plugins: { "jwt-auth": { key: "k", secret: "s" } } };
  const stored = { ...declared.plugins["jwt-auth"], algorithm: "HS256", exp: 86400, base64_secret: false };
  expect((await remains({ plugins: { "jwt-auth": stored } }, declared)).remains).toEqual(declared);
});

test("defaults of a plugin's metadata go", async () => {
  const declared = { plugin: "loggly", metadata: { host: "logs.example" } };
  const seen = { ...declared, metadata: { ...declared.metadata, port: 514, protocol: "syslog", timeout: 1 } };
  expect(await remains(seen, declared)).toEqual({
    remains: { ...declared, metadata: { host: "logs.example", timeout: 1 } },
    asked: 0,
  });
});
