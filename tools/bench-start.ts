import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { markdownTable } from "./markdown.ts";
import { repository } from "./repository.ts";

/** What is measured, each time in a process of its own that has loaded Pulumi's SDK, as Pulumi's processes have. */
const MEASURED = {
  "provider: load for one kind": `
    start();
    require(dist + "/provider/index.js").handler("apisix:Route");
    stop();`,
  "provider: load and first check": `
    start();
    const route = require(dist + "/provider/index.js").handler("apisix:Route");
    const config = { "apisix:adminUrl": "http://127.0.0.1:1", "apisix:validation": "local" };
    route.configure({ config: { get: (key) => config[key] } });
    const inputs = { uri: "/*", upstreamId: "a", __context: { name: "a", stack: "a.b", owner: "0123456789abcdef" } };
    route.check({}, inputs).then(({ failures }) => {
      if (failures.length > 0) throw new Error(JSON.stringify(failures));
      stop();
    });`,
  "program: import apisix": `
    start();
    require(dist + "/sdk/apisix/index.js");
    stop();`,
  "program: import apisix, make a route": `
    pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
    start();
    const { Route } = require(dist + "/sdk/apisix/index.js");
    new Route("a", { uri: "/*", upstreamId: "a" }).id.apply(stop);`,
};

/** Prints milliseconds: of the clock, and of the processor. */
const FRAME = `
  const dist = process.argv[1] + "/dist";
  const pulumi = require(process.argv[1] + "/node_modules/@pulumi/pulumi");
  let clock, processor;
  const start = () => { clock = performance.now(); processor = process.cpuUsage(); };
  const stop = () => {
    const { user, system } = process.cpuUsage(processor);
    console.log(JSON.stringify([performance.now() - clock, (user + system) / 1000]));
  };`;

type Name = keyof typeof MEASURED;
type Times = [clock: number, processor: number];

const CHECKED: Name = "provider: load and first check";

async function measure(folder: string, name: Name, env: Record<string, string>): Promise<Times> {
  const { NODE_COMPILE_CACHE: _, ...variables } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", FRAME + MEASURED[name], folder], {
    env: { ...variables, ...env },
  });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

/** A table of medians for each checkout: with nothing compiled before, and with what an earlier process has compiled. */
export async function benchStart(
  rounds: number,
  against: string | undefined,
  log: (line: string) => void,
): Promise<string> {
  const folders = [repository, ...(against === undefined ? [] : [against])];
  const temporary = await mkdtemp(join(tmpdir(), "bench-start-"));
  const warm = { XDG_CACHE_HOME: temporary };
  const caches: [string, Record<string, string>][] = [
    ["nothing compiled", { NODE_DISABLE_COMPILE_CACHE: "1" }],
    ["compiled before", warm],
  ];
  try {
    for (const folder of folders) await measure(folder, CHECKED, warm);
    const rows: string[][] = [];
    for (const name of Object.keys(MEASURED) as Name[])
      for (const [title, env] of name.startsWith("provider") ? caches : caches.slice(0, 1)) {
        log(`${name}, ${title}`);
        const times = folders.map((): Times[] => []);
        // The sides take turns, so that whatever else runs on the machine meets both.
        for (let round = 0; round < rounds; round += 1)
          for (const [side, folder] of folders.entries()) times[side]?.push(await measure(folder, name, env));
        const label = name.startsWith("provider") ? `${name}, ${title}` : name;
        rows.push([label, ...times.flatMap((all) => [0, 1].map((index) => median(all, index)))]);
      }
    const head = folders.flatMap((folder) => [`${folder}: ms`, "of processor"]);
    return markdownTable([[`medians of ${rounds}`, ...head], ...rows]);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function median(times: Times[], index: number): string {
  const sorted = times.map((one) => one[index] ?? 0).toSorted((a, b) => a - b);
  return (sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(1);
}
