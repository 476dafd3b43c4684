import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
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

/** Puts a program and all that it imports into one file of CommonJS. */
export async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    logLevel: "error",
  });
  // esbuild's own process would wait for the next program.
  await stop();
}

/**
 * Makes an executable of a program that needs no Node.js on the machine: a copy of Node.js with the program inside
 * (https://nodejs.org/api/single-executable-applications.html).
 */
export async function singleExecutable(entry: string, outfile: string, platform: Platform): Promise<void> {
  const temporary = await mkdtemp(join(await workFolder(), "executable-"));
  try {
    const main = join(temporary, "main.js");
    await bundle(entry, main);
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
    await mkdir(dirname(outfile), { recursive: true });
    await copyFile(isThisMachine ? node : await otherNode(platform, temporary), outfile);
    await chmod(outfile, 0o755);
    // A process of its own, since it prints warnings about sections of Node.js that mean nothing.
    const postject = require.resolve("postject/dist/cli.js");
    await run(node, [postject, outfile, "NODE_SEA_BLOB", blob, "--sentinel-fuse", FUSE]);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Downloads the Node.js executable of another platform from the npm registry, in the version of this repository. */
async function otherNode({ os, cpu }: Platform, folder: string): Promise<string> {
  const { version } = require("node/package.json");
  const name = `node-${os === "win32" ? "win" : os}-${cpu}`;
  const { stdout } = await run("npm", ["pack", "--silent", `${name}@${version}`], { cwd: folder });
  await run("tar", ["-xzf", stdout.trim()], { cwd: folder });
  return join(folder, "package", "bin", os === "win32" ? "node.exe" : "node");
}
