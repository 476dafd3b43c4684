import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { Engine, withoutOutsideInfluence } from "../../tools/engine.ts";
import { loadProgram } from "../../tools/program.ts";
import { pulumiExecutable } from "../../tools/pulumi.ts";
import { pulumiLanguageYaml } from "../../tools/pulumi-language-yaml.ts";
import { installPythonPackage, pulumiPython } from "../../tools/pulumi-python.ts";
import { repository } from "../../tools/repository.ts";
import { startWorld } from "../support/world.ts";

// Made once on each machine; then nothing is asked of PyPI or the Go module registry.
const yaml = await pulumiLanguageYaml();
const python = await pulumiPython();
const executable = await pulumiExecutable();
const world = await startWorld();
const run = promisify(execFile);
const modules = join(repository, "node_modules");
const manifest = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));
// Outside of the repository, so that nothing is found in its node_modules by accident.
const temporary = await mkdtemp(join(tmpdir(), "templates-"));
afterAll(() => rm(temporary, { recursive: true, force: true }));

const installed = join(temporary, "installed");
const template = (name: string) =>
  join(installed, "node_modules", "pulumi-external-backends", "templates", name);

// npm takes the few packages that the tarball needs from the cache that `npm ci` has filled, else from its registry.
beforeAll(async () => {
  const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", temporary];
  const [{ filename }] = JSON.parse((await run("npm", pack, { cwd: repository })).stdout);
  await mkdir(installed);
  await writeFile(join(installed, "package.json"), JSON.stringify({ private: true }));
  const quiet = ["--legacy-peer-deps", "--prefer-offline", "--no-audit", "--no-fund", "--fetch-retries=0"];
  await run("npm", ["install", join(temporary, filename), ...quiet], { cwd: installed });
  await mkdir(join(installed, "node_modules", "@pulumi"));
  await symlink(join(modules, "@pulumi", "pulumi"), join(installed, "node_modules", "@pulumi", "pulumi"));
});

/** A new folder in which the package is installed. */
async function newFolder(name: string): Promise<string> {
  const folder = join(temporary, name);
  await mkdir(folder);
  await symlink(join(installed, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** Does what `pulumi new` does with a template's files. */
async function fillIn(name: string, project: string): Promise<string> {
  const folder = await newFolder(project);
  await cp(template(name), folder, { recursive: true });
  for (const { name: file, parentPath } of await readdir(template(name), { withFileTypes: true })) {
    const text = await readFile(join(parentPath, file), "utf8");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders of templates
    const filled = text.replaceAll("${PROJECT}", project).replaceAll("${DESCRIPTION}", "Backends.");
    await writeFile(join(folder, file), filled);
  }
  return folder;
}

/** The settings for which a template asks, with the answers of somebody who tries it at the sandbox. */
async function answers(name: string, project: string): Promise<Record<string, string>> {
  const { template: asked } = parse(await readFile(join(template(name), "Pulumi.yaml"), "utf8"));
  const servers: Record<string, string> = {
    "apisix:adminUrl": world.apisix.adminUrl,
    "kuma:url": world.kuma.url,
  };
  return Object.fromEntries(
    Object.entries(asked.config as Record<string, { default: string }>).map(
      ([key, { default: standard }]) => [
        key.includes(":") ? key : `${project}:${key}`,
        servers[key] ?? standard,
      ],
    ),
  );
}

/** The environment of Pulumi's own command line, with states in a folder of their own. */
async function environment(name: string, search: string[]): Promise<NodeJS.ProcessEnv> {
  const folder = join(temporary, `pulumi-${name}`);
  for (const part of ["home", "state"]) await mkdir(join(folder, part), { recursive: true });
  const path = [...search, dirname(executable), dirname(process.execPath), process.env.PATH];
  return {
    ...process.env,
    ...withoutOutsideInfluence(),
    PATH: path.join(delimiter),
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "a passphrase",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    APISIX_ADMIN_KEY: world.apisix.adminKey,
  };
}

async function expectBackend(): Promise<void> {
  const { status, body } = await world.get("local.httpbin.org");
  expect(status, body).toBe(200);
  expect(world.kuma.store.get("ExternalService", "default", "backend")).toMatchObject({
    networking: { address: "httpbin.org:80" },
  });
}

function expectNothing(): void {
  expect([...world.apisix.store.list("routes"), ...world.apisix.store.list("upstreams")]).toEqual([]);
  expect(world.kuma.store.list("ExternalService")).toEqual([]);
}

test("a project that pulumi new makes of the template yaml sends requests to the backend, and its destroy leaves nothing", async () => {
  const folder = await newFolder("backends-in-yaml");
  const env = await environment("yaml", [dirname(yaml)]);
  const pulumi = async (...args: string[]) => {
    const { stdout } = await run(executable, [...args, "--non-interactive", "--color", "never"], {
      cwd: folder,
      env,
    });
    return stdout;
  };
  // As templates/README.md has it.
  const command = /^ {4}pulumi (new \S+\/yaml .*)$/m.exec(
    await readFile(join(template(""), "README.md"), "utf8"),
  )?.[1];
  const made = await pulumi(...String(command).split(" "), "--yes", "--offline", "--name", "backends");
  expect(made).toContain("Created project 'backends'");
  expect(await readFile(join(folder, "Pulumi.yaml"), "utf8")).toContain("name: backends\n");
  await pulumi("stack", "init", "dev");
  await pulumi("config", "set", "apisix:adminUrl", world.apisix.adminUrl);
  await pulumi("config", "set", "kuma:url", world.kuma.url);
  expect(await pulumi("up", "--yes", "--skip-preview")).toContain("+ 4 created");
  await expectBackend();
  expect(await pulumi("preview", "--expect-no-changes")).toContain("4 unchanged");
  await pulumi("destroy", "--yes", "--skip-preview");
  expectNothing();
});

describe("the template typescript", () => {
  test("asks for this version of the package", async () => {
    const { dependencies } = JSON.parse(await readFile(join(template("typescript"), "package.json"), "utf8"));
    expect(dependencies["pulumi-external-backends"]).toBe(`^${manifest.version}`);
  });

  test("makes a program that compiles, sends requests to the backend, and leaves nothing behind", async () => {
    const folder = await fillIn("typescript", "backends-in-typescript");
    const options = ["--types", "node", "--typeRoots", join(modules, "@types")];
    const tsc = join(modules, "typescript", "bin", "tsc");
    await run(process.execPath, [tsc, "--project", folder, ...options], { cwd: folder });
    const engine = await Engine.start({ workDir: join(folder, "stacks") });
    try {
      const project = "backends-in-typescript";
      const stack = await engine.stack("dev", loadProgram(folder), {
        project,
        config: await answers("typescript", project),
        environment: { APISIX_ADMIN_KEY: world.apisix.adminKey },
      });
      await stack.up();
      await expectBackend();
      await stack.preview({ expectNoChanges: true });
      await stack.destroy();
      expectNothing();
    } finally {
      await engine.close();
    }
  });
});

describe.runIf(python !== undefined)("the template python (skipped where there is no Python)", () => {
  // Building Pulumi's generator of packages takes minutes, once on each machine.
  test("makes a program that sends requests to the backend, and leaves nothing behind", async () => {
    const project = "backends-in-python";
    const folder = await fillIn("python", project);
    const packages = join(folder, "packages");
    for (const plugin of ["apisix", "kuma"]) {
      const schema = join(installed, "node_modules/pulumi-external-backends/dist/plugin", `${plugin}.json`);
      await installPythonPackage(String(python), await readFile(schema, "utf8"), packages);
    }
    const env = await environment("python", [join(folder, "node_modules", ".bin")]);
    env.PYTHONPATH = packages;
    const config = JSON.stringify(await answers("python", project));
    const script = join(repository, "test", "support", "template.py");
    const args = [script, project, folder, String(env.PULUMI_HOME), config];
    const running = run(String(python), args, { env });
    const printed = await new Promise<string>((resolve, reject) => {
      running.child.stdout?.once("data", (text) => resolve(String(text)));
      running.catch(reject);
    });
    expect(JSON.parse(printed)).toEqual({ up: { create: 4 }, again: { same: 4 } });
    await expectBackend();
    running.child.stdin?.end("\n");
    const { stdout } = await running;
    expect(stdout).toContain('{"destroyed": {"delete": 4}}');
    expectNothing();
  }, 900_000);
});
