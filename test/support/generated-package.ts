import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { DialectName } from "../../provider/model/kind.ts";
import { schemaFile } from "../../tools/generate/schema.ts";
import { npmName } from "../../tools/generate/schema-examples.ts";
import { generatePackage } from "../../tools/pulumi-sdk.ts";
import { repository, workFolder } from "../../tools/repository.ts";

/**
 * Does what `pulumi package add` does for a TypeScript program in a folder: generates the package of a plugin, compiles it,
 * and puts it into `node_modules`.
 */
export async function installNodePackage(plugin: DialectName, folder: string): Promise<void> {
  const source = await mkdtemp(join(await workFolder(), "package-"));
  try {
    await generatePackage("nodejs", await readFile(schemaFile(plugin), "utf8"), source);
    await symlink(join(repository, "node_modules"), join(source, "node_modules"));
    const target = join(folder, "node_modules", npmName(plugin));
    const compiler = join(repository, "node_modules", "typescript", "bin", "tsc");
    await promisify(execFile)(process.execPath, [compiler, "--project", source, "--outDir", target]);
    await mkdir(target, { recursive: true });
    const manifest = JSON.parse(await readFile(join(source, "package.json"), "utf8"));
    await writeFile(join(target, "package.json"), JSON.stringify({ ...manifest, main: "index.js" }));
  } finally {
    await rm(source, { recursive: true, force: true });
  }
}
