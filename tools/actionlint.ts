import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder, isExecutable, type Log } from "./pulumi.ts";
import { buildWithGo, type GoCommand } from "./pulumi-install.ts";

/** The version in `actionlint-build/go.mod`. */
const version = "1.7.12";

const command: GoCommand = {
  name: "actionlint",
  module: "actionlint-build",
  command: "github.com/rhysd/actionlint/cmd/actionlint",
  duration: "about half a minute the first time on two cores",
};

/**
 * Returns the path of actionlint, which finds mistakes in workflows of GitHub. It is built once from the Go module registry
 * into the user's cache; undefined where it is not there yet and there is no Go.
 */
export async function actionlint(options: { log?: Log } = {}): Promise<string | undefined> {
  const root = join(cacheFolder(), `actionlint-${version}`);
  const executable = join(root, "bin", `actionlint${process.platform === "win32" ? ".exe" : ""}`);
  if (await isExecutable(executable)) return executable;
  const hasGo = await promisify(execFile)("go", ["version"]).catch(() => undefined);
  if (!hasGo) return undefined;
  await buildWithGo({ root, executable, log: options.log ?? (() => {}) }, command);
  return executable;
}

/** What actionlint says of workflows, one line for each mistake. */
export async function mistakesIn(
  executable: string,
  files: readonly string[],
  configuration?: string,
): Promise<string[]> {
  const config = configuration === undefined ? [] : ["-config-file", configuration];
  // Tools that one machine has and another has not are left out.
  const args = ["-oneline", "-no-color", "-shellcheck=", "-pyflakes=", ...config, ...files];
  const { stdout } = await promisify(execFile)(executable, args).catch((error: { stdout?: string }) => {
    if (!error.stdout) throw error;
    return { stdout: error.stdout };
  });
  return stdout.split("\n").filter((line) => line !== "");
}
