import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { repository } from "../../tools/repository.ts";
import { ProviderProcess } from "../support/provider-process.ts";

const dist = join(repository, "dist");
const temporary = await mkdtemp(join(tmpdir(), "start-"));
afterAll(() => rm(temporary, { recursive: true, force: true }));

type Variables = Record<string, string | undefined>;

/** A process of Node.js: what it printed, and how it ended. */
function node(
  args: string[],
  env: Variables = {},
  command = process.execPath,
): Promise<{ out: string; error: string; end: string | number }> {
  // Neither this process's own cache nor that of who runs the tests.
  const own = { NODE_COMPILE_CACHE: undefined, XDG_CACHE_HOME: join(temporary, "unused"), ...env };
  return new Promise((resolve) => {
    execFile(command, args, { env: { ...process.env, ...own } }, (problem, out, error) =>
      resolve({ out, error, end: problem ? (problem.signal ?? problem.code ?? "failed") : 0 }),
    );
  });
}

/** Does what Pulumi's plugin does with a resource, and is killed as Pulumi kills it. */
const KILLED = `
const { handler } = require(${JSON.stringify(join(dist, "provider", "index.js"))});
const proto = handler("apisix:Proto");
proto.configure({ config: { get: (key) => ({ "apisix:adminUrl": "http://127.0.0.1:1", "apisix:validation": "local" })[key] } });
proto.check({}, { content: "syntax = 'proto3';", __context: { name: "a", owner: "0123456789abcdef" } }).then(({ inputs }) => {
  require("node:fs").writeSync(1, inputs.protoId);
  process.kill(process.pid, "SIGKILL");
});
`;

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

async function emptyFolder(name: string): Promise<string> {
  const folder = join(temporary, name);
  await mkdir(folder);
  return folder;
}

/** Reads from Node.js' own messages of which files it took the compiled code from the cache. */
function accepted({ error }: { error: string }): string[] {
  return [...error.matchAll(/cache for CommonJS (\S+) was accepted/g)].map(([, file = ""]) => file);
}

describe("what is compiled of the provider's code", () => {
  const bundle = join(dist, "provider", "bundle.js");
  const verbose = { NODE_DEBUG_NATIVE: "COMPILE_CACHE" };

  test("is written by a process that is killed after its first answer, and used by the next", async () => {
    const caches = await emptyFolder("killed");
    const first = await node(["-e", KILLED], { ...verbose, XDG_CACHE_HOME: caches });
    expect(first).toMatchObject({ out: "a", end: "SIGKILL" });
    expect(accepted(first)).not.toContain(bundle);
    const second = await node(["-e", KILLED], { ...verbose, XDG_CACHE_HOME: caches });
    expect(second).toMatchObject({ out: "a", end: "SIGKILL" });
    expect(accepted(second)).toContain(bundle);
    expect(await readdir(join(caches, "pulumi-external-backends", "compile-cache"))).toHaveLength(1);
  });

  test("is kept in ~/.cache where nothing else is said", async () => {
    const home = await emptyFolder("home");
    await node(["-e", KILLED], { HOME: home, XDG_CACHE_HOME: undefined });
    expect(await readdir(home)).toEqual([".cache"]);
    expect(await filesIn(home)).not.toEqual([]);
  });

  test("is kept where NODE_COMPILE_CACHE says", async () => {
    const [caches, other] = [await emptyFolder("not-used"), await emptyFolder("named")];
    await node(["-e", KILLED], { XDG_CACHE_HOME: caches, NODE_COMPILE_CACHE: other });
    expect(await filesIn(other)).not.toEqual([]);
    expect(await readdir(caches)).toEqual([]);
  });

  test("is not kept with NODE_DISABLE_COMPILE_CACHE", async () => {
    const caches = await emptyFolder("disabled");
    const run = await node(["-e", KILLED], { XDG_CACHE_HOME: caches, NODE_DISABLE_COMPILE_CACHE: "1" });
    expect(run.out).toBe("a");
    expect(await readdir(caches)).toEqual([]);
  });

  test("is not taken from a folder that others may write", async () => {
    const caches = await emptyFolder("open");
    await node(["-e", KILLED], { XDG_CACHE_HOME: caches });
    const root = join(caches, "pulumi-external-backends", "compile-cache");
    const [version = ""] = await readdir(root);
    await chmod(join(root, version), 0o777);
    const run = await node(["-e", KILLED], { ...verbose, XDG_CACHE_HOME: caches });
    expect(run.out).toBe("a");
    expect(accepted(run)).toEqual([]);
  });

  const file = join(temporary, "a-file");
  const nowhere: Record<string, Variables> = {
    "a home that is not there": { HOME: join(temporary, "no", "home"), XDG_CACHE_HOME: undefined },
    "no home": { HOME: "", XDG_CACHE_HOME: undefined },
    "a file in the place of the folder": { XDG_CACHE_HOME: file },
    "a folder in which none can be made": { XDG_CACHE_HOME: "/proc/self" },
    "a relative folder": { HOME: file, XDG_CACHE_HOME: "somewhere" },
  };
  test.each(Object.entries(nowhere))("is not kept, and nothing fails, with %s", async (_, variables) => {
    await writeFile(file, "");
    expect(await node(["-e", KILLED], variables)).toEqual({ out: "a", error: "", end: "SIGKILL" });
  });

  test("is not kept, and nothing fails, where nothing can be written into files, as on a full disk", async () => {
    const limited = ["-c", 'ulimit -f 0; exec "$0" -e "$1"', process.execPath, KILLED];
    const run = await node(limited, { XDG_CACHE_HOME: await emptyFolder("full") }, "/bin/sh");
    expect(run).toEqual({ out: "a", error: "", end: "SIGKILL" });
  });
});

describe("loading the provider for one kind", async () => {
  const { out } = await node([
    "-e",
    `
    const { Session } = require("node:inspector");
    const session = new Session();
    session.connect();
    session.post("Profiler.enable");
    session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
    require(${JSON.stringify(join(dist, "provider", "index.js"))}).handler("apisix:Proto");
    session.post("Profiler.takePreciseCoverage", (_, { result }) => {
      const run = result.flatMap(({ functions }) => functions).filter(({ ranges }) => ranges[0].count > 0);
      console.log(JSON.stringify({ run: run.map(({ functionName }) => functionName), files: Object.keys(require.cache) }));
    });
    `,
  ]);
  const { run, files } = JSON.parse(out) as { run: string[]; files: string[] };

  test("makes no other kind's schemas", () => {
    // In the bundle a file that is loaded when it is needed is a function with its name.
    expect(run).toContain("provider/model/apisix/proto.ts");
    for (const other of ["apisix/route", "apisix/upstream", "kuma/mesh", "kuma/external-service"])
      expect(run).not.toContain(`provider/model/${other}.ts`);
  });

  test("loads no package, and few files", () => {
    expect(files.filter((name) => name.includes("node_modules"))).toEqual([]);
    expect(files.length).toBeLessThanOrEqual(4);
  });
});

describe.each(["20.20.2", "22.12.0", "22.18.9"])("a Node.js %s", async (version) => {
  const faked = join(temporary, `${version}.cjs`);
  await writeFile(
    faked,
    `Object.defineProperty(process, "versions", { value: { ...process.versions, node: ${JSON.stringify(version)} } });
     Object.defineProperty(process, "version", { value: ${JSON.stringify(`v${version}`)} });`,
  );
  const line = `pulumi-external-backends needs Node.js 22.19 or later; this is v${version} (${process.execPath}).`;

  test.each(["sdk", "sdk/apisix", "sdk/kuma", "sdk/kubernetes", "provider"])(
    "is told which one is needed when it loads %s",
    async (entry) => {
      const load = `try { require(${JSON.stringify(join(dist, entry, "index.js"))}) } catch (error) { console.log(error.message) }`;
      expect(await node(["--require", faked, "-e", load])).toEqual({ out: `${line}\n`, error: "", end: 0 });
    },
  );

  test("is told it in one line by the command", async () => {
    const run = await node(["--require", faked, join(dist, "cli", "main.js"), "--help"]);
    expect(run).toEqual({ out: "", error: `${line}\n`, end: 1 });
  });

  test("is told it by Pulumi's provider process, without a stack", async () => {
    vi.stubEnv("NODE_OPTIONS", `--require ${faked}`);
    const provider = await ProviderProcess.start({});
    try {
      await expect(provider.provider("apisix:Proto").check({}, {})).rejects.toThrow(line);
      expect(provider.printed.join("\n")).not.toMatch(/^ +at /m);
    } finally {
      vi.unstubAllEnvs();
      await provider.close();
    }
  });
});
