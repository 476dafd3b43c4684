import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startApisix } from "../sandbox/apisix/index.ts";
import { benchLarge } from "./bench-large.ts";
import { benchPreviews, type Previews, previewTable } from "./bench-preview.ts";
import { measure, type Operation, operations, type Side, stackOptions } from "./bench-run.ts";
import { benchStart } from "./bench-start.ts";
import { Engine } from "./engine.ts";
import { markdownTable } from "./markdown.ts";

const help = `npm run bench [-- options]

Measures Pulumi's operations on half as many upstreams and half as many routes against the sandbox, beside the same
operations on as many dynamic resources made the usual way (pulumi.dynamic.Resource) that do nothing. Each operation is
a process of its own, from its start to its end, and the two sides take turns. Then previews of ours with validation by a
server that takes 20 ms for every answer, beside those that ask nobody.

  --large         only up and destroy, only ours, with and without the settings for large stacks
  --resources N   how many resources (default 200; with --large 1000)
  --rounds N      how often; the fastest of each is shown (default 3; with --large 2; with --start, medians of 20)
  --start         only how long the provider's code and a program's import take to load, and make a first check or resource
  --against DIR   with --start: beside another checkout of this repository, built and with its node_modules
  --json          prints JSON on standard output, and nothing else there (not with --large or --start)
  --help          this text
`;

const sides: readonly Side[] = ["ours", "usual"];

/** What is aimed at: seconds of ours divided by seconds of the usual way. */
const aims = (resources: number): Partial<Record<Operation, number>> =>
  resources >= 1000
    ? { up: 0.5, destroy: 0.5 }
    : { up: 0.75, "up without changes": 1.05, refresh: 1.1, destroy: 0.75 };

interface Row {
  operation: Operation;
  /** Seconds. */
  ours: number;
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
  previews: Previews;
}

/** Measures it all. */
async function bench(resources: number, rounds: number, log: (line: string) => void): Promise<Report> {
  const apisix = await startApisix();
  // As users run Pulumi: none of what makes the repository's tests faster.
  const environment = {
    NODE_COMPILE_CACHE: undefined,
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: undefined,
  };
  const engine = await Engine.start({ environment });
  const folders = { backendDir: engine.backendDir, workDir: engine.workDir };
  const seconds = Object.fromEntries(
    operations.map((operation) => [operation, { ours: [] as number[], usual: [] as number[] }]),
  ) as Record<Operation, Record<Side, number[]>>;
  const requests: Partial<Record<Operation, number>> = {};
  const stateBytesPerResource = { ours: 0, usual: 0 };
  const config = {
    "apisix:adminUrl": apisix.adminUrl,
    "apisix:adminKey": { value: apisix.adminKey, secret: true },
  } as const;
  try {
    for (const side of sides) {
      const { project, name } = stackOptions(side);
      await engine.stack(name, async () => {}, { project, config });
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const operation of operations) {
        // Who goes first changes, so that neither always finds the warmer machine.
        for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
          const before = apisix.requests.length;
          const time = await measure({ side, operation, resources, engine: { ...folders, environment } });
          seconds[operation][side].push(time);
          if (side === "ours") requests[operation] = apisix.requests.length - before;
          if (operation === "up") stateBytesPerResource[side] = await stateBytes(engine, side, resources);
          log(`${operation}, ${side}: ${time.toFixed(2)} s`);
        }
      }
    }
  } finally {
    await Promise.all([engine.close(), apisix.close()]);
  }
  const rows = operations.map((operation): Row => {
    // Whatever else runs on the machine only ever adds.
    const [ours, usual] = [Math.min(...seconds[operation].ours), Math.min(...seconds[operation].usual)];
    const aim = aims(resources)[operation];
    const ratio = Number((ours / usual).toFixed(2));
    return {
      operation,
      ours,
      usual,
      ratio,
      ...(aim === undefined ? {} : { aim }),
      requests: requests[operation] ?? 0,
    };
  });
  const previews = await benchPreviews(resources, rounds, environment, log);
  return { resources, rounds, rows, stateBytesPerResource, previews };
}

async function stateBytes(engine: Engine, side: Side, resources: number): Promise<number> {
  const { project, name } = stackOptions(side);
  const file = join(engine.backendDir, ".pulumi", "stacks", project, `${name}.json`);
  return Math.round((await stat(file)).size / resources);
}

/** The report as Markdown tables. */
function table({ resources, rows, stateBytesPerResource, previews }: Report): string {
  const header = ["", "ours", "usual way", "ratio", "aim", "requests"];
  const lines = rows.map((row) => [
    row.operation,
    `${row.ours.toFixed(1)} s`,
    `${row.usual.toFixed(1)} s`,
    row.ratio.toFixed(2),
    row.aim === undefined ? "" : `≤ ${row.aim}`,
    String(row.requests),
  ]);
  const { ours, usual } = stateBytesPerResource;
  const state = ["state per resource", `${ours} B`, `${usual} B`, (ours / usual).toFixed(2), "", ""];
  const all = [[`${resources} resources`, ...header.slice(1)], ...lines, state];
  return `${markdownTable(all)}\n${previewTable(resources, previews)}`;
}

function count(text: string, option: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`--${option} ${text}: a number is wanted.`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      large: { type: "boolean", default: false },
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
