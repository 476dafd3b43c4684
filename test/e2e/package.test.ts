import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Engine } from "../../tools/engine.ts";
import { repository } from "../../tools/repository.ts";
import { installedByNpm, type Packed, packedInto, run } from "../support/packed.ts";
import { startWorld } from "../support/world.ts";

const world = await startWorld();
const modules = join(repository, "node_modules");
const manifest = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));
// Outside of the repository, so that nothing is found in its node_modules by accident.
const temporary = await mkdtemp(join(tmpdir(), "package-"));
afterAll(() => rm(temporary, { recursive: true, force: true }));

let packed: Packed;
let tarball: string;

beforeAll(async () => {
  packed = await packedInto(temporary);
  tarball = join(temporary, packed.filename);
});

test("the packed tarball holds what its entry points load, and nothing else", async () => {
  const entries = [...Object.values(manifest.exports), ...Object.values(manifest.bin)]
    .flatMap((entry) => (typeof entry === "string" ? [entry] : Object.values(entry as object)))
    .filter((file) => file !== "./package.json");
  const loaded = new Set<string>();
  for (const entry of entries) await follow(join(entry), loaded);
  const documents = [
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "package.json",
    "policies/PulumiPolicy.yaml",
    "policies/index.js",
    "policies/package.json",
  ];
  const files = packed.files.map(({ path }) => path);
  expect(files.filter((path) => !/^(docs|templates)\//.test(path)).sort()).toEqual(
    [...new Set([...loaded, ...documents, "dist/bundled-licenses.txt"])].sort(),
  );
  expect(packed.size).toBeLessThan(1_100_000);
});

test("every script in the tarball is ASCII, so that Node.js keeps one byte for each character of it", async () => {
  const scripts = packed.files.map(({ path }) => path).filter((path) => path.endsWith(".js"));
  expect(scripts.length).toBeGreaterThan(8);
  for (const script of scripts)
    expect(/[^\0-\x7f]/.test(await readFile(join(repository, script), "utf8")), script).toBe(false);
});

test("every relative link of the documents in the tarball leads to a document in it", async () => {
  const files = packed.files.map(({ path }) => path);
  const documents = files.filter((path) => path.endsWith(".md"));
  const links = await Promise.all(
    documents.map(async (document) => {
      const text = await readFile(join(repository, document), "utf8");
      return [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, target = ""]) => ({
        document,
        target: join(dirname(document), target),
      }));
    }),
  );
  expect(links.flat().filter(({ document }) => document === "README.md").length).toBeGreaterThan(20);
  expect(links.flat().filter(({ target }) => !files.includes(target))).toEqual([]);
  // Each document is one that a link leads to.
  const linked = new Set(links.flat().map(({ target }) => target));
  expect(files.filter((path) => path.startsWith("docs/") && !linked.has(path))).toEqual([]);
});

test("each entry point is found, with its types, by every way in which Node.js and TypeScript look for it", async () => {
  const data = await readFile(tarball);
  const { messages } = await publint({ pack: { tarball: new Uint8Array(data).buffer } });
  expect(messages).toEqual([]);
  const { types, ...found } = await checkPackage(createPackageFromTarballData(data));
  expect(types).toMatchObject({ kind: "included" });
  expect("problems" in found && found.problems).toEqual([]);
});

/** Adds a file, and the files that it loads or whose types it names. */
async function follow(file: string, loaded: Set<string>): Promise<void> {
  if (loaded.has(file)) return;
  loaded.add(file);
  if (file.endsWith(".json")) return;
  const text = await readFile(join(repository, file), "utf8");
  const isTypes = file.endsWith(".d.ts");
  const named = isTypes
    ? text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+?)(\.[jt]s)"/g)
    : text.matchAll(/\brequire\("(\.[^"]+)(\.js(?:on)?)"\)/g);
  for (const [, name, ending] of named)
    await follow(join(dirname(file), `${name}${isTypes ? ".d.ts" : ending}`), loaded);
}

test("the policy pack has the package's version", async () => {
  const pack = JSON.parse(await readFile(join(repository, "policies", "package.json"), "utf8"));
  expect(pack.version).toBe(manifest.version);
});

test("what of other packages is in the bundles comes with its licence", async () => {
  const licenses = await readFile(join(repository, "dist", "bundled-licenses.txt"), "utf8");
  const { version } = JSON.parse(await readFile(join(modules, "zod", "package.json"), "utf8"));
  expect(licenses).toContain(`zod ${version}\n`);
  expect(licenses).toContain("Permission is hereby granted");
});

test("installing it runs no script, and brings few packages with what they need", async () => {
  const scripts = ["preinstall", "install", "postinstall"].filter((name) => name in manifest.scripts);
  expect(scripts).toEqual([]);
  expect(Object.keys(manifest.dependencies).sort()).toEqual(["@grpc/grpc-js", "ajv", "undici", "yaml"]);
});

/** The same program in each language: a resource of each server, by each way to import them. */
const PROGRAMS = {
  "program.cts": `
import * as apisix from "pulumi-external-backends/apisix";
import { ExternalService } from "pulumi-external-backends/kuma";
import { ExternalBackend, type ExternalBackendArgs } from "pulumi-external-backends";
const both: ExternalBackendArgs = { address: "a.example:80", mesh: {} };
export function declare(name: string): void {
  new apisix.Upstream(name, { nodes: { "a.example:80": 1 } });
  new ExternalService(name, { tags: { "kuma.io/service": name }, networking: { address: "a.example:443" } });
  new ExternalBackend(\`\${name}-both\`, both);
}`,
  "common.cjs": `
const apisix = require("pulumi-external-backends/apisix");
const { ExternalService } = require("pulumi-external-backends/kuma");
const { ExternalBackend } = require("pulumi-external-backends");
exports.declare = (name) => {
  new apisix.Upstream(name, { nodes: { "a.example:80": 1 } });
  new ExternalService(name, { tags: { "kuma.io/service": name }, networking: { address: "a.example:443" } });
  new ExternalBackend(\`\${name}-both\`, { address: "a.example:80", mesh: {} });
};`,
  "module.mjs": `
import * as apisix from "pulumi-external-backends/apisix";
import { ExternalService } from "pulumi-external-backends/kuma";
import { ExternalBackend } from "pulumi-external-backends";
export const declare = (name) => {
  new apisix.Upstream(name, { nodes: { "a.example:80": 1 } });
  new ExternalService(name, { tags: { "kuma.io/service": name }, networking: { address: "a.example:443" } });
  new ExternalBackend(\`\${name}-both\`, { address: "a.example:80", mesh: {} });
};`,
};

/** How TypeScript finds modules: as Pulumi's templates say, and as newer projects do. */
const RESOLUTIONS = {
  node10: { module: "commonjs", moduleResolution: "node10", ignoreDeprecations: "6.0" },
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
};

/** An empty project with the tarball. pnpm has its own cache, so it is given the repository's packages. */
const INSTALLERS = {
  npm: (project: string) => installedByNpm(project, tarball),
  async pnpm(project: string): Promise<void> {
    const link = (name: string) => [name, `link:${join(modules, name)}`];
    const own = Object.keys(manifest.dependencies);
    const dependencies = {
      "pulumi-external-backends": `file:${tarball}`,
      ...Object.fromEntries([link("@pulumi/pulumi")]),
    };
    const overrides = Object.fromEntries(own.map(link));
    const file = { private: true, dependencies, pnpm: { overrides } };
    await writeFile(join(project, "package.json"), JSON.stringify(file));
    const pnpm = join(modules, "pnpm", "bin", "pnpm.cjs");
    const store = ["--store-dir", join(temporary, "store"), "--config.auto-install-peers=false"];
    await run(process.execPath, [pnpm, "install", "--offline", ...store], project);
  },
};

describe.each(Object.keys(INSTALLERS) as (keyof typeof INSTALLERS)[])("installed by %s", (installer) => {
  const project = join(temporary, installer);

  beforeAll(async () => {
    await mkdir(project);
    await INSTALLERS[installer](project);
    for (const [file, text] of Object.entries(PROGRAMS)) await writeFile(join(project, file), text);
  });

  test.each(Object.entries(RESOLUTIONS))(
    "its types are found with %s, and a program is compiled",
    async (_, how) => {
      const common = { strict: true, target: "es2022", skipLibCheck: true, types: [] };
      const options = { compilerOptions: { ...common, ...how }, files: ["program.cts"] };
      await writeFile(join(project, "tsconfig.json"), JSON.stringify(options));
      await run(process.execPath, [join(modules, "typescript", "bin", "tsc")], project);
    },
  );

  test("programs in TypeScript, CommonJS and ES modules run, and the provider finds its code", async () => {
    const engine = await Engine.start({ workDir: join(project, "stacks") });
    try {
      const loaded = {
        typescript: createRequire(join(project, "package.json"))("./program.cjs"),
        common: createRequire(join(project, "package.json"))("./common.cjs"),
        module: await import(pathToFileURL(join(project, "module.mjs")).href),
      };
      const names = Object.keys(loaded).map((name) => `${installer}-${name}`);
      const program = async () =>
        Object.values(loaded).forEach(({ declare }, index) => void declare(names[index]));
      const stack = await engine.stack(installer, program, { config: world.config });
      await stack.up();
      for (const name of names) {
        expect(world.apisix.store.get("upstreams", name)).toMatchObject({ nodes: [{ host: "a.example" }] });
        for (const service of [name, `${name}-both`])
          expect(world.kuma.store.get("ExternalService", "default", service)).toBeDefined();
      }
      await stack.destroy();
    } finally {
      await engine.close();
    }
  });
});
