import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { parse } from "yaml";

/** A workflow of GitHub, as far as the tests look at it. */
export interface Workflow {
  on: unknown;
  jobs: Record<
    string,
    {
      needs?: string;
      strategy?: { matrix?: { stack?: string[] } };
      steps: { run?: string; uses?: string }[];
    }
  >;
}

/** Reads a workflow of a repository's folder. */
export function workflow(folder: string, name: string): Workflow {
  return parse(readFileSync(join(folder, ".github", "workflows", `${name}.yaml`), "utf8"));
}

/** The stacks that a Pulumi project has a configuration of. */
export async function stacksOf(folder: string): Promise<string[]> {
  const files = await readdir(folder);
  return files.flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
}

/** Runs a folder's `npm run preview`, with a `pulumi` from another folder. */
export function runPreviewScript(
  folder: string,
  pulumiFolder: string,
  stacks: string[],
): Promise<{ code: number; output: string }> {
  const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const [, script = ""] = /^node (\S+)$/.exec(scripts.preview) ?? [];
  const env = { ...process.env, PATH: [pulumiFolder, process.env.PATH].join(delimiter) };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...stacks], { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
    });
  });
}
