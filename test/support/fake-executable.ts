import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { bundle } from "../../tools/plugins-executable.ts";
import { repository } from "../../tools/repository.ts";
import { fake } from "./fake-provider.ts";

/** The source of the fake provider's executable. */
export const fakeEntry = join(repository, "test", "support", "fake-plugin.ts");

/** Makes `pulumi-resource-fake`, a script for Node.js, in a folder, and returns its path. */
export async function fakeExecutable(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const executable = join(folder, `pulumi-resource-${fake.name}`);
  await bundle(fakeEntry, executable);
  await chmod(executable, 0o755);
  return executable;
}
