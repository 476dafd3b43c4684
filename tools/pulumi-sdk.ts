import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder, isExecutable, type Log } from "./pulumi.ts";
import { buildWithGo } from "./pulumi-install.ts";
import { pulumiVersion } from "./repository.ts";

/** The languages for which packages can be generated here: those whose generators are in the module of the executable. */
export type PackageLanguage = "go" | "nodejs" | "python";

/** Generates the package of a plugin from its schema, as `pulumi package add` does, into a folder. */
export async function generatePackage(
  language: PackageLanguage,
  schema: string,
  folder: string,
  options: { log?: Log } = {},
): Promise<void> {
  const generator = await packageGenerator(options.log ?? (() => {}));
  await mkdir(folder, { recursive: true });
  const generating = promisify(execFile)(generator, [folder, language]);
  generating.child.stdin?.end(schema);
  await generating;
}

/** Pulumi's generators of packages, built once from the Go module registry into the user's cache. */
async function packageGenerator(log: Log): Promise<string> {
  const root = join(cacheFolder(), `pulumi-sdk-${pulumiVersion}`);
  const executable = join(root, "bin", `pulumi-sdk${process.platform === "win32" ? ".exe" : ""}`);
  if (await isExecutable(executable)) return executable;
  await buildWithGo(
    { root, executable, log },
    {
      name: "Pulumi's generators of packages",
      module: "pulumi-sdk-build",
      command: ".",
      duration: "about two minutes the first time on two cores",
    },
  );
  return executable;
}
