import { mkdir } from "node:fs/promises";
import { join } from "node:path";

/** The folder of this repository. */
export const repository = join(import.meta.dirname, "..");

/** The version of Pulumi that this repository works with; the npm package of the same version is in its package.json. */
export const pulumiVersion = "3.259.0";

/**
 * The folder for what runs leave behind, ignored by git. It lies inside the repository so that Pulumi's provider
 * process, which looks for packages above the folder of the Pulumi program, finds `node_modules`.
 */
export async function workFolder(): Promise<string> {
  const folder = join(repository, ".work");
  await mkdir(folder, { recursive: true });
  return folder;
}
