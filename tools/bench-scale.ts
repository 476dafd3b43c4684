import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Agent, request } from "undici";
import { type ApisixSandbox, startApisix } from "../sandbox/apisix/index.ts";
import { type BundleRun, measureBundle, objectsOf, type Taken, type Way } from "./bench-bundle-run.ts";
import { plot, type Series } from "./bench-plot.ts";
import { Engine, type Environment } from "./engine.ts";
import { markdownTable } from "./markdown.ts";
import { repository } from "./repository.ts";

/** One way to declare many objects, as the plot shows it. */
interface Curve {
  name: string;
  way: Way;
  environment?: Environment;
  /** More objects would take too long. */
  most: number;
}

const skip = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

const CURVES: readonly Curve[] = [
  { name: "a resource each", way: "single resources", most: 1000 },
  { name: "a resource each, no checkpoints", way: "single resources", environment: skip, most: 3000 },
  { name: "bundle", way: "bundle", most: 10_000 },
  { name: "bundle, plugin", way: "plugin bundle", most: 10_000 },
];

const STEPS = ["create", "no change", "one changed", "refresh", "destroy"] as const;
type Step = (typeof STEPS)[number];

/** Where the plot is committed. */
const PLOT = join(repository, "docs", "large-stacks.svg");

/** Options of {@link benchScale}. */
export interface ScaleOptions {
  /** Numbers of objects. */
  sizes: readonly number[];
  /** Only curves whose name contains this. */
  only?: string | undefined;
  log(line: string): void;
}

/** Measures single resources and bundles from few to many objects; returns tables, and writes the plot. */
export async function benchScale({ sizes, only = "", log }: ScaleOptions): Promise<string> {
  const series: Series[] = [];
  const tables: string[] = [];
  for (const curve of CURVES.filter(({ name }) => name.includes(only))) {
    const points: [number, number][] = [];
    const rows: string[][] = [];
    for (const objects of sizes.filter((size) => size <= curve.most)) {
      const { steps, raw, empty } = await measureCurve(curve, objects, log);
      points.push([objects, Math.max(0.1, steps.create.cpu - empty.cpu)]);
      for (const step of STEPS) {
        const taken = steps[step];
        rows.push([
          String(objects),
          step,
          (taken.wall - empty.wall).toFixed(1),
          (taken.cpu - empty.cpu).toFixed(1),
          String(taken.requests),
          step === "create" || step === "destroy" ? raw[step].toFixed(1) : "",
          String(taken.memory),
        ]);
      }
    }
    series.push({ name: curve.name, points });
    const header = ["objects", curve.name, "wall s", "CPU s", "requests", "16 connections s", "provider MB"];
    tables.push(markdownTable([header, ...rows]));
  }
  if (only === "") await writeFile(PLOT, plot(series));
  return tables.join("\n");
}

async function measureCurve(
  { way, name, environment: own = {} }: Curve,
  objects: number,
  log: (line: string) => void,
) {
  const apisix = await startApisix();
  const environment = {
    NODE_COMPILE_CACHE: undefined,
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: undefined,
    ...own,
  };
  const engine = await Engine.start({ environment });
  const { backendDir, workDir } = engine;
  const plugins = [{ name: "apisix", path: join(repository, "dist", "plugin") }];
  const options = way.includes("plugin") ? { plugins } : {};
  const config = {
    "apisix:adminUrl": apisix.adminUrl,
    "apisix:adminKey": { value: apisix.adminKey, secret: true },
    "apisix:maxConcurrency": "16",
  } as const;
  const run = { way, objects, changed: 0, options, engine: { backendDir, workDir, environment } };
  const nothing: Way = way.includes("plugin") ? "nothing, plugin" : "nothing";
  try {
    for (const stack of ["measured", "empty"])
      await engine.stack(stack, async () => {}, { ...options, project: "bench", config });
    const raw = await rawSeconds(apisix, objects);
    await measureBundle({ ...run, way: nothing, stack: "empty", operation: "up" });
    const empty = await measureBundle({ ...run, way: nothing, stack: "empty", operation: "up" });
    const runs: Record<Step, Pick<BundleRun, "operation" | "changed">> = {
      create: { operation: "up", changed: 0 },
      "no change": { operation: "up", changed: 0 },
      "one changed": { operation: "up", changed: 1 },
      refresh: { operation: "refresh", changed: 1 },
      destroy: { operation: "destroy", changed: 1 },
    };
    const steps = {} as Record<Step, Taken & { requests: number }>;
    for (const step of STEPS) {
      const before = apisix.requests.length;
      const taken = await measureBundle({ ...run, ...runs[step], stack: "measured" });
      steps[step] = { ...taken, requests: apisix.requests.length - before };
      log(
        `${name}, ${objects} objects, ${step}: ${taken.wall.toFixed(1)} s, an empty program ${empty.wall.toFixed(1)} s`,
      );
    }
    return { steps, raw, empty };
  } finally {
    await Promise.all([engine.close(), apisix.close()]);
  }
}

/** Seconds of the same writes, and of the same removals, with 16 connections and nothing else. */
async function rawSeconds(
  apisix: ApisixSandbox,
  objects: number,
): Promise<{ create: number; destroy: number }> {
  const { upstreams, services, routes } = objectsOf(objects, 0);
  const names = Object.keys(upstreams);
  const bodies: [string, Record<string, object>][] = [
    [
      "upstreams",
      Object.fromEntries(
        names.map((name) => [
          name,
          { type: "roundrobin", scheme: "https", pass_host: "node", nodes: upstreams[name]?.nodes },
        ]),
      ),
    ],
    [
      "services",
      Object.fromEntries(names.map((name) => [name, { upstream_id: name, hosts: services[name]?.hosts }])),
    ],
    [
      "routes",
      Object.fromEntries(names.map((name) => [name, { uris: [routes[name]?.uri], service_id: name }])),
    ],
  ];
  const dispatcher = new Agent({ connections: 16 });
  const send = async (method: "PUT" | "DELETE", kind: string, name: string, body?: object) => {
    const answer = await request(`${apisix.adminUrl}/apisix/admin/${kind}/${name}`, {
      method,
      dispatcher,
      headers: { "x-api-key": apisix.adminKey, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    await answer.body.dump();
  };
  const seconds = async (work: () => Promise<void>) => {
    const start = performance.now();
    await work();
    return (performance.now() - start) / 1000;
  };
  const create = await seconds(async () => {
    for (const [kind, all] of bodies)
      await Promise.all(Object.entries(all).map(([name, body]) => send("PUT", kind, name, body)));
  });
  const destroy = await seconds(async () => {
    for (const [kind] of bodies.toReversed())
      await Promise.all(names.map((name) => send("DELETE", kind, name)));
  });
  await dispatcher.close();
  return { create, destroy };
}
