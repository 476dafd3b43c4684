import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { startKuma } from "../../sandbox/kuma/index.ts";
import { lowest, nodeExecutable, project, tooOld } from "../../tools/lowest.ts";
import { pulumiExecutable } from "../../tools/pulumi.ts";

const require = createRequire(join(project, "program.js"));
const pulumi: typeof import("@pulumi/pulumi") = require("@pulumi/pulumi");
const { LocalWorkspace }: typeof import("@pulumi/pulumi/automation/index.js") =
  require("@pulumi/pulumi/automation");
const apisix: typeof import("pulumi-external-backends/apisix") = require("pulumi-external-backends/apisix");
const kuma: typeof import("pulumi-external-backends/kuma") = require("pulumi-external-backends/kuma");
const { ExternalBackend }: typeof import("pulumi-external-backends") = require("pulumi-external-backends");

const gateway = await startApisix();
const controlPlane = await startKuma();
const folder = await mkdtemp(join(project, "stacks-"));
afterAll(async () => {
  await Promise.all([gateway.close(), controlPlane.close()]);
  await rm(folder, { recursive: true, force: true });
});

const MARKED = "a text that is marked as secret";

/** What programs do with the package: providers, references, secrets, components. */
function declare(retries: number): void {
  const edge = new apisix.Provider("edge", { adminUrl: gateway.adminUrl, adminKey: gateway.adminKey });
  const mesh = new kuma.Provider("mesh", { url: controlPlane.url });
  const options = { provider: edge };
  const { upstreamId } = new apisix.Upstream("api", { nodes: { "api.example:80": 1 }, retries }, options);
  new apisix.Route("api", { uri: "/*", desc: pulumi.secret(MARKED), upstreamId }, options);
  const networking = { address: pulumi.output("b.example:443") };
  new kuma.ExternalService("b", { tags: { "kuma.io/service": "b" }, networking }, { provider: mesh });
  const both = { address: "c.example:80", gateway: { hosts: ["c.example.org"] }, mesh: {} };
  new ExternalBackend("c", both, { providers: [edge, mesh] });
}

/** A stack whose provider processes run with this Node.js. */
async function stack(name: string, program: () => void, node = process.execPath) {
  const [backend, workDir, pulumiHome] = ["state", "work", "home"].map((one) => join(folder, name, one));
  for (const one of [backend, workDir, pulumiHome]) await mkdir(one ?? "", { recursive: true });
  const executable = await pulumiExecutable();
  const script = dirname(require.resolve("@pulumi/pulumi/package.json"));
  const path = [dirname(executable), dirname(node), process.env.PATH, script].join(delimiter);
  vi.stubEnv("PATH", path);
  return LocalWorkspace.createStack(
    { stackName: "dev", projectName: name, program: async () => program() },
    {
      workDir: workDir ?? "",
      pulumiHome: pulumiHome ?? "",
      projectSettings: { name, runtime: "nodejs" },
      envVars: {
        PATH: path,
        PULUMI_BACKEND_URL: `file://${backend}`,
        PULUMI_CONFIG_PASSPHRASE: "a passphrase",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        NODE_DISABLE_COMPILE_CACHE: "1",
      },
    },
  );
}

test("the tests run with the lowest versions that package.json promises", () => {
  expect(process.versions.node).toBe(lowest.node);
  expect(require("@pulumi/pulumi/package.json").version).toBe(lowest.pulumi);
});

test("a program with the lowest @pulumi/pulumi goes through all operations, and hides what is marked", async () => {
  let retries = 1;
  const made = await stack("lowest", () => declare(retries));
  expect((await made.preview()).changeSummary).toEqual({ create: 10 });
  expect((await made.up()).summary.resourceChanges).toEqual({ create: 10 });
  expect((await made.up()).summary.resourceChanges).toEqual({ same: 10 });
  expect((await made.refresh()).summary.resourceChanges).toEqual({ same: 10 });
  retries = 2;
  expect((await made.up()).summary.resourceChanges).toEqual({ same: 9, update: 1 });
  expect(gateway.store.get("upstreams", "api")).toMatchObject({ retries: 2 });
  const file = join(folder, "lowest", "state", ".pulumi", "stacks", "lowest", "dev.json");
  expect(await readFile(file, "utf8")).not.toContain(MARKED);
  expect((await made.destroy()).summary.resourceChanges).toEqual({ delete: 10 });
  expect(gateway.store.get("upstreams", "api")).toBeUndefined();
});

test.each(tooOld)("a provider process in Node.js %s says which one is needed", async (version) => {
  const node = nodeExecutable(version);
  const made = await stack(`node-${version.replaceAll(".", "-")}`, () => declare(1), node);
  const said: string[] = [];
  await expect(made.preview({ onOutput: (text) => said.push(text) })).rejects.toThrow();
  const [major, minor] = lowest.node.split(".");
  expect(said.join("")).toContain(
    `pulumi-external-backends needs Node.js ${major}.${minor} or later; this is v${version} (`,
  );
  expect(said.join("")).not.toMatch(/^ +at /m);
});
