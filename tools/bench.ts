import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startApisix } from "../sandbox/apisix/index.ts";
import { benchLarge } from "./bench-large.ts";
import { benchStart as benchPluginStart, timesOf } from "./bench-plugin-start.ts";
import { benchPreviews, type Previews, previewTable } from "./bench-preview.ts";
import { measureAll, type Operation, operations, PLUGIN, type Side, stackOptions } from "./bench-run.ts";
import { benchScale } from "./bench-scale.ts";
import { benchStart } from "./bench-start.ts";
import { Engine } from "./engine.ts";
import { markdownTable } from "./markdown.ts";

const help = `npm run bench [-- options]

Measures Pulumi's operations on half as many upstreams and half as many routes against the sandbox, beside the same
operations through the plugin, and on as many dynamic resources made the usual way (pulumi.dynamic.Resource) that do
nothing. Each operation is a process of its own, from its start to its end, and the sides take turns. Then the plugin's
memory, and its start until it prints its port beside \`node -e 0\`; and previews of ours with validation by a server that
takes 20 ms for every answer, beside those that ask nobody.

  --large         only up and destroy, only ours, with and without the settings for large stacks
  --resources N   how many resources (default 200; with --large 1000)
  --rounds N      how often; the fastest of each is shown (default 3; with --large 2; with --start, medians of 20)
  --scale         only first runs of single resources and of bundles, from 10 to 10,000 objects; writes docs/large-stacks.svg
  --sizes LIST    with --scale: numbers of objects, such as 300,3000
  --only TEXT     with --scale: only the curves with this in their name; writes no plot
  --start         only how long the provider's code and a program's import take to load, and make a first check or resource
  --against DIR   with --start: beside another checkout of this repository, built and with its node_modules
  --json          prints JSON on standard output, and nothing else there (not with --large or --start)
  --help          this text
`;

const sides: readonly Side[] = ["ours", "plugin", "usual"];

/** What is aimed at: seconds of ours divided by seconds of the usual way. */
const aims = (resources: number): Partial<Record<Operation, number>> =>
  resources >= 1000
    ? { up: 0.5, destroy: 0.5 }
    : { up: 0.75, "up without changes": 1.05, refresh: 1.1, destroy: 0.75 };

interface Row {
  operation: Operation;
  /** Seconds. */
  ours: number;
  /** Seconds, through the plugin. */
  plugin: number;
  /** Seconds. */
  usual: number;
  ratio: number;
  aim?: number;
  /** Requests at the Admin API; the usual way makes none. */
  requests: number;
}

interface Report {
  resources: number;
  rounds: number;
  rows: Row[];
  /** Bytes of the state file per resource, after up. */
  stateBytesPerResource: Record<Side, number>;
  plugin: {
    /** MB at most, of all operations. */
    memory?: number;
    /** Milliseconds of the median start until the port is printed, and of `node -e 0` beside it. */
    start: { plugin: number; node: number };
  };
  previews: Previews;
}

/** Measures it all. */
async function bench(resources: number, rounds: number, log: (line: string) => void): Promise<Report> {
  // One for each side: both doors make the same objects.
  const gateways = { ours: await startApisix(), plugin: await startApisix(), usual: await startApisix() };
  // As users run Pulumi: none of what makes the repository's tests faster.
  const environment = {
    NODE_COMPILE_CACHE: undefined,
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: undefined,
  };
  const engine = await Engine.start({ environment });
  const folders = { backendDir: engine.backendDir, workDir: engine.workDir };
  const seconds = Object.fromEntries(
    operations.map((operation) => [
      operation,
      { ours: [] as number[], plugin: [] as number[], usual: [] as number[] },
    ]),
  ) as Record<Operation, Record<Side, number[]>>;
  const requests: Partial<Record<Operation, number>> = {};
  const stateBytesPerResource = { ours: 0, plugin: 0, usual: 0 };
  let memory: number | undefined;
  try {
    for (const side of sides) {
      const { project, name } = stackOptions(side);
      const plugins = side === "plugin" ? [PLUGIN] : [];
      const { adminUrl, adminKey } = gateways[side];
      const config = {
        "apisix:adminUrl": adminUrl,
        "apisix:adminKey": { value: adminKey, secret: true },
      } as const;
      await engine.stack(name, async () => {}, { project, config, plugins });
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const operation of operations) {
        // Who goes first changes, so that neither always finds the warmer machine.
        for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
          const before = gateways.ours.requests.length;
          const run = { side, operation, resources, engine: { ...folders, environment } };
          const { seconds: time, memory: used } = await measureAll(run);
          if (used !== undefined) memory = Math.max(memory ?? 0, used);
          seconds[operation][side].push(time);
          if (side === "ours") requests[operation] = gateways.ours.requests.length - before;
          if (operation === "up") stateBytesPerResource[side] = await stateBytes(engine, side, resources);
          log(`${operation}, ${side}: ${time.toFixed(2)} s`);
        }
      }
    }
  } finally {
    await Promise.all([engine, ...Object.values(gateways)].map((started) => started.close()));
  }
  const rows = operations.map((operation): Row => {
    // Whatever else runs on the machine only ever adds.
    const [ours, plugin, usual] = (["ours", "plugin", "usual"] as const).map((side) =>
      Math.min(...seconds[operation][side]),
    ) as [number, number, number];
    const aim = aims(resources)[operation];
    const ratio = Number((ours / usual).toFixed(2));
    return {
      operation,
      ours,
      plugin,
      usual,
      ratio,
      ...(aim === undefined ? {} : { aim }),
      requests: requests[operation] ?? 0,
    };
  });
  const previews = await benchPreviews(resources, rounds, environment, log);
  const plugin = { ...(memory === undefined ? {} : { memory }), start: await pluginStart(log) };
  return { resources, rounds, rows, stateBytesPerResource, plugin, previews };
}

/** How long the plugin takes until it prints its port, and Node.js until it ends. */
async function pluginStart(log: (line: string) => void): Promise<Report["plugin"]["start"]> {
  log("start of the plugin");
  const executable = join(PLUGIN.path, `pulumi-resource-${PLUGIN.name}`);
  const rounds = 15;
  const all = await benchPluginStart([[process.execPath, "-e", "0"], [executable]], rounds);
  const [node = Number.NaN, plugin = Number.NaN] = all.map(
    (starts) => timesOf(starts.map(({ time }) => time)).median,
  );
  return { plugin, node };
}

async function stateBytes(engine: Engine, side: Side, resources: number): Promise<number> {
  const { project, name } = stackOptions(side);
  const file = join(engine.backendDir, ".pulumi", "stacks", project, `${name}.json`);
  return Math.round((await stat(file)).size / resources);
}

/** The report as Markdown tables. */
function table({ resources, rows, stateBytesPerResource, plugin: ofPlugin, previews }: Report): string {
  const header = ["", "ours", "plugin", "usual way", "ours / usual", "aim", "requests"];
  const lines = rows.map((row) => [
    row.operation,
    `${row.ours.toFixed(1)} s`,
    `${row.plugin.toFixed(1)} s`,
    `${row.usual.toFixed(1)} s`,
    row.ratio.toFixed(2),
    row.aim === undefined ? "" : `≤ ${row.aim}`,
    String(row.requests),
  ]);
  const { ours, plugin, usual } = stateBytesPerResource;
  const bytes = [ours, plugin, usual].map((size) => `${size} B`);
  const state = ["state per resource", ...bytes, (ours / usual).toFixed(2), "", ""];
  const all = [[`${resources} resources`, ...header.slice(1)], ...lines, state];
  const { memory, start } = ofPlugin;
  const figures = markdownTable([
    ["the plugin", ""],
    ["memory at most", memory === undefined ? "not known here" : `${memory.toFixed(0)} MB`],
    ["start until it prints its port", `${start.plugin.toFixed(0)} ms`],
    ["`node -e 0` beside it", `${start.node.toFixed(0)} ms`],
  ]);
  return `${markdownTable(all)}\n${figures}\n${previewTable(resources, previews)}`;
}

function count(text: string, option: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`--${option} ${text}: a number is wanted.`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      large: { type: "boolean", default: false },
      scale: { type: "boolean", default: false },
      sizes: { type: "string" },
      only: { type: "string" },
      start: { type: "boolean", default: false },
      against: { type: "string" },
      resources: { type: "string" },
      rounds: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return void process.stdout.write(help);
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const { large, start, against } = values;
  if (values.scale) {
    const sizes = (values.sizes ?? "10,100,1000,3000,10000").split(",").map((text) => count(text, "sizes"));
    return void process.stdout.write(`\n${await benchScale({ sizes, only: values.only, log })}`);
  }
  const resources = count(values.resources ?? (large ? "1000" : "200"), "resources");
  const rounds = count(values.rounds ?? (start ? "20" : large ? "2" : "3"), "rounds");
  if (start) {
    const other = against === undefined ? undefined : resolve(against);
    return void process.stdout.write(`\n${await benchStart(rounds, other, log)}`);
  }
  if (large) return void process.stdout.write(`\n${await benchLarge(resources, rounds, log)}`);
  const report = await bench(resources, rounds, log);
  process.stdout.write(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : `\n${table(report)}`);
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
