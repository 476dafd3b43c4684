import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "../../tools/repository.ts";

/** Runs `import` as it is shipped; the environment says where the servers are. */
export function runImport(args: string[], environment: Record<string, string>) {
  return runShipped(["import", ...args], environment);
}

/** Runs a command as it is shipped; one that fails rejects with its `code`, `stdout` and `stderr`. */
export function runShipped(args: string[], environment: Record<string, string> = {}) {
  return promisify(execFile)(process.execPath, [join(repository, "dist", "cli", "main.js"), ...args], {
    cwd: repository,
    env: { ...process.env, ...environment },
    maxBuffer: Number.POSITIVE_INFINITY,
  });
}

/** What the compiler says of a folder's program, by the rules of the examples. */
export async function typeErrors(folder: string): Promise<string> {
  const { compilerOptions } = JSON.parse(
    readFileSync(join(repository, "examples/quickstart/tsconfig.json"), "utf8"),
  );
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...compilerOptions, types: ["node"] }, files: ["index.ts"] }),
  );
  const compiler = join(repository, "node_modules", "typescript", "bin", "tsc");
  return promisify(execFile)(process.execPath, [compiler, "--project", folder]).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
}
