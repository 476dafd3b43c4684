import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "../../tools/repository.ts";

/** What `npm pack` says of the tarball. */
export interface Packed {
  filename: string;
  size: number;
  files: { path: string }[];
}

/** Runs a command; what it said is part of the error. */
export async function run(command: string, args: string[], cwd: string): Promise<string> {
  const environment = { ...process.env, npm_config_update_notifier: "false" };
  const result = promisify(execFile)(command, args, { cwd, env: environment });
  return (
    await result.catch(({ message, stdout, stderr }) => {
      throw new Error(`${message}\n${stdout}\n${stderr}`);
    })
  ).stdout;
}

/** Packs this package into a folder. */
export async function packedInto(folder: string): Promise<Packed> {
  const options = ["--json", "--ignore-scripts", "--pack-destination", folder];
  const [packed] = JSON.parse(await run("npm", ["pack", ...options], repository));
  return packed;
}

/**
 * Installs the tarball in a project. What a Pulumi project has anyhow, Pulumi's SDK, is the repository's own. npm takes the
 * few packages from the cache that `npm ci` has filled, else from its registry.
 */
export async function installedByNpm(project: string, tarball: string): Promise<void> {
  const manifest = join(project, "package.json");
  if (!existsSync(manifest)) await writeFile(manifest, JSON.stringify({ private: true, dependencies: {} }));
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--fetch-retries=0"];
  await run("npm", ["install", tarball, "--legacy-peer-deps", ...quiet], project);
  await mkdir(join(project, "node_modules", "@pulumi"));
  const sdk = join("@pulumi", "pulumi");
  await symlink(join(repository, "node_modules", sdk), join(project, "node_modules", sdk));
}
