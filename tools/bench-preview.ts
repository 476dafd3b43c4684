import { startApisix } from "../sandbox/apisix/index.ts";
import { measure, stackOptions } from "./bench-run.ts";
import { Engine, type EngineOptions } from "./engine.ts";
import { markdownTable } from "./markdown.ts";

/** Milliseconds that are added to every answer of the server. */
const DELAY = 20;
/** What is aimed at: seconds with the server divided by seconds without. */
const AIM = 1.3;
const ways = ["server", "local"] as const;

/** Seconds of a preview with each way of validation, and what the server was asked for it. */
export interface Previews {
  server: number;
  local: number;
  ratio: number;
  aim: number;
  requests: number;
}

/** Measures a preview that asks a server that is not near, beside one that asks nobody; the fastest of the rounds. */
export async function benchPreviews(
  resources: number,
  rounds: number,
  environment: EngineOptions["environment"],
  log: (line: string) => void,
): Promise<Previews> {
  const apisix = await startApisix({ delay: DELAY });
  const engine = await Engine.start(environment === undefined ? {} : { environment });
  const { backendDir, workDir } = engine;
  const options = { backendDir, workDir, ...(environment === undefined ? {} : { environment }) };
  const seconds = { server: [] as number[], local: [] as number[] };
  let requests = 0;
  try {
    for (const validation of ways) {
      const { project, name } = stackOptions(validation);
      const config = {
        "apisix:adminUrl": apisix.adminUrl,
        "apisix:adminKey": { value: apisix.adminKey, secret: true },
        "apisix:validation": validation,
      } as const;
      await engine.stack(name, async () => {}, { project, config });
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const validation of round % 2 === 0 ? ways : ways.toReversed()) {
        const before = apisix.requests.length;
        const run = { side: "ours", operation: "preview", resources, engine: options } as const;
        const time = await measure({ ...run, stack: validation });
        seconds[validation].push(time);
        if (validation === "server") requests = apisix.requests.length - before;
        log(`preview, validation ${validation}, ${DELAY} ms an answer: ${time.toFixed(2)} s`);
      }
    }
  } finally {
    await Promise.all([engine.close(), apisix.close()]);
  }
  const [server, local] = [Math.min(...seconds.server), Math.min(...seconds.local)];
  return { server, local, ratio: Number((server / local).toFixed(2)), aim: AIM, requests };
}

/** The previews as a Markdown table. */
export function previewTable(resources: number, { server, local, ratio, aim, requests }: Previews): string {
  return markdownTable([
    [`${resources} resources`, 'validation "server"', '"local"', "ratio", "aim", "requests"],
    [
      `preview, ${DELAY} ms an answer`,
      `${server.toFixed(1)} s`,
      `${local.toFixed(1)} s`,
      ratio.toFixed(2),
      `≤ ${aim}`,
      String(requests),
    ],
  ]);
}
