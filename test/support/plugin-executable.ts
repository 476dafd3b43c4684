import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { bundle } from "../../tools/plugins-executable.ts";
import { repository } from "../../tools/repository.ts";

/** Makes one of this package's plugins, a script for Node.js, in a folder, and returns its path. */
export async function pluginExecutable(name: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const executable = join(folder, `pulumi-resource-${name}`);
  await bundle(join(repository, "provider", "plugin", `pulumi-resource-${name}.ts`), executable);
  await chmod(executable, 0o755);
  return executable;
}
