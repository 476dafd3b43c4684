import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { addDynamicProvider, buildPulumi, InterruptedError, installPulumi } from "./pulumi-install.ts";
import { pulumiVersion } from "./repository.ts";

const run = promisify(execFile);
const executableName = process.platform === "win32" ? "pulumi.exe" : "pulumi";

/** Where progress and decisions are told, one line each. */
export type Log = (line: string) => void;

/**
 * Returns the path of a Pulumi executable of version 3.259.0 or a later 3.x: the one on the PATH; else the one in the
 * user's cache; else one installed there by Pulumi's own installer; else one built there from the Go module registry.
 * Fails with an error that says what to install when none of these works.
 */
export async function pulumiExecutable(options: { log?: Log } = {}): Promise<string> {
  const log = options.log ?? (() => {});
  requireNode();
  const onPath = await findOnPath(log);
  if (onPath !== undefined) return onPath;
  const root = join(cacheFolder(), `pulumi-${pulumiVersion}`);
  const executable = join(root, "bin", executableName);
  if (await isExecutable(executable)) {
    await addDynamicProvider(executable);
    return executable;
  }
  log(`Pulumi ${pulumiVersion} or later is not on the PATH; putting one into ${root}`);
  const reasons: string[] = [];
  for (const attempt of [installPulumi, buildPulumi]) {
    try {
      await attempt({ root, executable, log });
      await addDynamicProvider(executable);
      return executable;
    } catch (error) {
      if (error instanceof InterruptedError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      log(reason);
      reasons.push(reason);
    }
  }
  throw new Error(
    [
      `No Pulumi executable of version ${pulumiVersion} or later (3.x) could be had:`,
      ...reasons.map((reason) => `  - ${reason}`),
      `Install Pulumi ${pulumiVersion} or later, https://www.pulumi.com/docs/install/,`,
      "or Go 1.26 or later, https://go.dev/doc/install, with which it is built from the Go module registry.",
    ].join("\n"),
  );
}

/** Fails when this Node.js is too old for the package and its tools. */
function requireNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return;
  throw new Error(
    `Node.js 22.19 or later is needed; this is ${process.version} (${process.execPath}). ` +
      "npm scripts use the one that npm ci puts into node_modules/.bin; otherwise see https://nodejs.org/en/download",
  );
}

/** The user's cache folder of this package, as each operating system has it. */
export function cacheFolder(): string {
  const name = "pulumi-external-backends";
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (process.platform === "win32") return join(LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), name);
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", name);
  return join(XDG_CACHE_HOME || join(homedir(), ".cache"), name);
}

async function findOnPath(log: Log): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const candidate = join(folder, executableName);
    if (folder === "" || !(await isExecutable(candidate))) continue;
    const version = await versionOf(candidate);
    if (version !== undefined && isNewEnough(version)) return candidate;
    log(`${candidate} is ${version ?? "of an unknown version"}; ${pulumiVersion} or a later 3.x is needed`);
    return undefined;
  }
  return undefined;
}

/** True for a file that this user may run. */
export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** What `pulumi version` answers, for example `3.259.0`; undefined when it does not answer. */
async function versionOf(executable: string): Promise<string | undefined> {
  const environment = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const answer = run(executable, ["version"], { env: environment, timeout: 30_000 });
  return answer.then(
    ({ stdout }) => stdout.trim().replace(/^v/, ""),
    () => undefined,
  );
}

/** True for a version of the same major as ours, and not older. */
function isNewEnough(version: string): boolean {
  const numbers = (text: string) => text.split(/[.+-]/).slice(0, 3).map(Number);
  const [major = 0, minor = 0, patch = 0] = numbers(version);
  const [ourMajor = 0, ourMinor = 0, ourPatch = 0] = numbers(pulumiVersion);
  return major === ourMajor && (minor > ourMinor || (minor === ourMinor && patch >= ourPatch));
}

if (import.meta.main) {
  try {
    const executable = await pulumiExecutable({ log: (line) => process.stderr.write(`${line}\n`) });
    process.stdout.write(`${executable} ${await versionOf(executable)}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof InterruptedError ? 130 : 1;
  }
}
