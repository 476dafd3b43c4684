import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { TestStack } from "../../tools/engine.ts";
import { expectOneError } from "../support/errors.ts";
import { expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld({ kuma: { tokens: { admin: "first-token" } } });
afterEach(() => void vi.unstubAllEnvs());

/** Both servers take another key and token from now on. */
function rotate(): Keys {
  const rotated = { key: `key-${crypto.randomUUID()}`, token: `token-${crypto.randomUUID()}` };
  world.apisix.setAdminKey(rotated.key);
  world.kuma.setTokens({ admin: rotated.token });
  return rotated;
}

function declare(
  name: string,
  opts: [{ provider?: apisix.Provider }, { provider?: kuma.Provider }],
  labels: Record<string, string> = {},
): void {
  new apisix.Upstream(name, { nodes: { "a.example:80": 1 }, labels }, opts[0]);
  new kuma.ExternalService(
    name,
    { tags: { "kuma.io/service": name }, labels, networking: { address: "kept.example:443" } },
    opts[1],
  );
}

function secret(value: string) {
  return { value, secret: true } as const;
}

describe("a changed key touches no resource", () => {
  test("of the stack's configuration", async () => {
    const first = rotate();
    const stack = await world.stack("configuration", async () => declare("configuration", [{}, {}]), {
      config: { "apisix:adminKey": secret(first.key), "kuma:token": secret(first.token) },
    });
    await stack.up();
    const second = rotate();
    await stack.setConfig({ "apisix:adminKey": secret(second.key), "kuma:token": secret(second.token) });
    const requests = await world.requestsDuring(async () => expectNoChanges(await stack.up()));
    expect(requests).toEqual([]);
    expectNoChanges(await stack.refresh());
  });

  test("of an explicit provider", async () => {
    let { key, token } = rotate();
    const stack = await world.stack("provider", async () =>
      declare("provider", [
        { provider: new apisix.Provider("edge", { adminUrl: world.apisix.adminUrl, adminKey: key }) },
        { provider: new kuma.Provider("mesh", { url: world.kuma.url, token }) },
      ]),
    );
    await stack.up();
    ({ key, token } = rotate());
    const requests = await world.requestsDuring(async () => {
      const { changes, output } = await stack.up();
      expect(changes, output).toEqual({ update: 2 });
    });
    expect(requests).toEqual([]);
    const providers = (await stack.resources()).filter(({ type }) => type.startsWith("pulumi:providers:"));
    expect(providers.map(({ urn }) => urn.split("::").at(-1))).toEqual(
      expect.arrayContaining(["edge", "mesh"]),
    );
    expectNoChanges(await stack.refresh());
    const text = await stack.stateText();
    for (const part of [key, token]) expect(text).not.toContain(part);
  });
});

interface Keys {
  key: string;
  token: string;
}

/** A way to give credentials: what the program passes, how a run gets them, and whether it has to run the program for that. */
interface Way {
  what: string;
  providers?(keys: Keys): Parameters<typeof declare>[1];
  give(keys: Keys, stack: TestStack): unknown;
  runProgram?: true;
}

function explicit(adminKey: apisix.ProviderArgs["adminKey"], token: kuma.ProviderArgs["token"]) {
  const edge = new apisix.Provider("edge", { adminUrl: world.apisix.adminUrl, adminKey });
  const mesh = new kuma.Provider("mesh", { url: world.kuma.url, token });
  return [{ provider: edge }, { provider: mesh }] satisfies Parameters<typeof declare>[1];
}

function files(stack: TestStack): [key: string, token: string] {
  return [join(stack.directory, "key"), join(stack.directory, "token")];
}

const WAYS: Way[] = [
  {
    what: "by reference to a variable, of an explicit provider",
    providers: () => explicit({ env: "EDGE_KEY" }, { env: "MESH_TOKEN" }),
    give({ key, token }) {
      vi.stubEnv("EDGE_KEY", key);
      vi.stubEnv("MESH_TOKEN", token);
    },
  },
  {
    what: "by reference to a file, of the stack's configuration",
    async give({ key, token }, stack) {
      const [keyFile, tokenFile] = files(stack);
      await Promise.all([writeFile(keyFile, `${key}\n`), writeFile(tokenFile, `${token}\n`)]);
      await stack.setConfig({ "apisix:adminKeyFile": keyFile, "kuma:tokenFile": tokenFile });
    },
  },
  {
    what: "by the environment alone",
    // The engine keeps the variables of this process away from its own, so the stack is given them.
    give: ({ key, token }, stack) => stack.setEnvironment({ APISIX_ADMIN_KEY: key, KUMA_TOKEN: token }),
  },
  {
    what: "as texts of the stack's configuration, with --run-program",
    give: ({ key, token }, stack) =>
      stack.setConfig({ "apisix:adminKey": secret(key), "kuma:token": secret(token) }),
    runProgram: true,
  },
  {
    what: "as texts of an explicit provider, with --run-program",
    providers: ({ key, token }) => explicit(key, token),
    give: () => undefined,
    runProgram: true,
  },
];

describe("after a rotation refresh, up and destroy go through, and the state has no credential in clear", () => {
  test.each(WAYS)("$what", async ({ what, providers, give, runProgram }) => {
    const name = `way-${WAYS.findIndex((way) => way.what === what)}`;
    const given: Keys[] = [];
    const stack = await world.engine.stack(name, async () => {
      declare(name, providers?.(given.at(-1) as Keys) ?? [{}, {}], { keys: String(given.length) });
    });
    await stack.setConfig({ "apisix:adminUrl": world.apisix.adminUrl, "kuma:url": world.kuma.url });
    const next = async () => {
      given.push(rotate());
      await give(given.at(-1) as Keys, stack);
    };
    await next();
    await stack.up();
    await next();
    const refreshed = await stack.refresh(runProgram ? { runProgram } : {});
    expect(refreshed.changes.delete, refreshed.output).toBeUndefined();
    await next();
    await stack.up();
    const labels = { keys: String(given.length) };
    expect(world.apisix.store.get("upstreams", name)).toMatchObject({ labels });
    expect(world.kuma.store.get("ExternalService", "default", name)).toMatchObject({ labels });
    const text = await stack.stateText();
    for (const { key, token } of given) for (const part of [key, token]) expect(text).not.toContain(part);
    await next();
    await stack.destroy(runProgram ? { runProgram } : {});
    expect(world.apisix.store.get("upstreams", name)).toBeUndefined();
    expect(world.kuma.store.get("ExternalService", "default", name)).toBeUndefined();
  });
});

describe("a credential by reference", () => {
  test("that is not set here is one clear error of up, and none of a preview", async () => {
    const program = async () => {
      const adminKey = { env: "NOT_SET_HERE" };
      const provider = new apisix.Provider("edge", { adminUrl: world.apisix.adminUrl, adminKey });
      new apisix.Upstream("unset", { nodes: { "a.example:80": 1 } }, { provider });
    };
    const stack = await world.engine.stack("unset", program);
    await stack.preview();
    expectOneError(
      await stack.up({ expectFailure: true }),
      "apisix:adminKey refers to the environment variable NOT_SET_HERE, which is not set here",
    );
  });
});
