import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { Engine, type EngineOptions } from "./engine.ts";

/** Whose resources are measured: this package's, or dynamic resources made the usual way that do nothing. */
export type Side = "ours" | "usual";

/** What is measured, in this order. */
export const operations = ["preview", "up", "up without changes", "refresh", "destroy"] as const;

/** One of {@link operations}. */
export type Operation = (typeof operations)[number];

/** One measured run, in a process of its own. */
export interface Run {
  side: Side;
  operation: Operation;
  /** Half of them upstreams, half routes. */
  resources: number;
  engine: EngineOptions;
  /** The option `--parallel`. */
  parallel?: number;
  /** The stack, where it is not that of the side. */
  stack?: string;
}

/** The seconds that a run takes in a process of its own. */
export async function measure(run: Run): Promise<number> {
  const start = performance.now();
  await promisify(execFile)(process.execPath, [import.meta.filename, JSON.stringify(run)]);
  return Number(((performance.now() - start) / 1000).toFixed(3));
}

/** The stack of that name; it has been made before the run. */
export const stackOptions = (name: string) => ({ project: "bench", name });

/** The resources' arguments, the same for both sides. */
function* backends(resources: number) {
  for (let index = 0; index < Math.floor(resources / 2); index += 1) {
    yield {
      upstream: {
        scheme: "https" as const,
        nodes: [{ host: `backend-${index}.example`, port: 443, weight: 1 }],
        passHost: "node" as const,
      },
      route: { host: `api-${index}.example`, uri: "/*" },
      names: [`upstream-${index}`, `route-${index}`] as const,
    };
  }
}

/** Loaded when it is needed: a program of one side does not pay for the other's modules. */
const programs: Record<Side, (resources: number) => Promise<PulumiFn>> = {
  ours: async (resources) => {
    const apisix = await import("pulumi-external-backends/apisix");
    return async () => {
      for (const { names, upstream, route } of backends(resources)) {
        const { upstreamId } = new apisix.Upstream(names[0], upstream);
        new apisix.Route(names[1], { ...route, upstreamId });
      }
    };
  },
  usual: async (resources) => {
    const pulumi = await import("@pulumi/pulumi");
    // What every such provider has, and nothing in it: Pulumi writes the text of it all into each resource's state.
    type Inputs = Record<string, unknown>;
    const provider = {
      check: async (_old: Inputs, inputs: Inputs) => ({ inputs }),
      diff: async () => ({ changes: false }),
      create: async (inputs: Inputs) => ({ id: String(inputs.name), outs: inputs }),
      read: async (id: string, props: Inputs) => ({ id, props }),
      update: async (_id: string, _old: Inputs, inputs: Inputs) => ({ outs: inputs }),
      delete: async () => {},
    };
    class Usual extends pulumi.dynamic.Resource {
      declare readonly name: import("@pulumi/pulumi").Output<string>;
      constructor(name: string, args: object) {
        super(provider, name, { name, ...args });
      }
    }
    return async () => {
      for (const { names, upstream, route } of backends(resources)) {
        const { name } = new Usual(names[0], upstream);
        new Usual(names[1], { ...route, upstreamId: name });
      }
    };
  },
};

async function main({
  side,
  operation,
  resources,
  engine: options,
  stack: named,
  ...more
}: Run): Promise<void> {
  const engine = await Engine.start(options);
  try {
    const program = await programs[side](resources);
    const { project, name } = stackOptions(named ?? side);
    const stack = await engine.stack(name, program, { project, existing: true });
    const method = operation === "up without changes" ? "up" : operation;
    const { changes } = await stack[method](more);
    const expected = { preview: "create", up: "create", destroy: "delete" } as Record<string, string>;
    const [what = "same"] = Object.keys(changes);
    if (what !== (expected[operation] ?? "same"))
      throw new Error(`${operation} of ${side} did ${JSON.stringify(changes)}`);
  } finally {
    await engine.close();
  }
}

if (import.meta.main) await main(JSON.parse(process.argv[2] ?? ""));
