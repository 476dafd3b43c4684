import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { JsonObject } from "../../provider/model/fields.ts";
import { Engine, type TestStack } from "../../tools/engine.ts";
import { pulumiLanguageYaml } from "../../tools/pulumi-language-yaml.ts";
import { workFolder } from "../../tools/repository.ts";
import { fakeExecutable } from "../support/fake-executable.ts";
import { fake } from "../support/fake-provider.ts";

const folder = await mkdtemp(join(await workFolder(), "plugin-yaml-"));
const file = join(folder, "things.json");
let executable: string;
let engine: Engine;
let stack: TestStack;

// Building the runner of YAML programs takes minutes, once on each machine.
beforeAll(async () => {
  executable = await fakeExecutable(join(folder, "bin"));
  engine = await Engine.start({ executables: [dirname(await pulumiLanguageYaml())] });
  stack = await engine.stack("yaml", async () => {}, { config: { "fake:store": file } });
  await declare({ a: { name: "a", size: 1, password: { "fn::secret": "correct horse" } } });
}, 900_000);
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

/** Makes these Things the stack's program. */
async function declare(things: Record<string, JsonObject>): Promise<void> {
  const resources = Object.entries(things).map(([name, properties]) => [
    name,
    { type: "fake:Thing", properties },
  ]);
  const program = {
    name: "test",
    runtime: "yaml",
    plugins: { providers: [{ name: fake.name, path: dirname(executable) }] },
    resources: Object.fromEntries(resources),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the form of references in YAML programs
    outputs: { serial: "${a.serial}" },
  };
  await writeFile(join(stack.directory, "Pulumi.yaml"), stringify(program));
}

async function pulumi(...args: string[]): Promise<string> {
  const { output } = await stack.cli([...args, "--color", "never"]);
  expect(output).not.toContain("exited prematurely");
  return output;
}

async function things(): Promise<Record<string, JsonObject>> {
  return JSON.parse(await readFile(file, "utf8"));
}

describe("A YAML program with a plugin's resources", { timeout: 120_000 }, () => {
  test("is created and updated, and its outputs are there", async () => {
    expect(await pulumi("up", "--yes", "--skip-preview")).toMatch(/serial: 1/);
    expect(await things()).toEqual({ "id-a": { name: "a", size: 1, password: "correct horse", serial: 1 } });
    expect(await stack.stateText()).not.toContain("correct horse");
    await declare({ a: { name: "a", size: 2, tags: { "a:80": "x" } } });
    const preview = await pulumi("preview", "--diff");
    expect(preview).toMatch(/~ size +: 1 => 2/);
    expect(preview).toContain('+ a:80: "x"');
    expect(await pulumi("up", "--yes", "--skip-preview")).toMatch(/serial: 1 => 2/);
    expect(await pulumi("preview", "--expect-no-changes")).toContain("2 unchanged");
  });

  test("has the types of its properties checked by the plugin's schema", async () => {
    await declare({ a: { name: "a", colour: "red" } });
    const { output } = await stack.cli(["preview"], { expectFailure: true });
    expect(output).toMatch(/Property colour does not exist on 'fake:.*Thing'/);
    await declare({ a: { name: "a", size: 2, tags: { "a:80": "x" } } });
  });

  test("takes over by import what is there already, and the printed program needs no change", async () => {
    await writeFile(
      file,
      JSON.stringify({ ...(await things()), "id-b": { name: "b", items: [{ w: 1 }], serial: 7 } }),
    );
    const output = await pulumi("import", "fake:index:Thing", "b", "id-b", "--yes", "--protect=false");
    expect(output).toContain("name: b\n");
    await declare({
      a: { name: "a", size: 2, tags: { "a:80": "x" } },
      b: { name: "b", items: [{ w: 1 }] },
    });
    expect(await pulumi("preview", "--expect-no-changes")).toContain("3 unchanged");
  });

  test("sees drift by refresh, and is destroyed", async () => {
    await writeFile(file, JSON.stringify({ "id-a": (await things())["id-a"] }));
    expect(await pulumi("refresh", "--yes", "--skip-preview")).toContain("- 1 deleted");
    expect(await pulumi("destroy", "--yes", "--skip-preview")).toContain("- 2 deleted");
    expect(await things()).toEqual({});
  });
});

describe("A plugin without a program", { timeout: 120_000 }, () => {
  test("gives its schema, and lists what is there", async () => {
    const schema = await pulumi("package", "get-schema", executable);
    expect(JSON.parse(schema.slice(schema.indexOf("{")))).toMatchObject({ name: "fake", version: "0.1.0" });
    await writeFile(file, JSON.stringify({ "id-a": { name: "a" }, "id-b": { name: "b" } }));
    const list = ["do", "--package", executable, "fake:Thing", "list", "--fake:store", file, "--all"];
    const listed = await pulumi(...list, "--output", "json");
    expect(JSON.parse(listed.slice(listed.indexOf("[")))).toEqual([
      { id: "id-a", name: "a" },
      { id: "id-b", name: "b" },
    ]);
  });
});
