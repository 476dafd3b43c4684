import { readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { GetSchemaResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { repository } from "../../tools/repository.ts";
import { startPlugin } from "../support/plugin-process.ts";

/** The executables as they are in the package. */
const built = join(repository, "dist", "plugin");
const plugins = ["apisix", "kuma"];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plugin-start-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function start(name: string, env: NodeJS.ProcessEnv = {}) {
  const { NODE_COMPILE_CACHE: _, ...others } = process.env;
  return startPlugin(join(built, `pulumi-resource-${name}`), [], {
    ...others,
    XDG_CACHE_HOME: folder,
    ...env,
  });
}

describe.each(plugins)("The package's plugin %s", { timeout: 30_000 }, (name) => {
  it("prints its port before it loads kinds, schemas and what speaks to servers", async () => {
    const hook = join(folder, "hook.cjs");
    await writeFile(
      hook,
      `const write = process.stdout.write;
      process.stdout.write = function (text) {
        process.stderr.write(JSON.stringify(Object.keys(require.cache)));
        return write.call(this, text);
      };`,
    );
    const plugin = await start(name, { NODE_OPTIONS: `--require ${hook}` });
    await vi.waitFor(() => expect(plugin.printed.err).toMatch(/\]$/));
    const loaded: string[] = JSON.parse(plugin.printed.err);
    const names = loaded.map((file) => relative(repository, file)).filter((file) => !file.startsWith(".."));
    const own = names.filter((file) => !file.startsWith("node_modules"));
    expect(own.toSorted()).toEqual([
      "dist/compile-cache.js",
      "dist/node-version.js",
      `dist/plugin/pulumi-resource-${name}`,
      `dist/plugin/pulumi-resource-${name}.js`,
    ]);
    expect(
      names.filter((file) => /node_modules\/(undici|ajv|yaml|@pulumi|google-protobuf)\//.test(file)),
    ).toEqual([]);
    await plugin.close();
  });

  it("gives its schema", async () => {
    const plugin = await start(name);
    const answer = await plugin.client.call<GetSchemaResponse>("getSchema", new messages.GetSchemaRequest());
    expect(JSON.parse(answer.getSchema())).toMatchObject({ name });
    await plugin.close();
  });

  it("keeps what Node.js has compiled of it, although the engine kills it", async () => {
    const cache = join(folder, name);
    const plugin = await start(name, { XDG_CACHE_HOME: cache });
    const files = () => readdirSync(cache, { recursive: true }).length;
    await vi.waitFor(() => expect(files()).toBeGreaterThan(50), 20_000);
    await plugin.close();
  });
});
