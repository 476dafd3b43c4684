import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { workFolder } from "../../tools/repository.ts";
import { PluginClient, startEngineLog } from "../support/fake-engine.ts";
import { fakeExecutable } from "../support/fake-executable.ts";
import { type PluginProcess, startPlugin } from "../support/plugin-process.ts";

const folder = await mkdtemp(join(await workFolder(), "plugin-process-"));
const executable = await fakeExecutable(join(folder, "bin"));
const running: PluginProcess[] = [];

afterEach(() => Promise.all(running.splice(0).map((plugin) => plugin.close())));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts the fake plugin and configures it. */
async function start(...args: string[]): Promise<PluginProcess> {
  const plugin = await startPlugin(executable, args);
  running.push(plugin);
  await plugin.client.configure({ store: join(folder, "things.json") });
  return plugin;
}

describe("A plugin's process", { timeout: 30_000 }, () => {
  it("prints its port and nothing else, whatever it does", async () => {
    const { client, printed } = await start();
    await client.create({ name: "a", size: 101 });
    await client.cancel();
    expect(printed).toEqual({ out: expect.stringMatching(/^\d+\n$/), err: "" });
  });

  it("ends when the engine's end of its standard input is gone, also in the middle of a call", async () => {
    const { client, leave, ended } = await start();
    const call = client.create({ name: "a", fault: "slow" }).catch(() => "ended");
    await client.call("getPluginInfo", new empty.Empty());
    leave();
    expect(await ended).toEqual([0, null]);
    expect(await call).toBe("ended");
  });

  it("goes on where it was started without an engine", async () => {
    const child = spawn(executable, { stdio: ["ignore", "pipe", "inherit"] });
    const [data] = await once(child.stdout, "data");
    const client = new PluginClient(Number(String(data)));
    await client.call("getPluginInfo", new empty.Empty());
    client.close();
    child.kill();
    await once(child, "exit");
  });

  it("logs to the engine whose address is its last argument", async () => {
    const engine = await startEngineLog();
    const { client } = await start("--logtostderr", "-v=9", engine.address);
    await client.create({ name: "a", size: 101 });
    expect(engine.logged.map(({ message }) => message)).toEqual(["id-a is large"]);
    engine.close();
  });
});
