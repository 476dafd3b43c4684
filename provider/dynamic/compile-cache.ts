import { mkdirSync, statSync } from "node:fs";
import * as nodeModule from "node:module";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * Keeps what V8 has compiled of the modules that this process loads from now on, for the next process. Returns the function
 * that writes what is new: Pulumi kills the processes of its providers, so nothing is written at their end. Where nothing can be
 * kept (no home, a folder or a disk that cannot be written), the process works without.
 *
 * `NODE_COMPILE_CACHE` names another folder, and `NODE_DISABLE_COMPILE_CACHE` switches it off, as everywhere in Node.js.
 */
export function useCompileCache(version: string): () => void {
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return () => undefined;
  // With NODE_COMPILE_CACHE it is on already.
  if (nodeModule.getCompileCacheDir() === undefined) {
    const folder = cacheFolder(version);
    if (folder !== undefined) nodeModule.enableCompileCache(folder);
  }
  let written = 0;
  return () => {
    const loaded = Object.keys(require.cache).length;
    if (loaded > written) nodeModule.flushCompileCache();
    written = loaded;
  };
}

/**
 * The folder of this version in the user's caches; Node.js makes one in it for each of its own versions. Undefined where
 * there is none that belongs to this user alone: what stands in it is run.
 */
export function cacheFolder(version: string): string | undefined {
  try {
    let folder = userCaches();
    if (folder === undefined) return undefined;
    for (const name of ["", "pulumi-external-backends", "compile-cache", version]) {
      folder = join(folder, name);
      makeFolder(folder);
    }
    const { uid, mode } = statSync(folder);
    const own = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    return own ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** One by one, since to make a whole path at once never ends where it can have no folders, as in `/proc`. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Where each operating system has a user's caches. */
function userCaches(): string | undefined {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (process.platform === "win32") return LOCALAPPDATA;
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches");
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME;
  const home = homedir();
  return isAbsolute(home) ? join(home, ".cache") : undefined;
}
