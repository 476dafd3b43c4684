import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { build, stop } from "esbuild";
import { repository, workFolder } from "./repository.ts";

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** Where postject finds out whether an executable of Node.js has a program inside. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** An operating system and a kind of processor, as Pulumi calls them and as Node.js does. */
export interface Platform {
  /** In the names of Pulumi's plugins: `linux-amd64`. */
  pulumi: string;
  /** As in `process.platform`. */
  os: string;
  /** As in `process.arch`. */
  cpu: string;
}

/** The platforms for which there is an npm package with the Node.js executable, and which need no signature. */
export const platforms: readonly Platform[] = [
  { pulumi: "linux-amd64", os: "linux", cpu: "x64" },
  { pulumi: "linux-arm64", os: "linux", cpu: "arm64" },
  { pulumi: "windows-amd64", os: "win32", cpu: "x64" },
];

/** The platform of this machine. */
export function thisPlatform(): Platform {
  const found = platforms.find(({ os, cpu }) => os === process.platform && cpu === process.arch);
  if (found) return found;
  const names = platforms.map(({ pulumi }) => pulumi).join(", ");
  throw new Error(
    `Single executables are built for ${names}; this machine is ${process.platform}-${process.arch}.`,
  );
}

/** Puts a program and all that it imports into one file of CommonJS; returns the folders of the packages in it. */
export async function bundle(entry: string, outfile: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    logLevel: "error",
    metafile: true,
  });
  // esbuild's own process would wait for the next program.
  await stop();
  const folders = Object.keys(metafile.inputs).flatMap(
    (file) => /^(.*node_modules\/(@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? [],
  );
  return [...new Set(folders)].map((folder) => join(repository, folder));
}

/**
 * Makes an executable of a program that needs no Node.js on the machine: a copy of Node.js with the program inside
 * (https://nodejs.org/api/single-executable-applications.html). Returns the licences of Node.js and of the packages in it.
 */
export async function singleExecutable(entry: string, outfile: string, platform: Platform): Promise<string> {
  const temporary = await mkdtemp(join(await workFolder(), "executable-"));
  try {
    const main = join(temporary, "main.js");
    const packages = await bundle(entry, main);
    const blob = join(temporary, "program.blob");
    const isThisMachine = platform.os === process.platform && platform.cpu === process.arch;
    const settings = {
      main,
      output: blob,
      disableExperimentalSEAWarning: true,
      // What V8 has compiled is good for the same V8 on the same platform only.
      useCodeCache: isThisMachine,
    };
    const settingsFile = join(temporary, "settings.json");
    await writeFile(settingsFile, JSON.stringify(settings));
    const node = join(repository, "node_modules", "node", "bin", "node");
    await run(node, ["--experimental-sea-config", settingsFile], { cwd: temporary });
    const copied = isThisMachine ? installedNode(platform) : await downloadNode(platform, temporary);
    await mkdir(dirname(outfile), { recursive: true });
    await copyFile(join(copied, "bin", platform.os === "win32" ? "node.exe" : "node"), outfile);
    await chmod(outfile, 0o755);
    // A process of its own, since it prints warnings about sections of Node.js that mean nothing.
    const postject = require.resolve("postject/dist/cli.js");
    await run(node, [postject, outfile, "NODE_SEA_BLOB", blob, "--sentinel-fuse", FUSE]);
    return await licences([copied, ...packages]);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The npm package with the Node.js executable of a platform. */
function nodePackage({ os, cpu }: Platform): string {
  return `node-${os === "win32" ? "win" : os}-${cpu}`;
}

/** The folder of the package with this machine's Node.js, which the package `node` has installed. */
function installedNode(platform: Platform): string {
  const paths = [dirname(require.resolve("node/package.json"))];
  return dirname(require.resolve(`${nodePackage(platform)}/package.json`, { paths }));
}

/** Downloads the package with another platform's Node.js from the npm registry, in the version of this repository. */
async function downloadNode(platform: Platform, folder: string): Promise<string> {
  const { version } = require("node/package.json");
  const name = `${nodePackage(platform)}@${version}`;
  const { stdout } = await run("npm", ["pack", "--silent", name], { cwd: folder });
  await run("tar", ["-xzf", stdout.trim()], { cwd: folder });
  return join(folder, "package");
}

/** The licences of packages, in one text. */
async function licences(folders: readonly string[]): Promise<string> {
  const texts = folders.map(async (folder) => {
    const { name, version } = require(join(folder, "package.json"));
    const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
    if (file === undefined) throw new Error(`The package ${name} has no file with its licence.`);
    return `${name} ${version}\n\n${(await readFile(join(folder, file), "utf8")).trim()}\n`;
  });
  return (await Promise.all(texts)).join("\n\n");
}
