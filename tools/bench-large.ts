import { startApisix } from "../sandbox/apisix/index.ts";
import { measure, type Run, stackOptions } from "./bench-run.ts";
import { Engine, type Environment } from "./engine.ts";
import { markdownTable } from "./markdown.ts";

/** A way to run Pulumi on a large stack. */
interface Way {
  name: string;
  environment?: Environment;
  /** The option `--parallel`. */
  parallel?: number;
  /** Milliseconds added to every answer of the server. */
  delay?: number;
}

const skip = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };
const noBackups = { PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true" };

const ways: readonly Way[] = [
  { name: "as it is" },
  { name: "no backups of the state", environment: noBackups },
  { name: "no checkpoints", environment: skip },
  { name: "no checkpoints, 20 ms a request", environment: skip, delay: 20 },
  { name: "the same with `--parallel 32`", environment: skip, delay: 20, parallel: 32 },
];

const operations = ["up", "destroy"] as const;

/** Measures `up` and `destroy` of a large stack in each of the {@link ways}; the fastest of the rounds, as a table. */
export async function benchLarge(
  resources: number,
  rounds: number,
  log: (line: string) => void,
): Promise<string> {
  const rows: string[][] = [];
  for (const way of ways) {
    const seconds = await measureWay(way, resources, rounds, log);
    rows.push([
      way.name,
      ...operations.map((operation) => `${Math.min(...seconds[operation]).toFixed(1)} s`),
    ]);
  }
  return markdownTable([[`${resources} resources`, ...operations], ...rows]);
}

async function measureWay(
  { name, delay = 0, ...way }: Way,
  resources: number,
  rounds: number,
  log: (line: string) => void,
): Promise<Record<(typeof operations)[number], number[]>> {
  const apisix = await startApisix({ delay });
  // As users run Pulumi: none of what makes the repository's tests faster.
  const environment = {
    NODE_COMPILE_CACHE: undefined,
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: undefined,
    ...way.environment,
  };
  const engine = await Engine.start({ environment });
  const { backendDir, workDir } = engine;
  const seconds = { up: [] as number[], destroy: [] as number[] };
  try {
    const { project, name: stack } = stackOptions("ours");
    const config = {
      "apisix:adminUrl": apisix.adminUrl,
      "apisix:adminKey": { value: apisix.adminKey, secret: true },
    } as const;
    await engine.stack(stack, async () => {}, { project, config });
    const options = way.parallel === undefined ? {} : { parallel: way.parallel };
    const run = {
      side: "ours",
      resources,
      engine: { backendDir, workDir, environment },
      ...options,
    } as const;
    for (let round = 0; round < rounds; round += 1) {
      for (const operation of operations) {
        const time = await measure({ ...run, operation } satisfies Run);
        seconds[operation].push(time);
        log(`${operation}, ${name}: ${time.toFixed(2)} s`);
      }
    }
  } finally {
    await Promise.all([engine.close(), apisix.close()]);
  }
  return seconds;
}
