import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "./repository.ts";

/**
 * `npm run test:lowest`: the unit and contract tests with the lowest Node.js that package.json promises, and those of
 * `test/lowest`, which try the package with the lowest Pulumi packages and with Node.js that are too old. All of these are
 * installed from the registry into `.work/lowest` first. Arguments are passed on to Vitest.
 */

const manifest = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));

/** The lowest versions that package.json promises to work with. */
export const lowest = {
  node: lowestOf(manifest.engines.node),
  pulumi: lowestOf(manifest.peerDependencies["@pulumi/pulumi"]),
  kubernetes: lowestOf(manifest.peerDependencies["@pulumi/kubernetes"]),
};

/** Versions of Node.js that are too old: the last of another major, and an older one of the same. */
export const tooOld = ["20.20.2", "22.12.0"];

const folder = join(repository, ".work", "lowest");

/** A folder whose `node_modules` has this package and the lowest versions of the Pulumi packages. */
export const project = join(folder, "project");

/** The executable of a Node.js that is installed by {@link install}. */
export function nodeExecutable(version: string): string {
  return join(folder, `node-${version}`, "node_modules", "node", "bin", "node");
}

/** `22.19.0` of `>=22.19.0`, `3.139.0` of `^3.139.0`. */
function lowestOf(range: string): string {
  const [, version] = /^(?:\^|>=)(\d+\.\d+\.\d+)$/.exec(range) ?? [];
  if (version) return version;
  throw new Error(`package.json: the range "${range}" does not begin with its lowest version.`);
}

async function install(): Promise<void> {
  for (const version of [lowest.node, ...tooOld]) {
    if (!existsSync(nodeExecutable(version))) await npmInstall(`node-${version}`, { node: version });
  }
  await npmInstall("project", {
    "@pulumi/pulumi": lowest.pulumi,
    "@pulumi/kubernetes": lowest.kubernetes,
  });
  // A copy and no link, so that it finds the Pulumi packages beside it; what it depends on is found above.
  const own = join(project, "node_modules", manifest.name);
  await rm(own, { recursive: true, force: true });
  for (const name of ["package.json", "dist"])
    await cp(join(repository, name), join(own, name), { recursive: true });
}

async function npmInstall(name: string, dependencies: Record<string, string>): Promise<void> {
  const cwd = join(folder, name);
  await mkdir(cwd, { recursive: true });
  const file = { private: true, dependencies, allowScripts: { node: true } };
  await writeFile(join(cwd, "package.json"), JSON.stringify(file));
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock"];
  await promisify(execFile)("npm", ["install", ...options], { cwd, shell: process.platform === "win32" });
}

/** Runs Vitest with the lowest Node.js; its exit code. */
function test(args: string[]): Promise<number> {
  const vitest = join(repository, "node_modules", "vitest", "vitest.mjs");
  const projects = ["unit", "contract", "lowest"].flatMap((name) => ["--project", name]);
  // The sandbox is no part of the package, and needs the Node.js of this repository.
  const chosen = [...projects, "--exclude", "test/sandbox/**"];
  const child = spawn(nodeExecutable(lowest.node), [vitest, "run", ...chosen, ...args], {
    cwd: repository,
    stdio: "inherit",
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

if (import.meta.main) {
  await install();
  process.exitCode = await test(process.argv.slice(2));
}
