import { globSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { packArchive } from "./plugins-archive.ts";
import { type Platform, platforms, singleExecutable, thisPlatform } from "./plugins-executable.ts";
import { repository } from "./repository.ts";

const help = `npm run plugins [-- options]

Builds the Pulumi plugins as single executables, which need no Node.js, and packs each as \`pulumi plugin install resource
NAME vVERSION --file ARCHIVE\` takes it, with its SHA-256 beside it.

  --out FOLDER         where to put them (default: .work/plugins)
  --platform PLATFORM  ${platforms.map(({ pulumi }) => pulumi).join(", ")} or all (default: this machine's)
  --help               this text
`;

/** A plugin to be built. */
export interface PluginToBuild {
  name: string;
  /** Without a `v`. */
  version: string;
  /** The TypeScript file that serves it. */
  entry: string;
}

/** Builds a plugin's executable, and packs it; returns the path of each. */
export async function buildPlugin(
  { name, version, entry }: PluginToBuild,
  platform: Platform,
  folder: string,
): Promise<{ executable: string; archive: string }> {
  const file = `pulumi-resource-${name}${platform.os === "win32" ? ".exe" : ""}`;
  const executable = join(folder, platform.pulumi, file);
  await mkdir(folder, { recursive: true });
  const licences = await singleExecutable(entry, executable, platform);
  const archive = join(folder, `pulumi-resource-${name}-v${version}-${platform.pulumi}.tar.gz`);
  await packArchive(archive, [
    { name: file, content: await readFile(executable), isExecutable: true },
    { name: "LICENSE", content: await readFile(join(repository, "LICENSE")), isExecutable: false },
    { name: "bundled-licenses.txt", content: Buffer.from(licences), isExecutable: false },
  ]);
  return { executable, archive };
}

/** This package's plugins: each file `pulumi-resource-NAME.ts` serves one. */
async function ownPlugins(): Promise<PluginToBuild[]> {
  const { version } = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));
  return globSync(join(repository, "provider", "plugin", "pulumi-resource-*.ts")).map((entry) => ({
    name: basename(entry, ".ts").replace("pulumi-resource-", ""),
    version,
    entry,
  }));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { out: { type: "string" }, platform: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) return void process.stdout.write(help);
  const wanted = values.platform ?? thisPlatform().pulumi;
  const chosen = platforms.filter(({ pulumi }) => wanted === "all" || pulumi === wanted);
  if (chosen.length === 0) throw new Error(`There is no platform ${wanted}.\n\n${help}`);
  const folder = resolve(values.out ?? join(repository, ".work", "plugins"));
  for (const plugin of await ownPlugins())
    for (const platform of chosen) {
      const began = Date.now();
      const { archive } = await buildPlugin(plugin, platform, folder);
      process.stdout.write(`${archive} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`);
    }
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
