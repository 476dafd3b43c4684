import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { request } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { faults, limited } from "../../sandbox/faults.ts";

/** The statuses of a write and a read, as often as asked. */
async function statuses(url: string, key: string, times: number): Promise<[write: number, read: number][]> {
  const at = `${url}/apisix/admin/upstreams/one`;
  const headers = { "x-api-key": key };
  const body = JSON.stringify({ nodes: { "a.example:80": 1 } });
  const found: [number, number][] = [];
  for (let time = 0; time < times; time++) {
    const write = await request(at, { method: "PUT", headers, body });
    const read = await request(at, { headers });
    await Promise.all([write.body.dump(), read.body.dump()]);
    found.push([write.statusCode, read.statusCode]);
  }
  return found;
}

test("a fault can be for reads, for writes, or for every so manieth request", async () => {
  const under = async (limits: Parameters<typeof limited>[1]) => {
    const apisix = await startApisix();
    onTestFinished(() => apisix.close());
    apisix.intercept = limited(faults["503 before the work"], limits);
    return statuses(apisix.adminUrl, apisix.adminKey, 3);
  };
  expect(await under({})).toEqual([
    [503, 503],
    [503, 503],
    [503, 503],
  ]);
  expect(await under({ only: "writes" })).toEqual([
    [503, 404],
    [503, 404],
    [503, 404],
  ]);
  expect(await under({ only: "reads" })).toEqual([
    [201, 503],
    [200, 503],
    [200, 503],
  ]);
  expect(await under({ only: "writes", every: 2 })).toEqual([
    [201, 200],
    [503, 200],
    [200, 200],
  ]);
});

test("the sandbox's command takes the same as options", async () => {
  const options = [
    "--any-port",
    "--fault",
    "500 after the work",
    "--fault-only",
    "writes",
    "--fault-every",
    "2",
  ];
  const sandbox = spawn(process.execPath, ["sandbox/main.ts", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    sandbox.kill();
    if (sandbox.exitCode === null) await once(sandbox, "exit");
  });
  const [line] = await once(createInterface(sandbox.stdout), "line");
  const [, url = "", key = ""] = /(http:\S+) +key ([^,]+),/.exec(String(line)) ?? [];
  expect(await statuses(url, key, 2)).toEqual([
    [201, 200],
    [500, 200],
  ]);
});
