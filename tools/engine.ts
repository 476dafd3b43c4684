import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import {
  LocalWorkspace,
  type ProjectSettings,
  PulumiCommand,
  type PulumiFn,
  Stack,
} from "@pulumi/pulumi/automation/index.js";
import { pulumiExecutable } from "./pulumi.ts";
import { repository, workFolder } from "./repository.ts";
import { type StackConfig, TestStack } from "./stack.ts";

export * from "./stack.ts";

/** Options of {@link Engine.start}. */
export interface EngineOptions {
  /**
   * The folder in which the stacks' folders are made. A `node_modules` above it must have `pulumi-external-backends`.
   * Default: a temporary folder in the repository.
   */
  workDir?: string;
  /** Environment variables of Pulumi and its provider processes; `undefined` removes one. */
  environment?: Environment;
  /** The folder of the states. Default: a temporary one. */
  backendDir?: string;
  /** Folders in which executables are looked for first. */
  executables?: string[];
}

/** Environment variables; `undefined` removes one of this process. */
export type Environment = Record<string, string | undefined>;

/** Options of {@link Engine.stack}. */
export interface StackOptions {
  /** The Pulumi project's name. Default: `test`. */
  project?: string;
  /** The stack's configuration. */
  config?: StackConfig;
  /** Environment variables of this stack only, over those of the engine. */
  environment?: Environment;
  /** A Pulumi project's folder: its `Pulumi.<stack>.yaml`, if there is one, is copied. */
  settings?: string;
  /** The stack is there already, made by an engine with the same folders. */
  existing?: boolean;
  /** Provider plugins for the Pulumi.yaml: their names, and the folders of their executables. */
  plugins?: { name: string; path: string }[];
}

/**
 * The real Pulumi engine with a file backend, a passphrase and a Pulumi home of its own, none of them the user's. It
 * runs programs inside this process, through Pulumi's Automation API. Nothing of the process's own environment that
 * would steer Pulumi or a resource (`PULUMI_*`, `APISIX_*`, `KUMA_*`, proxies) reaches it.
 */
export class Engine {
  /** The folder of the states. */
  readonly backendDir: string;
  /** The folder in which the stacks' folders are. */
  readonly workDir: string;
  readonly #temporary: string;
  readonly #command: PulumiCommand;
  readonly #environment: Environment;

  private constructor(command: PulumiCommand, temporary: string, options: EngineOptions) {
    this.#command = command;
    this.#temporary = temporary;
    this.workDir = options.workDir ?? join(temporary, "work");
    this.backendDir = options.backendDir ?? join(temporary, "state");
    this.#environment = {
      ...withoutOutsideInfluence(),
      PATH: [...(options.executables ?? []), searchPath(command)].join(delimiter),
      PULUMI_BACKEND_URL: `file://${this.backendDir.replaceAll("\\", "/")}`,
      PULUMI_CONFIG_PASSPHRASE: "a passphrase for local runs",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      NODE_COMPILE_CACHE: compileCache,
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
      ...options.environment,
    };
  }

  /** Makes the folders and sees to the Pulumi executable. */
  static async start(options: EngineOptions = {}): Promise<Engine> {
    const [command] = await Promise.all([pulumiCommand(), fillCompileCache()]);
    const temporary = await mkdtemp(join(await workFolder(), "engine-"));
    const engine = new Engine(command, temporary, options);
    for (const folder of [engine.workDir, engine.backendDir, engine.#home])
      await mkdir(folder, { recursive: true });
    return engine;
  }

  get #home(): string {
    return join(this.#temporary, "home");
  }

  /** Makes a new stack, or takes an existing one. */
  async stack(name: string, program: PulumiFn, options: StackOptions = {}): Promise<TestStack> {
    const project = options.project ?? "test";
    const directory = join(this.workDir, `${project}.${name}`);
    await mkdir(directory, { recursive: true });
    if (options.settings !== undefined) {
      const file = `Pulumi.${name}.yaml`;
      await copyFile(join(options.settings, file), join(directory, file)).catch(ignoreMissing);
    }
    const workspace = await LocalWorkspace.create({
      workDir: directory,
      pulumiHome: this.#home,
      pulumiCommand: this.#command,
      // The type has no undefined, with which a variable of this process is left out.
      envVars: { ...this.#environment, ...options.environment } as Record<string, string>,
      projectSettings: projectSettings(project, options.plugins),
    });
    const found = await (options.existing ? Stack.select(name, workspace) : Stack.create(name, workspace));
    const stack = new TestStack(project, found, program, this.backendDir);
    await stack.setConfig(options.config ?? {});
    return stack;
  }

  /** Removes the temporary folders, and with them the states. What the stacks have made elsewhere stays. */
  async close(): Promise<void> {
    await rm(this.#temporary, { recursive: true, force: true });
  }
}

/** What the Pulumi.yaml says. */
function projectSettings(name: string, providers: StackOptions["plugins"] = []): ProjectSettings {
  const settings: ProjectSettings & { plugins?: { providers: typeof providers } } = {
    name,
    runtime: "nodejs",
  };
  if (providers.length > 0) settings.plugins = { providers };
  return settings;
}

const compileCache = join(repository, "node_modules", ".cache", "compile");

/**
 * A quarter of a short operation is the compiling of modules in the provider process. Pulumi kills that process, so it
 * never writes a cache for the next one; this writes it, once for all.
 */
async function fillCompileCache(): Promise<void> {
  if (existsSync(compileCache)) return;
  const modules = ["@pulumi/pulumi", "source-map-support/register", "undici", "zod"];
  const load = modules.map((name) => `require(${JSON.stringify(name)});`).join("");
  const env = { ...process.env, NODE_COMPILE_CACHE: compileCache };
  await promisify(execFile)(process.execPath, ["-e", load], { cwd: repository, env });
}

let command: Promise<PulumiCommand> | undefined;

/** The Automation API's handle of the executable, made once per process. */
function pulumiCommand(): Promise<PulumiCommand> {
  command ??= pulumiExecutable().then((executable) => {
    const folder = dirname(executable);
    // An executable that is not in a folder called bin was found on the PATH, where the API looks by itself.
    return PulumiCommand.get(basename(folder) === "bin" ? { root: dirname(folder) } : {});
  });
  return command;
}

/**
 * Pulumi runs dynamic resources by a script that starts `node`. The script lies beside the executable or, for executables
 * that came without it, in the root of the npm package; what lies beside the executable must come first.
 */
function searchPath(command: PulumiCommand): string {
  const modules = join(repository, "node_modules");
  const first = [dirname(command.command), dirname(process.execPath), join(modules, ".bin")];
  const last = [join(modules, "@pulumi", "pulumi"), join(repository, "tools", "language-stand-in")];
  return [...first.filter((folder) => folder !== "."), process.env.PATH ?? "", ...last].join(delimiter);
}

/** Takes out of an environment what would steer Pulumi, a resource or the way to a server. */
export function withoutOutsideInfluence(): Environment {
  const names = Object.keys(process.env).filter((name) =>
    /^(pulumi_|apisix_|kuma_|(http|https|all|no|grpc)_proxy$)/i.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
