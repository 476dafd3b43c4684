import ts from "typescript";
import { prepare } from "../../cli/import.ts";
import type { Options } from "../../cli/options.ts";
import type { OutputFile } from "../../cli/write.ts";
import { handler } from "../../provider/index.ts";
import { isObject, type Json, type JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { SECRET_KEY } from "../../provider/model/marks.ts";
import type { ApisixSandbox } from "../../sandbox/apisix/index.ts";

/** What the command makes of servers, without writing it. */
export async function importFrom(
  config: Record<string, string>,
  options: Partial<Options> = {},
): Promise<{ files: OutputFile[]; report: string; program: Record<string, string>; resources: Imported[] }> {
  const from = [...new Set(Object.keys(config).map((name) => name.split(":")[0] as "apisix" | "kuma"))];
  const standard = {
    from,
    labels: [],
    ids: [],
    owned: false,
    config,
    out: "imported",
    door: "dynamic" as const,
    bundle: false,
    unprotected: false,
    force: false,
  };
  const { files, report } = await prepare({ ...standard, ...options });
  const programFiles = files.filter(({ name }) => name.endsWith(".ts"));
  const importFile = files.find(({ name }) => name === "import.json");
  return {
    files,
    report,
    program: Object.fromEntries(programFiles.map(({ name, text }) => [name, text])),
    resources: importFile ? JSON.parse(importFile.text).resources : [],
  };
}

/** A resource in the file for `pulumi import`. */
export interface Imported {
  type: string;
  name: string;
  id: string;
  inputs: JsonObject;
  outputs: JsonObject;
}

/** A resource that a program declares. */
export interface Declared {
  type: string;
  name: string;
  args: JsonObject;
  options: unknown;
}

/** An output, as far as programs of the command use one. */
class Output {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
  apply(change: (value: unknown) => unknown): Output {
    return new Output(change(this.value));
  }
}

/** Runs a program with a Pulumi that only notes what is declared. */
export function declaredBy(program: Record<string, string>, secrets: JsonObject = {}): Declared[] {
  const declared: Declared[] = [];
  const modules = new Map<string, { exports: object }>();
  const load = (name: string): object => {
    if (name === "@pulumi/pulumi")
      return {
        Config: class {
          requireSecret = (key: string) => new Output(secrets[key]);
        },
      };
    const dialect = /^pulumi-external-backends[/-](\w+)$/.exec(name)?.[1];
    if (dialect) return classesOf(dialect, declared);
    const file = `${name.replace("./", "")}.ts`;
    const known = modules.get(file);
    if (known) return known.exports;
    const module = { exports: {} };
    modules.set(file, module);
    const { outputText } = ts.transpileModule(program[file] ?? "throw new Error('no such file')", {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    new Function("require", "module", "exports", outputText)(load, module, module.exports);
    return module.exports;
  };
  load("./index");
  return declared;
}

function classesOf(dialect: string, declared: Declared[]): object {
  return new Proxy(
    {},
    {
      get: (_, type: string) =>
        type === "__esModule"
          ? true
          : class {
              constructor(name: string, args: object, options: unknown) {
                const plain = plainOf(args) as JsonObject;
                declared.push({ type: `${dialect}:${type}`, name, args: plain, options });
                const identity = type === "Bundle" ? [] : kindOf(`${dialect}:${type}`).identity;
                for (const field of identity)
                  Object.assign(this, { [field]: new Output(plain[field] ?? name) });
              }
            },
    },
  );
}

function plainOf(value: unknown): unknown {
  if (value instanceof Output) return plainOf(value.value);
  if (Array.isArray(value)) return value.map(plainOf);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainOf(inner)]));
}

/** What a preview and a refresh would find different between the import file and the program that was written with it. */
export async function differences(
  resources: Imported[],
  declared: Declared[],
  config: Record<string, string>,
): Promise<string[]> {
  const found: string[] = [];
  for (const { type, name, id, outputs } of resources) {
    const short = type.replace("pulumi-nodejs:dynamic/", "");
    const program = declared.filter((one) => one.type === short && one.name === name);
    const provider = handler(short);
    // Plugins that the sandbox does not run may stand in what is imported.
    const local: Record<string, string> = { ...config, "apisix:validation": "local" };
    provider.configure({ config: { get: (key) => local[key] } });
    const state = open(outputs) as JsonObject;
    const context = { name, owner: "0123456789abcdef", stack: "test.dev" };
    const { inputs, failures } = await provider.check(state, { ...program[0]?.args, __context: context });
    const { changes } = await provider.diff(id, state, open(inputs) as JsonObject);
    const read = await provider.read(id, state);
    const refreshed = await provider.diff(id, open(read.props) as JsonObject, open(inputs) as JsonObject);
    if (program.length !== 1) found.push(`${short} ${name}: declared ${program.length} times`);
    if (failures.length > 0)
      found.push(`${short} ${name}: ${failures.map(({ reason }) => reason).join("; ")}`);
    if (changes)
      found.push(`${short} ${name}: ${JSON.stringify(open(inputs))} is not ${JSON.stringify(state)}`);
    if (read.id !== id || refreshed.changes)
      found.push(`${short} ${name}: a refresh finds ${JSON.stringify(open(read.inputs))}`);
  }
  return found;
}

/** The values in the place of what marks them as secrets. */
export function open(value: unknown): Json {
  if (Array.isArray(value)) return value.map(open);
  if (!isObject(value)) return value as Json;
  if (SECRET_KEY in value)
    return "plaintext" in value ? JSON.parse(String(value.plaintext)) : open(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, open(inner)]));
}

/** Puts routes, services and so on, by their paths below the Admin API. */
export function putAll(apisix: ApisixSandbox, objects: Record<string, object>): void {
  for (const [path, object] of Object.entries(objects)) {
    const [, kind = "", id = ""] = /^(.*)\/([^/]+)$/.exec(path) ?? [];
    apisix.store.put(kind, id, object as Record<string, unknown>);
  }
}
