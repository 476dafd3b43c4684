import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { generate } from "selfsigned";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { Engine } from "../../tools/engine.ts";
import { schemaFile } from "../../tools/generate/schema.ts";
import { npmName, typescript, yaml } from "../../tools/generate/schema-examples.ts";
import { pulumiLanguageYaml } from "../../tools/pulumi-language-yaml.ts";
import { installPythonPackage, pulumiPython } from "../../tools/pulumi-python.ts";
import { generatePackage } from "../../tools/pulumi-sdk.ts";
import { repository, workFolder } from "../../tools/repository.ts";
import { examplesOf, plugins } from "../support/packages.ts";

const run = promisify(execFile);
const built = join(repository, "dist", "plugin");
const folder = await mkdtemp(join(await workFolder(), "plugin-schema-"));
// Made once on each machine; then nothing is asked of PyPI.
const python = await pulumiPython();

let engine: Engine;
// Building Pulumi's generators and its runner of YAML programs takes minutes, once on each machine.
beforeAll(async () => {
  engine = await Engine.start({ executables: [dirname(await pulumiLanguageYaml())] });
  for (const plugin of plugins)
    for (const language of ["nodejs", "go"] as const)
      await generatePackage(
        language,
        await readFile(schemaFile(plugin), "utf8"),
        join(folder, language, plugin),
      );
}, 900_000);
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each(plugins)("The schema of the plugin %s", { timeout: 120_000 }, (plugin) => {
  test("is what its executable says, and Pulumi accepts it", async () => {
    const stack = await engine.stack(`schema-${plugin}`, async () => {});
    const executable = join(built, `pulumi-resource-${plugin}`);
    const { output } = await stack.cli(["package", "get-schema", executable]);
    const printed = JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1));
    const { types, resources, ...schema } = JSON.parse(await readFile(schemaFile(plugin), "utf8"));
    expect(printed).toMatchObject({ name: schema.name, version: schema.version, language: schema.language });
    expect(Object.keys(printed.types)).toEqual(Object.keys(types));
    expect(Object.keys(printed.resources).toSorted()).toEqual(Object.keys(resources).toSorted());
    expect(output).not.toMatch(/^(warning|error)/im);
  });

  test("makes a package for TypeScript, with which every example compiles", async () => {
    const programs = join(folder, "programs", plugin);
    await mkdir(join(programs, "node_modules"), { recursive: true });
    await symlink(join(folder, "nodejs", plugin), join(programs, "node_modules", npmName(plugin)));
    for (const [name, program] of examplesOf(plugin))
      await writeFile(join(programs, `${name}.ts`), `${typescript(plugin, program)}\n`);
    const compiler = join(repository, "node_modules", "typescript", "bin", "tsc");
    const options = [
      "--noEmit",
      "--ignoreConfig",
      "--strict",
      "--skipLibCheck",
      "--module",
      "nodenext",
      "--types",
      "node",
    ];
    const files = (await readdir(programs)).filter((file) => file.endsWith(".ts"));
    const compiling = run(process.execPath, [compiler, ...options, ...files], { cwd: programs });
    await compiling.catch(({ stdout }) => expect(stdout).toBe(""));
    expect(files.length).toBeGreaterThan(5);
  });

  test("makes a package for Go, with a type for each resource", async () => {
    const files = await readdir(join(folder, "go", plugin));
    const { resources } = JSON.parse(await readFile(schemaFile(plugin), "utf8"));
    const names = Object.keys(resources).map((token) => token.replace(/^.*:/, "").toLowerCase());
    expect(files.map((file) => file.replace(/\.go$/, "").toLowerCase())).toEqual(
      expect.arrayContaining(names),
    );
  });

  test.runIf(python !== undefined)("makes a package for Python, which can be imported", async () => {
    const packages = join(folder, "python", plugin);
    await installPythonPackage(String(python), await readFile(schemaFile(plugin), "utf8"), packages);
    const program = `import pulumi_${plugin} as p; print(p.Provider.__name__, p._utilities.get_version())`;
    const { stdout } = await run(String(python), ["-c", program], {
      env: { ...process.env, PYTHONPATH: packages },
    });
    expect(stdout).toMatch(/^Provider \d+\.\d+\.\d+\n$/);
  });

  test("fits every example in YAML, which is previewed without a server", async () => {
    const config = { [`${plugin}:validation`]: "local" };
    const url = { [plugin === "apisix" ? "apisix:adminUrl" : "kuma:url"]: "http://127.0.0.1:1" };
    const stack = await engine.stack(`yaml-${plugin}`, async () => {}, { config: { ...config, ...url } });
    const { cert, private: key } = await generate([{ name: "commonName", value: "partner.example" }]);
    const pem: Record<string, string> = { cert, key, partnerCa: cert };
    await writeFile(join(stack.directory, "greeter.proto"), 'syntax = "proto3";\nmessage Hello {}\n');
    for (const program of together(plugin)) {
      const providers = [{ name: plugin, path: built }];
      const document = { name: "test", runtime: "yaml", plugins: { providers }, ...program };
      const values = Object.keys(program.config).map((key) => [
        key,
        { value: pem[key] ?? "QUFB", secret: true },
      ]);
      await stack.setConfig(Object.fromEntries(values));
      await writeFile(join(stack.directory, "Pulumi.yaml"), stringify(document));
      const { output } = await stack.cli(["preview", "--color", "never"]);
      expect(output).toContain(`+ ${Object.keys(program.resources).length + 1} to create`);
    }
  });
});

interface Program {
  config: object;
  resources: Record<string, { type: string; name: string }>;
}

/** The examples in as few programs as will do: no two resources of a program have the same type and name. */
function together(plugin: (typeof plugins)[number]): Program[] {
  const programs: Program[] = [];
  for (const [index, [, code]] of examplesOf(plugin).entries()) {
    const { config = {}, resources } = parse(yaml(code));
    const own = Object.entries<{ name?: string }>(resources).map(([key, resource]) => {
      const text = JSON.stringify(resource).replace(/\$\{([\w-]+)/g, (all, other: string) =>
        other in resources ? `\${e${index}-${other}` : all,
      );
      return [`e${index}-${key}`, { ...JSON.parse(text), name: resource.name ?? key }] as const;
    });
    const isFree = (program: Program) =>
      !own.some(([, { type, name }]) =>
        Object.values(program.resources).some((other) => other.type === type && other.name === name),
      );
    let program = programs.find(isFree);
    if (!program) {
      program = { config: {}, resources: {} };
      programs.push(program);
    }
    Object.assign(program.config, config);
    Object.assign(program.resources, Object.fromEntries(own));
  }
  return programs;
}

describe("pulumi do", { timeout: 120_000 }, () => {
  test("lists what a gateway has, and reads one of it, without a program", async () => {
    const gateway = await startApisix();
    const stack = await engine.stack("do", async () => {});
    for (const id of ["a", "b"]) gateway.store.put("upstreams", id, { nodes: { "a.example:80": 1 } });
    const settings = ["--apisix:admin-url", gateway.adminUrl, "--apisix:admin-key", gateway.adminKey];
    const pulumi = async (...args: string[]) => {
      const executable = join(built, "pulumi-resource-apisix");
      const { output } = await stack.cli([
        "do",
        "--package",
        executable,
        "apisix:Upstream",
        ...args,
        ...settings,
      ]);
      return JSON.parse(output.slice(output.search(/^[[{]/m)));
    };
    expect(await pulumi("list", "--all", "--output", "json")).toEqual([
      { id: "a", name: "a" },
      { id: "b", name: "b" },
    ]);
    expect(await pulumi("read", "b", "--output", "json")).toMatchObject({ upstreamId: "b" });
    await gateway.close();
  });
});
