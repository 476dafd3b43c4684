import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { test } from "vitest";
import { project } from "../../tools/lowest.ts";
import { repository } from "../../tools/repository.ts";

const PROGRAM = `
import { ExternalBackend, Manifests } from "pulumi-external-backends";
import * as apisix from "pulumi-external-backends/apisix";
import * as kubernetes from "pulumi-external-backends/kubernetes";
import * as kuma from "pulumi-external-backends/kuma";

const edge = new apisix.Provider("edge", { adminUrl: "http://127.0.0.1:9180", adminKey: { env: "KEY" } });
new apisix.Upstream("a", { nodes: { "a.example:80": 1 } }, { provider: edge });
new kuma.ExternalService("a", { tags: { "kuma.io/service": "a" }, networking: { address: "a.example:443" } });
new kubernetes.ExternalNameService("a", { externalName: "a.example" });
new ExternalBackend("a", { address: "a.example:80", mesh: {} });
new Manifests("a", { files: ["a.yaml"] });
`;

test("a program is compiled with the lowest Pulumi packages, all their types and ours checked", async () => {
  const compilerOptions = {
    noEmit: true,
    strict: true,
    target: "es2022",
    module: "nodenext",
    moduleResolution: "nodenext",
    skipLibCheck: false,
    types: ["node"],
  };
  await writeFile(join(project, "program.cts"), PROGRAM);
  await writeFile(
    join(project, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["program.cts"] }),
  );
  const compiler = join(repository, "node_modules", "typescript", "bin", "tsc");
  await promisify(execFile)(process.execPath, [compiler], { cwd: project }).catch(({ stdout }) => {
    throw new Error(stdout);
  });
});
