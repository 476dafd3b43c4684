import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../tools/engine.ts";
import { buildPlugin } from "../../tools/plugins.ts";
import { platforms, thisPlatform } from "../../tools/plugins-executable.ts";
import { workFolder } from "../../tools/repository.ts";
import { fakeEntry } from "../support/fake-executable.ts";
import { fake } from "../support/fake-provider.ts";
import { Thing } from "../support/fake-resource.ts";
import { startPlugin } from "../support/plugin-process.ts";

const isBuiltHere = platforms.some(({ os, cpu }) => os === process.platform && cpu === process.arch);

describe.runIf(isBuiltHere)("A plugin as a single executable", { timeout: 300_000 }, () => {
  let folder: string;
  let built: Awaited<ReturnType<typeof buildPlugin>>;
  let engine: Engine;

  beforeAll(async () => {
    folder = await mkdtemp(join(await workFolder(), "plugin-executable-"));
    built = await buildPlugin({ ...fake, entry: fakeEntry }, thisPlatform(), folder);
    engine = await Engine.start();
  }, 300_000);
  afterAll(async () => {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("runs without Node.js on the machine, and prints its port and nothing else", async () => {
    const plugin = await startPlugin(built.executable, [], { PATH: "" });
    const info = await plugin.client.call<PluginInfo>("getPluginInfo", new empty.Empty());
    expect(info.getVersion()).toBe(fake.version);
    expect(plugin.printed).toEqual({ out: expect.stringMatching(/^\d+\n$/), err: "" });
    await plugin.close();
  });

  it("has its checksum beside its archive", async () => {
    const sums = await readFile(`${built.archive}.sha256`, "utf8");
    expect(sums).toMatch(/^[0-9a-f]{64} {2}pulumi-resource-fake-v0\.1\.0-[a-z]+-[a-z0-9]+\.tar\.gz\n$/);
  });

  it("has the licences of all that is in it in its archive", async () => {
    const { stdout } = await promisify(execFile)("tar", ["-xzOf", built.archive, "bundled-licenses.txt"]);
    for (const name of [/^node-\w+-\w+ 24\./m, /^@grpc\/grpc-js 1\./m, /^@js-sdsl\/ordered-map /m])
      expect(stdout).toMatch(name);
  });

  it("is installed by Pulumi from its archive, and found by its name", async () => {
    const file = join(folder, "things.json");
    const program = async () => ({ id: new Thing("a", { name: "a" }).id });
    const stack = await engine.stack("installed", program, { config: { "fake:store": file } });
    await stack.cli([
      "plugin",
      "install",
      "resource",
      fake.name,
      `v${fake.version}`,
      "--file",
      built.archive,
    ]);
    expect((await stack.up()).outputs).toEqual({ id: "id-a" });
    await writeFile(file, "{}");
    expect((await stack.refresh()).changes).toEqual({ delete: 1 });
    await stack.destroy();
  });
});
