import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve, sep } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import ts from "typescript";

const require = createRequire(import.meta.url);

/** What a module loader of CommonJS gives to the function that loads a kind of file. */
interface LoadedModule {
  filename: string;
  _compile(code: string, filename: string): void;
}

/**
 * Makes an inline program of a Pulumi project's folder, for an engine without Pulumi's own runner of Node.js programs.
 * As that runner does, it compiles the folder's TypeScript to CommonJS without checking types, evaluates it anew at each
 * run, and takes the exports as the stack's outputs.
 *
 * The program does not run inside that folder, since the current folder is the whole process's: a program reads its files
 * relative to `__dirname`. (Pulumi's own runner does change to it.)
 */
export function loadProgram(directory: string): PulumiFn {
  const { folder, main } = mainFile(resolve(directory));
  return async () => {
    for (const file of Object.keys(require.cache)) if (isInside(folder, file)) delete require.cache[file];
    const exported: unknown = withTypeScript(folder, () => require(main));
    const result = typeof exported === "function" ? await exported() : await exported;
    return typeof result === "object" && result !== null ? { ...result } : {};
  };
}

/**
 * The file that Pulumi runs, by `main` of the Pulumi.yaml, then that of the package.json, then the folder's index; and
 * the folder that the program's own files are in.
 */
function mainFile(project: string): { folder: string; main: string } {
  const configured = /^main: *(.+?) *$/m.exec(readFileSync(join(project, "Pulumi.yaml"), "utf8"))?.[1];
  const start = resolve(project, configured ?? ".");
  const folder = statSync(start).isDirectory() ? start : project;
  return { folder, main: withTypeScript(folder, () => require.resolve(start)) };
}

function isInside(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return !path.startsWith("..") && !path.split(sep).includes("node_modules");
}

/** Does something while `require` finds and compiles the TypeScript of that folder, and of no other. */
function withTypeScript<T>(folder: string, load: () => T): T {
  const extensions = require.extensions as unknown as Record<
    string,
    (module: LoadedModule, file: string) => void
  >;
  const before = extensions[".ts"];
  extensions[".ts"] = (module, file) => {
    if (before !== undefined && !isInside(folder, file)) return before(module, file);
    const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), {
      fileName: file,
      compilerOptions: {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2022,
        esModuleInterop: true,
        inlineSourceMap: true,
      },
    });
    module._compile(outputText, file);
  };
  try {
    return load();
  } finally {
    if (before === undefined) delete extensions[".ts"];
    else extensions[".ts"] = before;
  }
}
