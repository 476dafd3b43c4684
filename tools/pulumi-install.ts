import { type ChildProcess, spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { pulumiVersion, repository } from "./repository.ts";

/** Where a Pulumi executable shall be put, and where progress is told. */
export interface Installation {
  /** The folder with `bin` in it. */
  root: string;
  /** The executable in `bin`. */
  executable: string;
  log: (line: string) => void;
}

const signals = ["SIGINT", "SIGTERM"] as const;
const sdk = join(repository, "node_modules", "@pulumi", "pulumi");

/** Lets Pulumi's own installer download the executable from its site; gives up after 20 seconds without an answer. */
export async function installPulumi({ root, log }: Installation): Promise<void> {
  await inTemporaryFolder(root, async (temporary) => {
    log("Asking Pulumi's own installer");
    // A process of its own, since the installer has no limit of time and can be ended only so.
    const program = `
      const { PulumiCommand } = require("@pulumi/pulumi/automation");
      const [root, version] = process.argv.slice(1);
      PulumiCommand.install({ root, version: require("semver").parse(version) }).catch((error) => {
        console.error(error.message);
        process.exit(1);
      });`;
    const child = spawn(process.execPath, ["-e", program, temporary, pulumiVersion], {
      cwd: repository,
      stdio: ["ignore", "ignore", "pipe"],
      detached: process.platform !== "win32",
    });
    // The download may take longer once it has begun, so two limits: for an answer of the site, and for all of it.
    const limits = [
      setTimeout(() => void giveUpWithoutDownload(), 20_000),
      setTimeout(() => end(child), 300_000),
    ];
    async function giveUpWithoutDownload() {
      if ((await readdir(temporary)).length === 0) end(child);
    }
    const { code, lines } = await outcome(child).finally(() => limits.forEach(clearTimeout));
    if (code !== 0)
      throw new Error(`Pulumi's installer cannot reach its site: ${lines.at(-1) ?? "no answer in time"}`);
  });
}

/** Builds the Pulumi executable from the Go module registry. */
export function buildPulumi(installation: Installation): Promise<void> {
  return buildWithGo(installation, {
    name: "Pulumi",
    module: "pulumi-build",
    command: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    variable: `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${pulumiVersion}`,
    duration: "about six minutes the first time on two cores",
  });
}

/** A command of a Go module. */
export interface GoCommand {
  /** What it is called in what is printed. */
  name: string;
  /** The folder in `tools` with the module that requires it. */
  module: string;
  /** The command's package. */
  command: string;
  /** A variable of the program that is set, as `package.Name=value`. */
  variable?: string;
  /** How long it takes. */
  duration: string;
}

/** Builds an executable from the Go module registry. */
export async function buildWithGo(
  { root, executable, log }: Installation,
  { name, module, command, variable, duration }: GoCommand,
): Promise<void> {
  await inTemporaryFolder(root, async (temporary) => {
    log(`Building ${name} from the Go module registry: ${duration}`);
    const began = Date.now();
    const target = join(temporary, "bin", basename(executable));
    const flags = variable === undefined ? "-s -w" : `-s -w -X ${variable}`;
    const child = spawn("go", ["build", "-trimpath", "-ldflags", flags, "-o", target, command], {
      cwd: join(repository, "tools", module),
      env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOWORK: "off" },
      stdio: ["ignore", "ignore", "pipe"],
      detached: process.platform !== "win32",
    });
    let downloaded = 0;
    const count = (line: string) => {
      if (line.startsWith("go: downloading")) downloaded += 1;
    };
    const progress = setInterval(() => {
      const seconds = Math.round((Date.now() - began) / 1000);
      log(`  building ${name} for ${seconds} s, ${downloaded} modules downloaded`);
    }, 15_000);
    const { code, lines } = await outcome(child, count).finally(() => clearInterval(progress));
    if (code !== 0) throw new Error(`Building ${name} with Go failed: ${lines.slice(-3).join("; ")}`);
    log(`  built in ${Math.round((Date.now() - began) / 1000)} s`);
  });
}

/**
 * Sees to it that Pulumi's plugin for dynamic resources, a script of the npm package, lies beside the executable, where
 * Pulumi's own installer puts it.
 */
export async function addDynamicProvider(executable: string): Promise<void> {
  const script = `pulumi-resource-pulumi-nodejs${process.platform === "win32" ? ".cmd" : ""}`;
  await putBeside(executable, join(sdk, script));
}

/**
 * Copies a file into the executable's folder, if it is not there yet. What Pulumi needs is looked for there first; found on
 * the PATH only, it makes a warning in every run.
 */
export async function putBeside(executable: string, file: string): Promise<void> {
  const folder = dirname(executable);
  const name = basename(file);
  if ((await readdir(folder)).includes(name)) return;
  const temporary = join(folder, `.${name}.${process.pid}`);
  await copyFile(file, temporary);
  await rename(temporary, join(folder, name));
}

/** Makes `root` by way of a temporary folder beside it, so that two runs at once do no harm and no half of it stays. */
export async function inTemporaryFolder(
  root: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(root), { recursive: true });
  const temporary = await mkdtemp(`${root}-`);
  try {
    await fill(temporary);
    await rename(temporary, root).catch((error: NodeJS.ErrnoException) => {
      // Another run was first; its result is as good.
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The user has pressed Ctrl-C, so nothing else is to be tried. */
export class InterruptedError extends Error {
  constructor() {
    super("Interrupted");
    this.name = "InterruptedError";
  }
}

/** Waits for a process; Ctrl-C ends it with what it has started. */
async function outcome(
  child: ChildProcess,
  onLine: (line: string) => void = () => {},
): Promise<{ code: number | null; lines: string[] }> {
  const lines: string[] = [];
  if (child.stderr) {
    createInterface({ input: child.stderr }).on("line", (line) => {
      lines.push(line);
      onLine(line);
    });
  }
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    end(child);
  };
  for (const signal of signals) process.once(signal, interrupt);
  try {
    const code = await new Promise<number | null>((resolve) => {
      child.on("close", resolve);
      child.on("error", (error: NodeJS.ErrnoException) => {
        lines.push(error.code === "ENOENT" ? `${child.spawnfile} is not on the PATH` : error.message);
        resolve(null);
      });
    });
    if (interrupted) throw new InterruptedError();
    return { code, lines };
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}

/** Ends a process started with `detached`, with all that it has started. */
function end(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
