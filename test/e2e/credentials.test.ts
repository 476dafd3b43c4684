import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { afterEach, describe, expect, test, vi } from "vitest";
import { expectOneError } from "./errors.ts";
import { expectNoChanges, startWorld } from "./support.ts";

const world = await startWorld({ kuma: { tokens: { admin: "first-token" } } });
afterEach(() => void vi.unstubAllEnvs());

/** Both servers take another key and token from now on. */
function rotate(): { key: string; token: string } {
  const rotated = { key: `key-${crypto.randomUUID()}`, token: `token-${crypto.randomUUID()}` };
  world.apisix.setAdminKey(rotated.key);
  world.kuma.setTokens({ admin: rotated.token });
  return rotated;
}

function declare(name: string, opts: [{ provider?: apisix.Provider }, { provider?: kuma.Provider }]): void {
  new apisix.Upstream(name, { nodes: { "a.example:80": 1 } }, opts[0]);
  new kuma.ExternalService(
    name,
    { tags: { "kuma.io/service": name }, networking: { address: "kept.example:443" } },
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

describe("a credential by reference stands nowhere in the state, and a rotated one works for refresh and destroy", () => {
  test("from a variable, of an explicit provider", async () => {
    const first = rotate();
    vi.stubEnv("EDGE_KEY", first.key);
    vi.stubEnv("MESH_TOKEN", first.token);
    const stack = await world.engine.stack("variable", async () =>
      declare("variable", [
        {
          provider: new apisix.Provider("edge", {
            adminUrl: world.apisix.adminUrl,
            adminKey: { env: "EDGE_KEY" },
          }),
        },
        { provider: new kuma.Provider("mesh", { url: world.kuma.url, token: { env: "MESH_TOKEN" } }) },
      ]),
    );
    await stack.up();
    const second = rotate();
    vi.stubEnv("EDGE_KEY", second.key);
    vi.stubEnv("MESH_TOKEN", second.token);
    expectNoChanges(await stack.refresh());
    const text = await stack.stateText();
    for (const { key, token } of [first, second]) {
      expect(text).not.toContain(key);
      expect(text).not.toContain(token);
    }
    await stack.destroy();
    expect(world.apisix.store.get("upstreams", "variable")).toBeUndefined();
    expect(world.kuma.store.get("ExternalService", "default", "variable")).toBeUndefined();
  });

  test("from a file, of the stack's configuration", async () => {
    const first = rotate();
    const stack = await world.engine.stack("file", async () => declare("file", [{}, {}]));
    const [keyFile, tokenFile] = ["key", "token"].map((name) => join(stack.directory, name)) as [
      string,
      string,
    ];
    const write = ({ key, token }: { key: string; token: string }) =>
      Promise.all([writeFile(keyFile, `${key}\n`), writeFile(tokenFile, `${token}\n`)]);
    await write(first);
    await stack.setConfig({
      "apisix:adminUrl": world.apisix.adminUrl,
      "apisix:adminKeyFile": keyFile,
      "kuma:url": world.kuma.url,
      "kuma:tokenFile": tokenFile,
    });
    await stack.up();
    await write(rotate());
    expectNoChanges(await stack.refresh());
    expect(await stack.stateText()).not.toContain(first.key);
    await stack.destroy();
    expect(world.apisix.store.get("upstreams", "file")).toBeUndefined();
  });

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
