import { describe, expect, test } from "vitest";
import { metadataSecrets, pluginSecrets } from "../../provider/model/apisix/plugin-catalogue.ts";
import { pluginConfig } from "../../provider/model/apisix/plugin-config.ts";
import { type JsonObject, UNKNOWN } from "../../provider/model/fields.ts";
import { withMarks, wrapSecret } from "../../provider/model/marks.ts";
import { hiddenTexts, secretPathsOf } from "../../provider/model/secret-fields.ts";
import { withWriteOnly } from "../../provider/model/wire.ts";

const redis = (password: string, more: JsonObject = {}) => ({
  plugins: { "limit-count": { count: 1, redis_password: password, ...more } },
});

describe("where secrets stand in plugins", () => {
  test.each<[what: string, plugins: JsonObject, paths: (string | number)[][]]>([
    ["in a field", redis("a").plugins, [["limit-count", "redis_password"]]],
    ["in a consumer's field", { "key-auth": { key: "a" } }, [["key-auth", "key"]]],
    [
      "below fields",
      { "openid-connect": { client_id: "a", session: { secret: "b", redis: { password: "c" } } } },
      [
        ["openid-connect", "session", "secret"],
        ["openid-connect", "session", "redis", "password"],
      ],
    ],
    [
      "in the entries of objects in a list",
      { "ai-proxy-multi": { instances: [{ auth: {} }, { auth: { header: { A: "a", B: "b" } } }] } },
      [
        ["ai-proxy-multi", "instances", 1, "auth", "header", "A"],
        ["ai-proxy-multi", "instances", 1, "auth", "header", "B"],
      ],
    ],
    [
      "in the elements of a list",
      { "feishu-auth": { secret_fallbacks: ["a", "b"] } },
      [
        ["feishu-auth", "secret_fallbacks", 0],
        ["feishu-auth", "secret_fallbacks", 1],
      ],
    ],
    [
      "in an upstream inside a plugin",
      { "traffic-split": { rules: [{ weighted_upstreams: [{ upstream: { tls: { client_key: "a" } } }] }] } },
      [["traffic-split", "rules", 0, "weighted_upstreams", 0, "upstream", "tls", "client_key"]],
    ],
    ["in an unknown field", redis(UNKNOWN).plugins, [["limit-count", "redis_password"]]],
    ["nowhere in unknown or strange things", { "limit-count": UNKNOWN, custom: { key: "a" }, cors: 1 }, []],
  ])("%s", (_, plugins, paths) => {
    expect(pluginSecrets(plugins)).toEqual(paths);
  });

  test("in a plugin's metadata", () => {
    expect(metadataSecrets({ master_apikey: "a", master_clientid: "b" })).toEqual([["master_apikey"]]);
  });
});

test("only the secrets of a configuration are marked, and all of them are known to the scrubber", () => {
  const args = redis("a password", { rules: [1] });
  const paths = secretPathsOf(pluginConfig.schema, args);
  expect(withMarks(args, paths)).toEqual({
    plugins: { "limit-count": { count: 1, redis_password: wrapSecret("a password"), rules: [1] } },
  });
  expect(hiddenTexts(pluginConfig.schema, args)).toContain("a password");
});

test("of a secret, what was declared is kept, unless the server has none; all else is the server's", () => {
  const kept = (found: JsonObject) => withWriteOnly(pluginConfig.schema, found, redis("declared"));
  expect(kept(redis("other", { count: 2 }))).toEqual(redis("declared", { count: 2 }));
  expect(kept({ plugins: { "limit-count": { count: 1 } } })).toEqual({
    plugins: { "limit-count": { count: 1 } },
  });
  expect(kept({ plugins: {} })).toEqual({ plugins: {} });
});
