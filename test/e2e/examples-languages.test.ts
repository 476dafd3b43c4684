import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { startKumaFederation } from "../../sandbox/kuma/index.ts";
import { withoutOutsideInfluence } from "../../tools/engine.ts";
import { schemaFile } from "../../tools/generate/schema.ts";
import { pulumiExecutable } from "../../tools/pulumi.ts";
import { pulumiLanguageYaml } from "../../tools/pulumi-language-yaml.ts";
import { installPythonPackage, pulumiPython } from "../../tools/pulumi-python.ts";
import { repository, workFolder } from "../../tools/repository.ts";
import { expectOutputs, updateOutput, withoutChance } from "../support/pages.ts";
import { startWorld } from "../support/world.ts";

const built = join(repository, "dist", "plugin");
const example = (name: string, file: string) => join(repository, "examples", name, file);
// Made once on each machine; then nothing is asked of PyPI or the Go module registry.
const yaml = await pulumiLanguageYaml();
const python = await pulumiPython();
const world = await startWorld({ engine: { executables: [dirname(yaml)] } });

test("yaml-quickstart sends local.httpbin.org to httpbin.org, takes a new setting, and its destroy leaves nothing", async () => {
  const options = { project: "yaml-quickstart" };
  const stack = await world.stack("dev", async () => {}, options);
  const program = await readFile(example("yaml-quickstart", "Pulumi.yaml"), "utf8");
  const here = program.replaceAll("../../node_modules/.bin", built);
  expect(here).not.toBe(program);
  await writeFile(join(stack.directory, "Pulumi.yaml"), here);
  const pulumi = async (...args: string[]) => (await stack.cli([...args, "--color", "never"])).output;

  const made = await pulumi("up", "--yes", "--skip-preview");
  expect(made).toContain("+ 4 created");
  expect(made).toMatch(/routeId +: "httpbin"/);
  const { status, body } = await world.get("local.httpbin.org");
  expect(status, body).toBe(200);
  expect(world.kuma.store.get("ExternalService", "default", "httpbin")).toMatchObject({
    networking: { address: "httpbin.org:80" },
  });
  expect(await pulumi("preview", "--refresh", "--expect-no-changes")).toContain("4 unchanged");
  await stack.cli(["config", "set", "retries", "3"]);
  const diff = await pulumi("preview", "--diff");
  expect(diff).toMatch(/~ retries: 1 => 3/);
  expectOutputs("examples/yaml-quickstart/README.md", {
    up: updateOutput(made),
    diff: withoutChance(diff),
  });
  await pulumi("destroy", "--yes", "--skip-preview");
  expect([...world.apisix.store.list("routes"), ...world.apisix.store.list("upstreams")]).toEqual([]);
  expect(world.kuma.store.list("ExternalService")).toEqual([]);
}, 120_000);

describe.runIf(python !== undefined)("python-zones", () => {
  let folder: string;
  // Building Pulumi's generator of packages takes minutes, once on each machine.
  beforeAll(async () => {
    folder = await mkdtemp(join(await workFolder(), "python-zones-"));
    for (const plugin of ["apisix", "kuma"] as const)
      await installPythonPackage(
        String(python),
        await readFile(schemaFile(plugin), "utf8"),
        join(folder, "packages"),
      );
    for (const name of ["home", "state"]) await mkdir(join(folder, name));
  }, 900_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("declares services for all zones, and in each zone an egress and a route; a second run changes nothing", async () => {
    const zones = ["zone-1", "zone-2"];
    const federation = await startKumaFederation({ zones });
    const gateways = await Promise.all(zones.map(() => startApisix({ adminKey: "the-key" })));
    const settings = zones.map((zone, index) => [
      zone,
      {
        zoneUrl: federation.zones[zone]?.url,
        adminUrl: gateways[index]?.adminUrl,
        backend: `${zone}.httpbin.org`,
        egress: `10.0.${index}.7`,
      },
    ]);
    const file = join(folder, "zones.json");
    const given = { globalUrl: federation.global.url, zones: Object.fromEntries(settings) };
    await writeFile(file, JSON.stringify(given));
    const search = [built, dirname(await pulumiExecutable()), dirname(process.execPath), process.env.PATH];
    const env = {
      ...process.env,
      ...withoutOutsideInfluence(),
      PATH: search.join(delimiter),
      PYTHONPATH: join(folder, "packages"),
      PULUMI_HOME: join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "a passphrase",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      APISIX_ADMIN_KEY: "the-key",
    };
    const zonesPy = async (operation: string) => {
      const args = [example("python-zones", "zones.py"), operation, file];
      const { stdout } = await promisify(execFile)(String(python), args, { env });
      if (operation === "up") expectOutputs("examples/python-zones/README.md", { up: stdout });
      const lines = stdout.trim().split("\n");
      return Object.assign({}, ...lines.map((line) => JSON.parse(line)));
    };

    // With its providers and itself.
    expect(await zonesPy("up")).toEqual({
      global: { create: 4 },
      "zone-1": { create: 6 },
      "zone-2": { create: 6 },
    });
    expect(federation.global.store.list("ExternalService")).toHaveLength(2);
    expect(federation.global.store.list("ZoneEgress")).toHaveLength(2);
    for (const gateway of gateways) expect(gateway.store.list("routes")).toMatchObject([{ id: "httpbin" }]);
    expect(await zonesPy("preview")).toEqual({
      global: { same: 4 },
      "zone-1": { same: 6 },
      "zone-2": { same: 6 },
    });
    expect(await zonesPy("destroy")).toEqual({
      global: { delete: 4 },
      "zone-1": { delete: 6 },
      "zone-2": { delete: 6 },
    });
    expect(federation.global.store.list("ExternalService")).toEqual([]);
    await Promise.all([federation, ...gateways].map((started) => started.close()));
  }, 240_000);
});
