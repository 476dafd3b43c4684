import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { request } from "undici";
import { afterAll, expect, test } from "vitest";
import { type ApisixSandbox, startApisix } from "../../sandbox/apisix/index.ts";
import { startKumaFederation } from "../../sandbox/kuma/index.ts";
import type { OperationResult, TestStack } from "../../tools/engine.ts";
import { loadProgram } from "../../tools/program.ts";
import { repository, workFolder } from "../../tools/repository.ts";
import { expectOutputs, withoutChance } from "../support/pages.ts";
import { PREVIEWS } from "../support/recorded-previews.ts";
import { runPreviewScript, stacksOf, workflow } from "../support/workflows.ts";
import { expectNoChanges, startWorld } from "../support/world.ts";

const folder = join(repository, "examples", "infra-repo");
const zones = ["zone-1", "zone-2"];
const world = await startWorld();
const { hosts } = world.apisix;
const gateways = await Promise.all(zones.map(() => startApisix({ hosts })));
const federation = await startKumaFederation({ zones });
const temporary = await mkdtemp(join(await workFolder(), "infra-repo-"));
afterAll(async () => {
  await Promise.all([...gateways, federation].map((started) => started.close()));
  await rm(temporary, { recursive: true });
});

const environment = { APISIX_ADMIN_KEY: world.apisix.adminKey, KUMA_TOKEN: "any" };
const everything = ({ store }: ApisixSandbox) => [...store.list("routes"), ...store.list("upstreams")];

/** A stack of the repository, at the sandbox's ports. */
function stackOf(name: string): Promise<TestStack> {
  const urls =
    name === "global"
      ? { "kuma:globalUrl": federation.global.url }
      : {
          "kuma:zoneUrl": federation.zones[name]?.url ?? "",
          "apisix:adminUrl": gateways[zones.indexOf(name)]?.adminUrl ?? "",
        };
  const options = { project: "infra-repo", settings: folder, config: urls, environment };
  return world.engine.stack(name, loadProgram(folder), options);
}

test("the stacks go up zones first, drift is found and put back, and a zone whose servers are gone can be removed", async () => {
  const stacks: Record<string, TestStack> = {};
  for (const name of [...zones, "global"]) {
    const stack = await stackOf(name);
    stacks[name] = stack;
    expect((await stack.up()).output).not.toContain("lint ");
    expectNoChanges(await stack.up());
  }
  for (const { gatewayUrl } of gateways) {
    const headers = { host: "httpbin.shop.example" };
    const { statusCode, body } = await request(new URL("/get", gatewayUrl), { headers });
    expect([statusCode, await body.json()]).toMatchObject([200, { url: "http://httpbin.org/get" }]);
  }
  const names = federation.zones["zone-1"]?.store.list("ExternalService").map(({ labels }) => {
    return (labels as Record<string, string>)["kuma.io/display-name"];
  });
  expect(names?.sort()).toEqual([
    "httpbin-apps-for-zone-1",
    "httpbin-apps-for-zone-2",
    "warehouse-apps-for-zone-1",
  ]);
  expect(federation.global.store.list("ZoneEgress")).toHaveLength(2);

  const [gateway, lost] = gateways as [ApisixSandbox, ApisixSandbox];
  const upstream = gateway.store.get("upstreams", "httpbin");
  gateway.store.put("upstreams", "httpbin", { ...upstream, retries: 9 });
  const nightly = { refresh: true, expectNoChanges: true, diff: true };
  const red = await stacks["zone-1"]?.preview({ ...nightly, expectFailure: true });
  expect(red?.output).toContain("retries   : 9 => 1");
  const shown = await stacks["zone-1"]?.preview({ refresh: true, diff: true });
  expectOutputs("examples/infra-repo/README.md", { drift: withoutChance(shown?.output ?? "") });
  await stacks["zone-1"]?.up({ refresh: true });
  await stacks["zone-1"]?.preview(nightly);

  await Promise.all([lost.close(), federation.zones["zone-2"]?.close()]);
  // As in a pull request whose runner does not reach the servers.
  expectNoChanges((await stacks["zone-2"]?.preview()) as OperationResult);
  const unreachable = { "kuma:deleteUnreachable": "true", "apisix:deleteUnreachable": "true" };
  const deadline = { "kuma:requestTimeout": "2", "apisix:requestTimeout": "2" };
  await stacks["zone-2"]?.setConfig({ ...unreachable, ...deadline });
  const removed = await stacks["zone-2"]?.destroy({ runProgram: true, program: loadProgram(folder) });
  expect(removed?.output).toContain("is taken as deleted (deleteUnreachable)");

  await stacks.global?.destroy();
  await stacks["zone-1"]?.destroy();
  expect(everything(gateway)).toEqual([]);
  expect(federation.global.store.list("ExternalService")).toEqual([]);
  expect(federation.global.store.list("Mesh").map(({ name }) => name)).toEqual(["default"]);
});

test("the workflows name every stack, zones before global, and commands and options that Pulumi has", async () => {
  const [preview, deploy, drift] = ["preview", "deploy", "drift"].map((name) => workflow(folder, name));
  const all = await stacksOf(folder);
  expect(all.sort()).toEqual(["global", ...zones]);
  expect(preview?.on).toBe("pull_request");
  expect(deploy?.on).toEqual({ push: { branches: ["main"] } });
  expect(drift?.on).toHaveProperty("schedule");
  expect(deploy?.jobs.zones?.strategy?.matrix?.stack).toEqual(zones);
  expect(deploy?.jobs.global?.needs).toBe("zones");
  expect(drift?.jobs.drift?.strategy?.matrix?.stack).toEqual([...zones, "global"]);

  const steps = [preview, deploy, drift]
    .flatMap((one) => Object.values(one?.jobs ?? {}))
    .flatMap((job) => job.steps);
  const lines = steps.flatMap(({ run = "" }) => run.split("\n"));
  const script = lines.find((line) => line.startsWith("npm run"));
  expect(script).toMatch(/^npm run --silent preview -- zone-1 zone-2 global > preview\.md$/);
  const calls = lines.filter((line) => line.startsWith("pulumi "));
  expect(calls).toHaveLength(3);
  const stack = await world.stack("help", async () => {});
  for (const call of calls) {
    const [, command = "", ...words] = call.split(" ");
    const { output } = await stack.cli([command, "--help"]);
    for (const option of words.filter((word) => word.startsWith("--"))) expect(output).toContain(option);
  }
});

test("the preview in a pull request compares with the servers where it reaches them, and does not fail where it does not", async () => {
  const pulumi = join(temporary, "pulumi");
  const run = async (url: string, exit = 0) => {
    const config = JSON.stringify({ "kuma:globalUrl": { value: url }, "kuma:token": { secret: true } });
    const script = `#!/bin/sh
case " $* " in
  " config "*) echo '${config}';;
  *" --json "*) cat '${PREVIEWS}preview.json'; exit ${exit};;
  *) echo "called: $*"; exit ${exit};;
esac
`;
    await writeFile(pulumi, script);
    await chmod(pulumi, 0o755);
    return runPreviewScript(folder, temporary, ["zone-1", "global"]);
  };
  const reached = await run(federation.global.url);
  expect(reached.code).toBe(0);
  expect(reached.output).toContain("### zone-1\n\ncompared with the servers");
  expect(reached.output).toMatch(/called: preview --diff --stack global .* --refresh\n/);

  const gone = await startApisix();
  await gone.close();
  const unreached = await run(gone.adminUrl);
  expect(unreached.code).toBe(0);
  expect(unreached.output).toContain(
    "compared with the last deployment, since the servers cannot be reached",
  );
  expect(unreached.output).not.toContain("--refresh");

  const failed = await run(federation.global.url, 1);
  expect(failed.code).toBe(1);
  expect(failed.output).toContain("### global failed");
});
