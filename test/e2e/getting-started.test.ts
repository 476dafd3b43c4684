import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { withoutOutsideInfluence } from "../../tools/engine.ts";
import { pulumiExecutable } from "../../tools/pulumi.ts";
import { repository } from "../../tools/repository.ts";
import { type Block, blocksOf } from "../support/documents.ts";
import { installedByNpm, packedInto } from "../support/packed.ts";
import { expectOutputs, withoutChance } from "../support/pages.ts";
import { startWorld } from "../support/world.ts";

const page = "docs/getting-started.md";
const world = await startWorld();
const blocks = blocksOf(page);
// Outside of the repository, as a reader's folder is.
const temporary = await mkdtemp(join(tmpdir(), "getting-started-"));
afterAll(() => rm(temporary, { recursive: true, force: true }));
let tarball: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  for (const folder of ["pack", "home", "start"]) await mkdir(join(temporary, folder));
  tarball = join(temporary, "pack", (await packedInto(join(temporary, "pack"))).filename);
  const modules = join(repository, "node_modules");
  const search = [
    dirname(await pulumiExecutable()),
    // Pulumi's own runner of Node.js programs cannot be had from a package registry.
    join(repository, "test", "support", "language-host"),
    dirname(process.execPath),
    process.env.PATH,
    join(modules, "@pulumi", "pulumi"),
  ];
  environment = {
    ...process.env,
    ...withoutOutsideInfluence(),
    PATH: search.join(delimiter),
    HOME: join(temporary, "home"),
    PULUMI_HOME: join(temporary, "home", ".pulumi"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    GIT_AUTHOR_NAME: "reader",
    GIT_AUTHOR_EMAIL: "reader@example.com",
    GIT_COMMITTER_NAME: "reader",
    GIT_COMMITTER_EMAIL: "reader@example.com",
    npm_config_update_notifier: "false",
  };
}, 120_000);

/** The page's servers are those of the sandbox, at other ports and with another key. */
function here(text: string): string {
  return text
    .replaceAll("http://127.0.0.1:9180", world.apisix.adminUrl)
    .replaceAll("http://127.0.0.1:9080", world.apisix.gatewayUrl)
    .replaceAll("http://127.0.0.1:5681", world.kuma.url)
    .replaceAll("sandbox-admin-key", world.apisix.adminKey);
}

const INSTALL = "npm install @pulumi/pulumi pulumi-external-backends typescript";

/** A reader's shell, in which folder and variables stay from command to command. */
class Shell {
  folder = join(temporary, "start");
  #exported = "";

  /** Runs the commands as they stand, but for the packages, which are this one's tarball and the repository's. */
  async run(text: string): Promise<string> {
    const [before = "", after] = text.split(INSTALL);
    const output = await this.#bash(before);
    if (after === undefined) return output;
    await installedByNpm(this.folder, tarball);
    return this.#bash(after);
  }

  async #bash(text: string): Promise<string> {
    const files = { exported: join(temporary, "exported"), folder: join(temporary, "folder") };
    const script = `${this.#exported}\nset -e\n${here(text)}\nexport -p > ${files.exported}\npwd > ${files.folder}`;
    const options = { cwd: this.folder, env: environment, maxBuffer: 2 ** 26 };
    const { stdout, stderr } = await promisify(execFile)("bash", ["-c", script], options);
    this.#exported = await readFile(files.exported, "utf8");
    this.folder = (await readFile(files.folder, "utf8")).trim();
    return stdout + stderr;
  }

  async write(file: string, change: (text: string) => string): Promise<void> {
    const path = join(this.folder, file);
    const text = await readFile(path, "utf8").catch(() => "");
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, change(text));
  }
}

/** Takes the lines of a new declaration for those of the one with the same first line. */
function withDeclaration(text: string, declaration: string): string {
  const [first = ""] = declaration.split("\n");
  const start = text.indexOf(first);
  expect(start, first).toBeGreaterThanOrEqual(0);
  return text.slice(0, start) + declaration + text.slice(text.indexOf("});\n", start) + 4);
}

/** Does what a block of the page says. */
async function follow(shell: Shell, { kind, text }: Block): Promise<string> {
  const [, how, file = ""] = /^\w+ (file|append|replace)=(\S+)$/.exec(kind) ?? [];
  if (kind === "bash") return shell.run(text);
  if (how === "file") await shell.write(file, () => text);
  if (how === "append") await shell.write(file, (before) => `${before}\n${text}`);
  if (how === "replace") await shell.write(file, (before) => withDeclaration(before, text));
  return "";
}

// `vitest run --project e2e test/e2e/getting-started.test.ts --update` writes the outputs into the page.
test("every command of docs/getting-started.md works as it stands, and prints what the page says", async () => {
  const shell = new Shell();
  const outputs: Record<string, string> = {};
  const served: string[] = [];
  let last = "";
  for (const block of blocks) {
    const [, name] = /^console example=(\S+)$/.exec(block.kind) ?? [];
    if (name) outputs[name] = withoutChance(last);
    else if (block.kind !== "powershell") last = (await follow(shell, block)) || last;
    if (block.text.includes("curl ")) served.push(last);
    if (block.text.includes("pulumi destroy")) break;
  }
  expect(served[0]).toContain('"url":"http://local.httpbin.org/get"');
  expect(served[1]).toContain('"address":"httpbin.org:80"');
  expect(world.apisix.store.list("routes")).toEqual([]);
  expect(world.kuma.store.list("ExternalService")).toEqual([]);
  expectOutputs(page, outputs);
}, 240_000);

test("its commands stand in bash and in PowerShell, one for one", () => {
  const shells = blocks.filter(({ kind }) => kind === "bash" || kind === "powershell");
  expect(shells.length).toBeGreaterThan(10);
  const lines = (text: string) =>
    text
      .replace(/^export (\w+)=(.*)$/gm, '$$env:$1 = "$2"')
      .replace(/^curl /gm, "curl.exe ")
      .replace(/^echo (\S+) > (\S+)$/gm, '"$1" | Set-Content $2')
      .replace(/ > (\S+)$/gm, " | Set-Content $1");
  for (let index = 0; index < shells.length; index += 2) {
    expect(shells.slice(index, index + 2).map(({ kind }) => kind)).toEqual(["bash", "powershell"]);
    expect(shells[index + 1]?.text).toBe(lines(shells[index]?.text ?? ""));
  }
});

test("its workflow is one, and runs the commands of the page", () => {
  const { text = "" } = blocks.find(({ kind }) => kind.includes("workflows/preview.yaml")) ?? {};
  const { on, jobs } = parse(text);
  expect(on).toBe("pull_request");
  const steps: { run?: string }[] = jobs.preview.steps;
  expect(steps.some((step) => step.run?.startsWith("pulumi preview --stack dev --diff"))).toBe(true);
});
