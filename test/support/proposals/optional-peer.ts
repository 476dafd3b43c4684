import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { repository } from "../../../tools/repository.ts";
import { upstreamYaml } from "../manifests.ts";
import type { Row } from "./row.ts";

const PEER = "@pulumi/kubernetes";
const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
const { Manifests } = require("pulumi-external-backends");
pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) }).then(() => {
  pulumi.runtime.setAllConfig({ "apisix:ingressClassName": "apisix" });
  new Manifests("docs", { yaml: ${JSON.stringify(upstreamYaml())}, target: "kubernetes" });
});
`;

/** Runs a program for the target \`kubernetes\` in a project that has these packages. */
async function run(packages: readonly string[]): Promise<void> {
  const project = mkdtempSync(join(tmpdir(), "optional-peer-"));
  try {
    const modules = join(project, "node_modules");
    const own = join(modules, "pulumi-external-backends");
    mkdirSync(own, { recursive: true });
    for (const part of ["dist", "package.json"])
      cpSync(join(repository, part), join(own, part), { recursive: true });
    for (const name of packages) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(repository, "node_modules", name), join(modules, name), "junction");
    }
    writeFileSync(join(project, "program.cjs"), PROGRAM);
    await promisify(execFile)(process.execPath, [join(project, "program.cjs")]);
  } finally {
    rmSync(project, { recursive: true });
  }
}

/** Every package of the repository but Kubernetes'. */
function others(): string[] {
  const modules = join(repository, "node_modules");
  return readdirSync(modules)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
    )
    .filter((name) => name !== PEER && name !== "pulumi-external-backends");
}

/** What needs a package that not everybody has. */
export const OPTIONAL_PEER: readonly Row[] = [
  {
    name: "Manifests for Kubernetes without its package",
    wrong: () => run(others()),
    proposal: `target "kubernetes" needs the package ${PEER}: npm install ${PEER}`,
    carriedOut: () => run([...others(), PEER]),
  },
];
