import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { changesets, collectEntries } from "./changesets.ts";
import { writeReleasedShapes } from "./release-shapes.ts";
import { repository } from "./repository.ts";

/**
 * `npm run release:version`: makes a version of the entries in `.changeset`. They become a section of the changelog, the
 * version enters package.json, the lock file and the generated files, and what the version promises is kept: the shapes of its
 * schemas, and the states that it writes. What it has written is then looked at and committed. Needs no network.
 */
async function main(): Promise<void> {
  if ((await changesets()).length === 0)
    throw new Error("There is no entry in .changeset: nothing to release.");
  const version = await collectEntries();
  await setLockedVersion(version);
  await setTemplateVersion(version);
  await setPoliciesVersion(version);
  await npm("run", "generate");
  await writeReleasedShapes();
  await npm("run", "states");
  process.stdout.write(
    `\nVersion ${version}: look at the changes, commit them, and set the tag v${version}.\n`,
  );
}

/** The lock file names the version of the package itself twice. */
async function setLockedVersion(version: string): Promise<void> {
  const file = join(repository, "package-lock.json");
  const lock = JSON.parse(await readFile(file, "utf8"));
  lock.version = version;
  lock.packages[""].version = version;
  await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
}

/** The project that `pulumi new` makes for TypeScript asks for this version. */
async function setTemplateVersion(version: string): Promise<void> {
  const file = join(repository, "templates", "typescript", "package.json");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/("pulumi-external-backends": "\^)[^"]+/, `$1${version}`));
}

/** The policy pack shows its version in Pulumi's reports. */
async function setPoliciesVersion(version: string): Promise<void> {
  const file = join(repository, "policies", "package.json");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/("version": ")[^"]+/, `$1${version}`));
}

async function npm(...args: string[]): Promise<void> {
  const shell = process.platform === "win32";
  const { stdout } = await promisify(execFile)("npm", args, { cwd: repository, shell });
  process.stdout.write(stdout);
}

await main().catch((problem: Error) => {
  process.stderr.write(`${problem.message}\n`);
  process.exitCode = 1;
});
