import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import { describe, expect, test } from "vitest";
import { expectChanges, expectNoChanges, LOCAL, startWorld } from "../support/world.ts";

const world = await startWorld();

const secrets = {
  redis: "redis-passw0rd",
  client: "s3cret-of-the-client",
  header: "Bearer t0ken-of-a-model",
  key: "k3y-of-jack",
  basic: "b4sic-of-jill",
};
const upstream = { nodes: { "httpbin.org:80": 1 } };

/** No secret is marked as one by the program. */
function declare(prefix: string, redis = secrets.redis, desc = "first"): void {
  new apisix.Route(`${prefix}-route`, {
    uri: `/${prefix}`,
    desc,
    upstream,
    plugins: {
      "limit-count": {
        count: 2,
        time_window: 60,
        policy: "redis",
        redis_host: "redis",
        redis_password: redis,
      },
      "openid-connect": {
        client_id: "visible-id",
        client_secret: secrets.client,
        discovery: "https://id.example/.well-known/openid-configuration",
        session: { secret: secrets.client },
      },
      "ai-proxy-multi": {
        instances: [
          {
            name: "visible-model",
            provider: "openai",
            weight: 1,
            auth: { header: { Authorization: secrets.header } },
          },
        ],
      },
    },
  });
  const { username } = new apisix.Consumer(`${prefix}-jack`, {
    username: `${prefix}_jack`,
    desc,
    plugins: { "key-auth": { key: `${secrets.key}-${prefix}` } },
  });
  new apisix.Credential(`${prefix}-jill`, {
    username,
    desc,
    plugins: { "basic-auth": { username: `visible-jill-${prefix}`, password: secrets.basic } },
  });
}

function expectNoSecret(text: string): void {
  const found = Object.entries(secrets).filter(([, secret]) => text.includes(secret));
  expect(found).toEqual([]);
}

test("secrets of plugins that nobody marked stand nowhere in clear: not in states, diffs, nor exports", async () => {
  const stack = await world.stack("plugin-secrets", async () => declare("kept"));
  const preview = await stack.preview({ diff: true });
  const up = await stack.up({ diff: true });
  const other = "an0ther-passw0rd";
  const changed = await stack.up({ diff: true, program: async () => declare("kept", other, "second") });
  expectChanges(changed, { update: 3 });
  expect(JSON.stringify(world.apisix.store.list("routes"))).toContain(other);

  const refreshed = await stack.refresh();
  const texts = [preview.output, up.output, changed.output, refreshed.output, await stack.stateText()];
  for (const text of texts) {
    expectNoSecret(text);
    expect(text).not.toContain(other);
  }
  // What is no secret can still be read.
  expect(texts.join()).toMatch(/visible-id[\s\S]*visible-model[\s\S]*visible-jill/);
});

test("what comes back of a secret is no drift, and neither is a key that somebody else has turned", async () => {
  const stack = await world.stack("plugin-drift", async () => declare("drift"));
  await stack.up();
  expectNoChanges(await stack.refresh());
  const route = world.apisix.store.get("routes", "drift-route") ?? {};
  const plugins = route.plugins as Record<string, Record<string, unknown>>;
  const turned = { ...plugins["limit-count"], redis_password: "3ncrypted==" };
  world.apisix.store.put("routes", "drift-route", {
    ...route,
    plugins: { ...plugins, "limit-count": turned },
  });
  expectNoChanges(await stack.refresh());
  expectNoChanges(await stack.up());

  const loosened = { ...turned, count: 1000 };
  world.apisix.store.put("routes", "drift-route", {
    ...route,
    plugins: { ...plugins, "limit-count": loosened },
  });
  expectChanges(await stack.refresh(), { update: 1 });
  expectNoSecret(await stack.stateText());
});

test("a plugin with a secret that was added outside shows, but not its secret", async () => {
  const stack = await world.stack("plugin-added", async () => {
    new apisix.Route("added", { uri: "/added", upstream, plugins: {} });
  });
  await stack.up();
  const route = world.apisix.store.get("routes", "added") ?? {};
  const plugins = { csrf: { key: "k3y-from-outside" } };
  world.apisix.store.put("routes", "added", { ...route, plugins });
  const { output } = await stack.preview({ refresh: true, diff: true });
  expect(output).toContain("csrf");
  expect(output).not.toContain("k3y-from-outside");
  await stack.refresh();
  expect(await stack.stateText()).not.toContain("k3y-from-outside");
});

describe("before anything is sent", () => {
  test("a preview refuses a wrong configuration, with its path and without its value", async () => {
    const stack = await world.stack("plugin-wrong", async () => {
      new apisix.Route("wrong", {
        uri: "/wrong",
        upstream,
        // What comes from elsewhere has no types.
        plugins: JSON.parse('{ "limit-count": { "count": 1, "time_window": 60, "polcy": "s3cret" } }'),
      });
    });
    const requests = await world.requestsDuring(async () => {
      const { output } = await stack.preview({ expectFailure: true });
      expect(output).toContain(
        'plugins.limit-count.polcy: is no field that exists here; did you mean "policy"?',
      );
      expect(output).not.toContain("s3cret");
    });
    expect(requests).toEqual([]);
  });

  test("where the gateway is not asked, a plugin of its own is warned of once, and not when it is named", async () => {
    const program = (provider?: () => apisix.Provider) => async () => {
      const options = provider ? { provider: provider() } : {};
      for (const name of ["one", "two"]) {
        const plugins = { "tenant-lookup": { url: pulumi.output("http://tenants") } };
        new apisix.PluginConfig(`own-${name}`, { plugins }, options);
      }
    };
    const stack = await world.stack("plugin-own", program(), { config: LOCAL });
    const [, diagnostics] = (await stack.preview()).output.split("Diagnostics:");
    expect(diagnostics?.match(/"tenant-lookup" is none of the plugins/g)).toHaveLength(1);

    await stack.setConfig({ "apisix:customPlugins": '["tenant-lookup"]' });
    expect((await stack.preview()).output).not.toContain("tenant-lookup");

    await stack.setConfig({ "apisix:customPlugins": "[]" });
    const { adminUrl, adminKey } = world.apisix;
    const settings = { customPlugins: ["tenant-lookup"], validation: "local" as const };
    const edge = () => new apisix.Provider("edge", { adminUrl, adminKey, ...settings });
    expect((await stack.preview({ program: program(edge) })).output).not.toContain("tenant-lookup");
  });
});
