import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type {
  EngineEvent,
  LocalWorkspace,
  OpMap,
  PreviewOptions,
  PulumiFn,
  RefreshOptions,
  Stack,
  UpOptions,
} from "@pulumi/pulumi/automation/index.js";
import { withoutLeftListeners } from "./process-listeners.ts";

/** Configuration of a stack: plain values as text, secrets as `{ value, secret: true }`. */
export type StackConfig = Record<string, string | { value: string; secret: true }>;

/** Options that every operation takes besides the engine's own. */
export interface OperationOptions {
  /** The operation must fail; its result is returned with `failed: true`, and a success is an error. */
  expectFailure?: boolean;
  /** Called with what Pulumi prints, as it comes. */
  onOutput?: (text: string) => void;
}

/** What an operation of the engine said and did. */
export interface OperationResult {
  failed: boolean;
  /** Standard output and standard error in the order they came; without colour unless `color` asks for it. */
  output: string;
  /** Number of resources by what was done (in a preview: would be done) to them. The stack itself is one resource. */
  summary: OpMap;
  /** The same without `same`: `{}` when nothing changes. */
  changes: OpMap;
  /** Everything the engine reported, in order. */
  events: EngineEvent[];
  /** The stack's outputs, of the last update; secret ones as `"[secret]"`. */
  outputs: Record<string, unknown>;
}

/** A failed operation; `output` is all that Pulumi printed. */
export class EngineError extends Error {
  readonly output: string;
  readonly result: OperationResult;
  constructor(message: string, result: OperationResult) {
    super(`${message}\n${result.output}`);
    this.name = "EngineError";
    this.output = result.output;
    this.result = result;
  }
}

/** A resource as it stands in the state. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  parent?: string;
  provider?: string;
  dependencies?: string[];
  protect?: boolean;
  delete?: boolean;
  [more: string]: unknown;
}

/** What `pulumi stack export` prints and `pulumi stack import` takes; secrets encrypted. */
export interface Deployment {
  version: number;
  deployment: { resources?: StateResource[]; pending_operations?: unknown[] } & Record<string, unknown>;
}

type Run = (options: {
  color: "auto" | "always" | "never";
  suppressProgress: boolean;
  onOutput: (text: string) => void;
  onError: (text: string) => void;
  onEvent: (event: EngineEvent) => void;
}) => Promise<unknown>;

const secretSignature = "4dabf18193072939515e22adb298388d";

/** A stack on an {@link Engine}'s backend, with the program that its next operation runs. */
export class TestStack {
  /** The program that the next operations run; set it for a next step. */
  program: PulumiFn;
  /** The folder that Pulumi runs in: `Pulumi.yaml` and the stack's configuration are here. */
  readonly directory: string;
  readonly project: string;
  readonly #stack: Stack;
  readonly #workspace: LocalWorkspace;
  readonly #backend: string;

  constructor(project: string, stack: Stack, program: PulumiFn, backend: string) {
    this.project = project;
    this.program = program;
    this.#stack = stack;
    this.#workspace = stack.workspace as LocalWorkspace;
    this.directory = this.#workspace.workDir;
    this.#backend = backend;
    // After each operation the Automation API runs the executable three times more, for outputs and history. The
    // state file and the events hold both.
    stack.outputs = async () => ({});
    stack.info = async () => undefined;
  }

  /** The stack's name, without organisation and project. */
  get name(): string {
    return this.#stack.name;
  }

  /** `pulumi up`. `program` becomes the stack's program. */
  up(options: UpOptions & OperationOptions = {}): Promise<OperationResult> {
    return this.#operation("up", options, (own) => this.#stack.up({ ...options, ...own }));
  }

  /** `pulumi preview`. `program` becomes the stack's program. */
  preview(options: PreviewOptions & OperationOptions = {}): Promise<OperationResult> {
    return this.#operation("preview", options, (own) => this.#stack.preview({ ...options, ...own }));
  }

  /** `pulumi refresh`; with `runProgram` the program runs, and providers are configured by it and not from the state. */
  refresh(
    options: RefreshOptions & OperationOptions & { program?: PulumiFn } = {},
  ): Promise<OperationResult> {
    return this.#operation("refresh", options, (own) => this.#stack.refresh({ ...options, ...own }));
  }

  /** `pulumi destroy`; with `runProgram` the program runs, and providers are configured by it and not from the state. */
  destroy(
    options: Parameters<Stack["destroy"]>[0] & OperationOptions & { program?: PulumiFn } = {},
  ): Promise<OperationResult> {
    return this.#operation("destroy", options, (own) => this.#stack.destroy({ ...options, ...own }));
  }

  /** Sets configuration values; others stay. */
  async setConfig(config: StackConfig): Promise<void> {
    const entries = Object.entries(config).map(([key, value]) => [
      key,
      typeof value === "string" ? { value, secret: false } : value,
    ]);
    if (entries.length > 0) await this.#stack.setAllConfig(Object.fromEntries(entries));
  }

  /** Sets environment variables of the next operations; others stay. */
  setEnvironment(variables: Record<string, string>): void {
    Object.assign(this.#workspace.envVars, variables);
  }

  /** Removes configuration values. */
  async removeConfig(...keys: string[]): Promise<void> {
    await this.#stack.removeAllConfig(keys);
  }

  /** Renames the stack, and moves its state and configuration. */
  async rename(name: string): Promise<void> {
    await this.#stack.rename({ stackName: name });
  }

  /**
   * Runs the Pulumi executable itself in this stack's folder and environment. `--stack` is not added. What runs the
   * program (`pulumi up`) does not work so: the program is a function in this process.
   */
  async cli(args: string[], options: OperationOptions = {}): Promise<{ output: string; failed: boolean }> {
    const nothing = { summary: {}, changes: {}, events: [], outputs: {} };
    const all = [...args, "--non-interactive"];
    const [output, failed] = await new Promise<[string, boolean]>((resolve) => {
      execFile(
        this.#workspace.pulumiCommand.command,
        all,
        { cwd: this.directory, env: this.#environment(), maxBuffer: Number.POSITIVE_INFINITY },
        (error, stdout, stderr) => resolve([stdout + stderr, error !== null]),
      );
    });
    options.onOutput?.(output);
    return expected(`pulumi ${args.join(" ")}`, { failed, output, ...nothing }, options);
  }

  /** The state as `pulumi stack export` prints it, secrets encrypted. */
  async state(): Promise<Deployment> {
    const file = join(this.#backend, ".pulumi", "stacks", this.project, `${this.name}.json`);
    const { version, checkpoint } = JSON.parse(await readFile(file, "utf8"));
    return { version, deployment: checkpoint.latest ?? {} };
  }

  /** Replaces the state, as `pulumi stack import` does. */
  async importState(deployment: Deployment): Promise<void> {
    await this.#stack.importStack(deployment as unknown as Parameters<Stack["importStack"]>[0]);
  }

  /** All the text in the backend: states, history and backups of every stack of this engine. */
  async stateText(): Promise<string> {
    const entries = await readdir(this.#backend, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const texts = await Promise.all(
      files.map((entry) => readFile(join(entry.parentPath, entry.name), "utf8")),
    );
    return texts.join("\n");
  }

  /** The resources in the state, the stack itself and providers included. */
  async resources(): Promise<StateResource[]> {
    return (await this.state()).deployment.resources ?? [];
  }

  /** The resource of that name in the state (the last part of its URN); an error when there is none, or several. */
  async resource(name: string): Promise<StateResource> {
    const resources = await this.resources();
    const [found, ...more] = resources.filter((resource) => resource.urn.endsWith(`::${name}`));
    if (found !== undefined && more.length === 0) return found;
    const urns = resources.map((resource) => resource.urn).join("\n");
    throw new Error(`${more.length + (found ? 1 : 0)} resources are called ${name}, not one, among\n${urns}`);
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, ...this.#workspace.envVars, PULUMI_HOME: this.#workspace.pulumiHome };
  }

  async #operation(
    name: string,
    options: OperationOptions & { program?: PulumiFn; color?: "always" | "never" | "raw" | "auto" },
    run: Run,
  ): Promise<OperationResult> {
    if (options.program !== undefined) this.program = options.program;
    this.#workspace.program = this.program;
    const events: EngineEvent[] = [];
    let output = "";
    const onOutput = (text: string) => {
      output += text;
      options.onOutput?.(text);
    };
    const color = options.color === undefined || options.color === "raw" ? "never" : options.color;
    let failure: unknown;
    try {
      const own = { color, suppressProgress: true, onOutput, onError: onOutput };
      await withoutLeftListeners(() => run({ ...own, onEvent: (event) => events.push(event) }));
    } catch (error) {
      failure = error;
    }
    const summary = events.findLast((event) => event.summaryEvent)?.summaryEvent?.resourceChanges ?? {};
    const { same: _, ...changes } = summary;
    const failed = failure !== undefined;
    // An error before Pulumi printed anything would otherwise be lost.
    if (failed && output === "") output = String(failure);
    const outputs = await this.#outputs();
    return expected(`pulumi ${name}`, { failed, output, summary, changes, events, outputs }, options);
  }

  async #outputs(): Promise<Record<string, unknown>> {
    const resources = await this.resources().catch(() => []);
    const outputs = resources.find((resource) => resource.type === "pulumi:pulumi:Stack")?.outputs ?? {};
    return JSON.parse(
      JSON.stringify(outputs, (_key, value) => (value?.[secretSignature] !== undefined ? "[secret]" : value)),
    );
  }
}

/** Returns the result, or throws when it is not the expected one of success and failure. */
function expected(operation: string, result: OperationResult, options: OperationOptions): OperationResult {
  if (result.failed === (options.expectFailure ?? false)) return result;
  throw new EngineError(`${operation} ${result.failed ? "failed" : "did not fail"}:`, result);
}
