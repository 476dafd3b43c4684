import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder, isExecutable, type Log } from "./pulumi.ts";
import { inTemporaryFolder } from "./pulumi-install.ts";
import { generatePackage } from "./pulumi-sdk.ts";
import { pulumiVersion, repository, workFolder } from "./repository.ts";

const run = promisify(execFile);
const isWindows = process.platform === "win32";

/**
 * Returns the path of a Python with Pulumi's package from PyPI, a virtual environment in the user's cache that is made once;
 * undefined where there is no Python.
 */
export async function pulumiPython(options: { log?: Log } = {}): Promise<string | undefined> {
  const log = options.log ?? (() => {});
  const root = join(cacheFolder(), `pulumi-python-${pulumiVersion}`);
  const python = isWindows ? join("Scripts", "python.exe") : join("bin", "python");
  if (await isExecutable(join(root, python))) return join(root, python);
  const system = isWindows ? "python" : "python3";
  if (!(await run(system, ["--version"]).catch(() => undefined))) return undefined;
  log("Installing Pulumi's Python package from PyPI: about a minute");
  await inTemporaryFolder(root, async (temporary) => {
    await run(system, ["-m", "venv", temporary]);
    const requirements = join(repository, "tools", "pulumi-python-requirements.txt");
    await run(join(temporary, python), ["-m", "pip", "install", "--quiet", "--requirement", requirements]);
  });
  return join(root, python);
}

/** Generates the Python package of a plugin from its schema, and installs it into a folder for PYTHONPATH. */
export async function installPythonPackage(
  python: string,
  schema: string,
  folder: string,
  options: { log?: Log } = {},
): Promise<void> {
  const source = await mkdtemp(join(await workFolder(), "python-"));
  try {
    await generatePackage("python", schema, source, options);
    await mkdir(folder, { recursive: true });
    // All that is needed is in the environment, so that nothing is asked of PyPI.
    const offline = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--target", folder];
    await run(python, ["-m", "pip", "install", ...offline, source]);
  } finally {
    await rm(source, { recursive: true, force: true });
  }
}
