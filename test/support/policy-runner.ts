import { delimiter, dirname, join } from "node:path";
import { pulumiExecutable } from "../../tools/pulumi.ts";
import { repository } from "../../tools/repository.ts";

/**
 * Where the engine looks for executables so that it runs policy packs. Pulumi's runner of Node.js programs, which does so
 * elsewhere, cannot be had from a package registry, and what stands for it in other tests would be asked first.
 */
export async function policyRunnerPath(): Promise<string> {
  const modules = join(repository, "node_modules");
  return [
    join(repository, "test", "support", "policy-runner"),
    dirname(await pulumiExecutable()),
    dirname(process.execPath),
    process.env.PATH ?? "",
    join(modules, "@pulumi", "pulumi"),
  ].join(delimiter);
}
