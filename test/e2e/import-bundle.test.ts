import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterEach, describe, expect, test } from "vitest";
import { loadProgram } from "../../tools/program.ts";
import { repository } from "../../tools/repository.ts";
import { installNodePackage } from "../support/generated-package.ts";
import { runImport, typeErrors } from "../support/import-command.ts";
import { apisixObjects, kumaObjects, place } from "../support/import-objects.ts";
import { expectChanges, expectNoChanges, ownerOf, startWorld } from "../support/world.ts";

const world = await startWorld();
const { apisix, kuma } = world;
const made = await generate([{ name: "commonName", value: "payments.example" }], { keyType: "ec" });
const pair = { cert: made.cert, key: made.private };
const plugins = ["apisix", "kuma"].map((name) => ({ name, path: join(repository, "dist", "plugin") }));

afterEach(() => apisix.store.clear());

const servers = { APISIX_ADMIN_URL: apisix.adminUrl, APISIX_ADMIN_KEY: apisix.adminKey, KUMA_URL: kuma.url };

/** Runs the command, and again with what the servers do not give back. */
async function importInto(folder: string, options: string[]) {
  const args = ["--from", "apisix", "--from", "kuma", "--bundle", "--out", folder, ...options];
  const first = await runImport(args, servers);
  const missing = [...first.stdout.matchAll(/^ {2}(\w+): of (\S+)/gm)].map(([, name = "", type]) => [
    name,
    type === "apisix:Secret" ? `SECRET-${name}` : pair.key,
  ]);
  const given = join(folder, "given.json");
  writeFileSync(given, JSON.stringify(Object.fromEntries(missing)));
  const { stdout } = await runImport([...args, "--secrets", given, "--force"], servers);
  const { resources } = JSON.parse(readFileSync(join(folder, "import.json"), "utf8"));
  const secrets: Record<string, string> = JSON.parse(readFileSync(join(folder, "secrets.json"), "utf8"));
  return { said: stdout, resources, secrets };
}

/** Everything that is at the servers, but for what a run of a control plane changes. */
function everything() {
  const collections = apisixObjects(pair).map(([path]) => path.split("/")[0] ?? "");
  return [...new Set(collections)].map((collection) => apisix.store.list(collection));
}

describe.each(["dynamic", "plugin"] as const)("through the door %s", (door) => {
  test("what is imported as bundles shows no change, can be changed, and goes when it is destroyed", {
    timeout: 300_000,
  }, async () => {
    // Through the plugins each of what no bundle holds is a command of its own.
    const alone = /^(secrets|global_rules|plugin_metadata)\//;
    const objects = apisixObjects(pair).filter(([path]) => door === "dynamic" || !alone.test(path));
    await place(objects, `${apisix.adminUrl}/apisix/admin`, { "x-api-key": apisix.adminKey });
    await place(kumaObjects, kuma.url);
    const before = everything();
    const stack = await world.stack(`bundle-${door}`, async () => {}, door === "plugin" ? { plugins } : {});
    const folder = join(stack.directory, "imported");
    const { said, resources, secrets } = await importInto(folder, ["--door", door]);
    expect(said).toContain("24 kuma:Policy");
    const bundles = resources.filter(({ type }: { type: string }) => type.endsWith(":Bundle"));
    expect(bundles.map(({ name }: { name: string }) => name)).toEqual(["apisix", "kuma"]);

    // Nothing secret in the program or at the terminal; what holds secrets is for the user alone.
    const program = readFileSync(join(folder, "index.ts"), "utf8");
    for (const text of [said, program]) expect(text).not.toMatch(/SECRET-|PRIVATE KEY|U0VDUkVU/);
    for (const file of ["import.json", "secrets.json"])
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    if (door === "plugin")
      for (const name of ["apisix", "kuma"] as const) await installNodePackage(name, folder);
    expect(await typeErrors(folder)).toBe("");

    const values = Object.entries(secrets).map(([name, value]) => [name, { value, secret: true }]);
    await stack.setConfig(Object.fromEntries(values));
    const commands = [...said.matchAll(/pulumi (import .*)/g)].map(([, command = ""]) => command.split(" "));
    for (const command of commands) {
      const { output } = await stack.cli([...command, "--yes", "--stack", `bundle-${door}`]);
      expect(output).toContain("imported");
      expect(output).not.toMatch(/failed to validate|SECRET-/);
    }
    expect(await stack.stateText()).not.toMatch(/SECRET-|PRIVATE KEY|U0VDUkVU/);

    writeFileSync(join(folder, "Pulumi.yaml"), "name: test\nruntime: nodejs\n");
    stack.program = loadProgram(folder);
    const requests = await world.requestsDuring(async () => {
      expectNoChanges(await stack.preview());
      expectNoChanges(await stack.up());
      expectNoChanges(await stack.refresh());
    });
    expect(requests.filter((request) => !request.startsWith("GET"))).toEqual([]);
    expect(everything()).toEqual(before);

    // Only the entry that changes is written, and gets its label; the others stay as they are.
    const changed = program.replace("count: 9", "count: 8").replace("protect: true", "protect: false");
    writeFileSync(join(folder, "index.ts"), changed);
    const written = await world.requestsDuring(async () => expectChanges(await stack.up(), { update: 1 }));
    expect(written).toEqual(["PUT /apisix/admin/consumer_groups/gold"]);
    const group = apisix.store.get("consumer_groups", "gold");
    expect(group).toMatchObject({ plugins: { "limit-count": { count: 8 } }, labels: { team: "edge" } });
    expect(ownerOf(group).owner).toMatch(/^[0-9a-f]{16}$/);
    expect(apisix.store.get("routes", "1")?.labels).toEqual({ team: "edge" });
    expectNoChanges(await stack.preview({ refresh: true }));

    // An entry that is taken out goes, and so does all else.
    writeFileSync(join(folder, "index.ts"), changed.replace(/^ *scripted: \{ script: .*\n/m, ""));
    expectChanges(await stack.up(), { update: 1 });
    expect(apisix.store.get("services", "scripted")).toBeUndefined();
    await stack.destroy();
    expect(everything().flat()).toEqual([]);
    expect(kuma.store.get("Mesh", undefined, "payments")).toBeUndefined();
    expect(kuma.store.get("MeshTimeout", "default", "mesh-timeout-all-default")).toBeDefined();
  });
});
