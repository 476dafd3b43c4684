import { join } from "node:path";
import { cacheFolder, isExecutable, type Log, pulumiExecutable } from "./pulumi.ts";
import { buildWithGo, type GoCommand, putBeside } from "./pulumi-install.ts";

/** The version in `pulumi-language-yaml-build/go.mod`. */
const version = "1.25.0";
const executableName = `pulumi-language-yaml${process.platform === "win32" ? ".exe" : ""}`;

/**
 * Returns the path of Pulumi's runner of YAML programs, which is built once from the Go module registry into the user's
 * cache. Where the Pulumi executable is in that cache, too, the runner is put beside it, so that Pulumi finds it; otherwise
 * the runner's folder must be on the PATH.
 */
export async function pulumiLanguageYaml(options: { log?: Log } = {}): Promise<string> {
  const pulumi = await pulumiExecutable(options);
  const root = join(cacheFolder(), `pulumi-language-yaml-${version}`);
  const executable = join(root, "bin", executableName);
  if (!(await isExecutable(executable)))
    await buildWithGo({ root, executable, log: options.log ?? (() => {}) }, command);
  if (pulumi.startsWith(cacheFolder())) await putBeside(pulumi, executable);
  return executable;
}

const command: GoCommand = {
  name: "Pulumi's runner of YAML programs",
  module: "pulumi-language-yaml-build",
  command: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
  variable: `github.com/pulumi/pulumi-yaml/pkg/version.Version=${version}`,
  duration: "about two minutes the first time on two cores",
};

if (import.meta.main) {
  try {
    const executable = await pulumiLanguageYaml({ log: (line) => process.stderr.write(`${line}\n`) });
    process.stdout.write(`${executable}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
