import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, cp, glob, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { makePageTemplate } from "./page.ts";
import { repository, workFolder } from "./repository.ts";

/**
 * Builds `dist`, what the package consists of: a bundle each for the provider's process, programs, the command and the
 * plugins, and for each entry point a small file that asks for the right Node.js before it loads its bundle. Loading one
 * file instead of 170 takes half of the time. What this package depends on is not in the bundles, so that users get its
 * updates from the registry, except zod: it would load 80 files, most of them error texts in other languages.
 */

const require = createRequire(import.meta.url);
const manifest = require("../package.json");
/** Where it is built, before it takes the place of the former one: what runs meanwhile misses nothing for long. */
const dist = join(await workFolder(), `dist-${process.pid}`);

const common: BuildOptions = {
  absWorkingDir: repository,
  bundle: true,
  platform: "node",
  format: "cjs",
  metafile: true,
  logLevel: "warning",
};

/** Of each process Node.js reads it all: no comments, and no character that would make it keep two bytes for each. */
const small: BuildOptions = { target: "node22.19", minifyWhitespace: true };

/** What the programs import, by the folder's name in `sdk`; evaluated when it is asked for. */
const PROGRAM_ENTRIES = { index: ".", apisix: "apisix", kuma: "kuma", kubernetes: "kubernetes" };

/** Leaves the files that are loaded only when they are needed where they are: beside the bundle. */
const loadedLater: Plugin = {
  name: "loaded later",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/plugin\.ts$/ }, () => ({ path: "./plugin.js", external: true }));
    onResolve({ filter: /\/(schemas|dist\/cli)\/\w+\.json$/ }, ({ path }) => ({
      path: `./${basename(path)}`,
      external: true,
    }));
  },
};

const bundles: Record<string, BuildOptions> = {
  provider: { entryPoints: ["provider/index.ts"] },
  sdk: {
    stdin: {
      contents: Object.entries(PROGRAM_ENTRIES)
        .map(([name, folder]) => `export const ${name} = () => require("./sdk/${folder}/index.ts");\n`)
        .join(""),
      resolveDir: repository,
    },
    banner: { js: '"use strict";' },
    // The names of the classes show in a program's own output.
    keepNames: true,
  },
  // The command and the policies have most of their code in common.
  cli: {
    stdin: {
      contents:
        'export const main = () => require("./cli/main.ts");\n' +
        'export const policies = () => require("./policies/index.ts");\n',
      resolveDir: repository,
    },
    minify: true,
    plugins: [loadedLater],
  },
};

/** The executables of the plugins, by the plugin's name. */
const PLUGINS = ["apisix", "kuma"];

/** Makes the bundles; returns the packages whose code is in them. */
async function makeBundles(): Promise<string[]> {
  const external = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const inputs = new Set<string>();
  for (const [name, options] of Object.entries(bundles)) {
    const outfile = join(dist, name, "bundle.js");
    const { metafile } = await build({ ...common, ...small, ...options, external, outfile });
    for (const input of Object.keys(metafile?.inputs ?? {})) inputs.add(input);
  }
  const page = await makePageTemplate();
  await writeFile(join(dist, "cli", "page.json"), JSON.stringify({ html: page.html }));
  const packages = [...inputs, ...page.inputs].flatMap(
    (input) => /^node_modules\/((@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? [],
  );
  return [...new Set(packages)];
}

/** What runs in a Node.js that is too old for the rest, too. */
async function makeStart(): Promise<void> {
  for (const name of ["node-version", "compile-cache", "start"]) {
    const entryPoints = [`provider/dynamic/${name}.ts`];
    await build({ ...common, entryPoints, outfile: join(dist, `${name}.js`), target: "node12" });
  }
}

/** The files that package.json names. */
async function makeEntries(): Promise<void> {
  const version = JSON.stringify(manifest.version);
  await makeEntry("provider/index.js", require(join(dist, "provider", "bundle.js")), [
    'const { start } = require("../start.js");',
    `module.exports = start(${version}, () => require("./bundle.js"));`,
  ]);
  const programs = require(join(dist, "sdk", "bundle.js"));
  for (const [name, folder] of Object.entries(PROGRAM_ENTRIES)) {
    const file = join("sdk", folder, "index.js");
    const to = (target: string) => JSON.stringify(pathFrom(file, target));
    await makeEntry(file, programs[name](), [
      `require(${to("node-version.js")}).requireNode();`,
      `const bundle = require(${to("sdk/bundle.js")});`,
      `module.exports = bundle.${name}();`,
    ]);
  }
  await makeEntry("policies/index.js", require(join(dist, "cli", "bundle.js")).policies(), [
    'require("../node-version.js").requireNode();',
    'const bundle = require("../cli/bundle.js");',
    "module.exports = bundle.policies();",
  ]);
  await makeExecutable("cli/main.js", 'require("./bundle.js").main();');
}

/**
 * The executables of the plugins. What prints the port is a file of its own, and a small one; the provider and the schemas,
 * which it loads while the engine connects or when it is asked for them, are others.
 */
async function makePlugins(): Promise<void> {
  const outdir = join(dist, "plugin");
  const external = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  // Files of CommonJS are loaded sooner by require than by import, and JSON by require only.
  const supported = { "dynamic-import": false };
  const options: BuildOptions = { ...common, ...small, external, outdir, supported };
  await build({ ...options, entryPoints: ["provider/plugin/plugin.ts"] });
  const entryPoints = PLUGINS.map((name) => `provider/plugin/pulumi-resource-${name}.ts`);
  await build({ ...options, entryPoints, plugins: [loadedLater] });
  const version = JSON.stringify(manifest.version);
  for (const name of PLUGINS) {
    const schema: unknown = JSON.parse(await readFile(join(repository, "schemas", `${name}.json`), "utf8"));
    await writeFile(join(outdir, `${name}.json`), JSON.stringify(schema));
    await makeExecutable(`plugin/pulumi-resource-${name}`, `require("./pulumi-resource-${name}.js");`, [
      `require("../compile-cache.js").useCompileCache(${version});`,
    ]);
  }
}

/** A file that is run as a command; in an old Node.js it says in one line which one it needs. */
async function makeExecutable(file: string, run: string, before: readonly string[] = []): Promise<void> {
  const path = join(dist, file);
  const lines = [
    "#!/usr/bin/env node",
    '"use strict";',
    "try {",
    '  require("../node-version.js").requireNode();',
    "} catch (error) {",
    "  console.error(error.message);",
    "  process.exit(1);",
    "}",
    ...before,
    run,
  ];
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${lines.join("\n")}\n`);
  await chmod(path, 0o755);
}

/** An entry point, with the names of its exports as Node.js looks for them when a module imports it. */
async function makeEntry(file: string, exported: object, lines: string[]): Promise<void> {
  const path = join(dist, file);
  await mkdir(dirname(path), { recursive: true });
  const names = `0 && (module.exports = { ${Object.keys(exported).join(", ")} });`;
  await writeFile(path, `${['"use strict";', ...lines, names].join("\n")}\n`);
}

function pathFrom(file: string, target: string): string {
  const path = relative(dirname(file), target).replaceAll("\\", "/");
  return path.startsWith(".") ? path : `./${path}`;
}

/** The types of the entry points, and of what they import. */
async function makeTypes(): Promise<void> {
  const compiler = require.resolve("typescript/bin/tsc");
  const project = ["--project", join(repository, "tsconfig.build.json"), "--outDir", dist];
  await promisify(execFile)(process.execPath, [compiler, ...project], { cwd: repository }).catch(
    ({ stdout, message }) => {
      throw new Error(stdout || message);
    },
  );
  await writeFile(join(dist, "provider", "index.d.ts"), PROVIDER_TYPES);
  const entries = [
    "provider",
    "policies",
    ...Object.values(PROGRAM_ENTRIES).map((folder) => join("sdk", folder)),
  ];
  const used = new Set<string>();
  for (const entry of entries) await follow(join(dist, entry, "index.d.ts"), used);
  for await (const file of glob(join(dist, "**", "*.d.ts"))) if (!used.has(file)) await rm(file);
}

/** The types as the last build made them: `--keep-types`, for tests that run programs and compile none, takes half of the time. */
async function keepTypes(): Promise<void> {
  const last = join(repository, "dist");
  if (!existsSync(join(last, "sdk", "index.d.ts"))) return makeTypes();
  for await (const file of glob("**/*.d.ts", { cwd: last })) await cp(join(last, file), join(dist, file));
}

/** Pulumi calls it, and no program does. */
const PROVIDER_TYPES = `import type { dynamic } from "@pulumi/pulumi";
export { BackendError, type ErrorCode } from "./server/errors.js";
/** What the text \`__provider\` of every saved resource calls. */
export declare function handler(type: string): dynamic.ResourceProvider;
`;

async function follow(file: string, used: Set<string>): Promise<void> {
  if (used.has(file)) return;
  used.add(file);
  const text = await readFile(file, "utf8");
  for (const [, name = ""] of text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
    if (name.startsWith(".")) await follow(join(dirname(file), name.replace(/\.[jt]s$/, ".d.ts")), used);
    else if (!isInstalledWithUs(name))
      throw new Error(`${relative(dist, file)} has types of ${name}, which users do not have.`);
  }
}

function isInstalledWithUs(name: string): boolean {
  const packages = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  return name.startsWith("node:") || packages.some((one) => name === one || name.startsWith(`${one}/`));
}

/** The licences of what is in the bundles. */
async function makeLicences(packages: readonly string[]): Promise<void> {
  const texts = packages.map(async (name) => {
    const folder = join(repository, "node_modules", name);
    const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one)) ?? "LICENSE";
    const { version } = require(join(folder, "package.json"));
    return `${name} ${version}\n\n${(await readFile(join(folder, file), "utf8")).trim()}\n`;
  });
  await writeFile(join(dist, "bundled-licenses.txt"), (await Promise.all(texts)).join("\n\n"));
}

try {
  const types = process.argv.includes("--keep-types") ? keepTypes() : makeTypes();
  const [packages] = await Promise.all([makeBundles(), makeStart(), types, makePlugins()]);
  await makeLicences(packages);
  await makeEntries();
  await rm(join(repository, "dist"), { recursive: true, force: true });
  await rename(dist, join(repository, "dist"));
} finally {
  await rm(dist, { recursive: true, force: true });
}
