import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { Engine, type EngineOptions } from "./engine.ts";
import { repository } from "./repository.ts";

/** Whose resources are measured: this package's through either door, or dynamic resources made the usual way that do nothing. */
export type Side = "ours" | "plugin" | "usual";

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

/** What a run takes in a process of its own. */
export interface Measured {
  seconds: number;
  /** The most memory that the plugin's process had, in MB, where there is one and the system says it. */
  memory: number | undefined;
}

/** The seconds that a run takes in a process of its own. */
export async function measure(run: Run): Promise<number> {
  return (await measureAll(run)).seconds;
}

/** What a run takes in a process of its own. */
export async function measureAll(run: Run): Promise<Measured> {
  const start = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename, JSON.stringify(run)]);
  const seconds = Number(((performance.now() - start) / 1000).toFixed(3));
  return { seconds, memory: stdout.trim() === "" ? undefined : Number(stdout) };
}

/** The plugin of the package, as it is built. */
export const PLUGIN = { name: "apisix", path: join(repository, "dist", "plugin") };

/** Looks from time to time how much memory the plugin's processes have had at most; gives the most of all, in MB. */
function watchMemory(): () => number | undefined {
  let most = 0;
  const look = () => {
    for (const file of globSync("/proc/[0-9]*/cmdline")) {
      try {
        if (!readFileSync(file, "utf8").includes(join(PLUGIN.path, "pulumi-resource-"))) continue;
        const status = readFileSync(join(dirname(file), "status"), "utf8");
        most = Math.max(most, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
      } catch {
        // The process has ended meanwhile.
      }
    }
  };
  const timer = setInterval(look, 200);
  return () => {
    clearInterval(timer);
    return most > 0 ? most : undefined;
  };
}

/** The stack of that name; it has been made before the run. */
export const stackOptions = (name: string) => ({ project: "bench", name });

/** The resources' arguments, the same for both sides. */
function* backends(resources: number) {
  for (let index = 0; index < Math.ceil(resources / 2); index += 1) {
    yield {
      upstream: {
        scheme: "https" as const,
        nodes: [{ host: `backend-${index}.example`, port: 443, weight: 1 }],
        passHost: "node" as const,
      },
      route: { host: `api-${index}.example`, uri: "/*" },
      names: [`upstream-${index}`, `route-${index}`] as const,
      // Of an odd number the last one is an upstream alone.
      hasRoute: 2 * index + 1 < resources,
    };
  }
}

/** Loaded when it is needed: a program of one side does not pay for the other's modules. */
const programs: Record<Side, (resources: number) => Promise<PulumiFn>> = {
  ours: async (resources) => {
    const apisix = await import("pulumi-external-backends/apisix");
    return async () => {
      for (const { names, upstream, route, hasRoute } of backends(resources)) {
        const { upstreamId } = new apisix.Upstream(names[0], upstream);
        if (hasRoute) new apisix.Route(names[1], { ...route, upstreamId });
      }
    };
  },
  plugin: async (resources) => {
    const pulumi = await import("@pulumi/pulumi");
    // As a generated package has it.
    class Upstream extends pulumi.CustomResource {
      declare readonly upstreamId: import("@pulumi/pulumi").Output<string>;
      constructor(name: string, args: object) {
        super("apisix:index:Upstream", name, { upstreamId: undefined, ...args });
      }
    }
    class Route extends pulumi.CustomResource {
      constructor(name: string, args: object) {
        super("apisix:index:Route", name, { routeId: undefined, ...args });
      }
    }
    return async () => {
      for (const { names, upstream, route, hasRoute } of backends(resources)) {
        const { upstreamId } = new Upstream(names[0], upstream);
        if (hasRoute) new Route(names[1], { ...route, upstreamId });
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
      for (const { names, upstream, route, hasRoute } of backends(resources)) {
        const { name } = new Usual(names[0], upstream);
        if (hasRoute) new Usual(names[1], { ...route, upstreamId: name });
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
    const plugins = side === "plugin" ? [PLUGIN] : [];
    const stack = await engine.stack(name, program, { project, existing: true, plugins });
    const memory = side === "plugin" ? watchMemory() : undefined;
    const method = operation === "up without changes" ? "up" : operation;
    const { changes } = await stack[method](more);
    const expected = { preview: "create", up: "create", destroy: "delete" } as Record<string, string>;
    const [what = "same"] = Object.keys(changes);
    if (what !== (expected[operation] ?? "same"))
      throw new Error(`${operation} of ${side} did ${JSON.stringify(changes)}`);
    const most = memory?.();
    if (most !== undefined) process.stdout.write(`${most.toFixed(1)}\n`);
  } finally {
    await engine.close();
  }
}

if (import.meta.main) await main(JSON.parse(process.argv[2] ?? ""));
