import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { Engine, type EngineOptions, type StackOptions } from "./engine.ts";

/** How the objects are declared: as a bundle, through one of the doors, or as a resource each. */
export type Way = "bundle" | "plugin bundle" | "single resources" | "nothing" | "nothing, plugin";

/** One operation, in a process of its own. */
export interface BundleRun {
  way: Way;
  operation: "up" | "preview" | "refresh" | "destroy";
  /** A third of them upstreams, services and routes each. */
  objects: number;
  /** So many routes have another path. */
  changed: number;
  stack: string;
  engine: EngineOptions;
  options: StackOptions;
}

/** What an operation took. */
export interface Taken {
  /** Seconds on the clock. */
  wall: number;
  /** Seconds of all processes. */
  cpu: number;
  /** Largest size of the provider's process, in MB. */
  memory: number;
}

/** Runs an operation and measures it. `times` of the shell tells what all processes have used. */
export async function measureBundle(run: BundleRun): Promise<Taken> {
  const start = performance.now();
  const script = '"$0" "$@"; result=$?; times; exit $result';
  const { stdout } = await promisify(execFile)(
    "sh",
    ["-c", script, process.execPath, import.meta.filename, JSON.stringify(run)],
    { maxBuffer: Number.POSITIVE_INFINITY },
  );
  const wall = (performance.now() - start) / 1000;
  const lines = stdout.trim().split("\n");
  const cpu = [...(lines.at(-1) ?? "").matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
  const memory = Number(lines.find((line) => line.startsWith("memory "))?.slice(7) ?? 0);
  return { wall, cpu, memory };
}

/** The objects, by kind and key. */
export function objectsOf(objects: number, changed: number) {
  const each = <T>(make: (n: number) => T) =>
    Object.fromEntries(Array.from({ length: Math.ceil(objects / 3) }, (_, n) => [`o${n}`, make(n)]));
  return {
    upstreams: each((n) => ({
      scheme: "https" as const,
      nodes: [{ host: `backend-${n}.example`, port: 443, weight: 1 }],
      passHost: "node" as const,
    })),
    services: each((n) => ({ upstreamId: `o${n}`, hosts: [`api-${n}.example`] })),
    routes: each((n) => ({ uri: n < changed ? "/v1/*" : "/*", serviceId: `o${n}` })),
  };
}

async function programOf({ way, objects, changed }: BundleRun): Promise<PulumiFn> {
  const tables = objectsOf(objects, changed);
  if (way === "plugin bundle" || way === "nothing, plugin") {
    const entries = way === "plugin bundle" ? JSON.stringify(tables) : "{}";
    return async () => {
      new PluginBundle("bundle", { entries });
    };
  }
  const apisix = await import("pulumi-external-backends/apisix");
  if (way === "bundle" || way === "nothing")
    return async () => {
      new apisix.Bundle("bundle", way === "bundle" ? tables : {});
    };
  return async () => {
    for (const [name, args] of Object.entries(tables.upstreams)) {
      const { upstreamId } = new apisix.Upstream(name, args);
      const { serviceId } = new apisix.Service(name, { ...tables.services[name], upstreamId });
      new apisix.Route(name, { uri: tables.routes[name]?.uri ?? "/*", serviceId });
    }
  };
}

class PluginBundle extends pulumi.CustomResource {
  constructor(name: string, args: pulumi.Inputs) {
    super("apisix:index:Bundle", name, args);
  }
}

/** Megabytes that the provider's process, a descendant of this one, has used at most so far. */
async function providerMemory(): Promise<number> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(pids.map((pid) => processOf(pid).catch(() => undefined)));
  const parents = new Map(all.flatMap((one) => (one ? [[one.pid, one.parent] as const] : [])));
  const isBelow = (pid: number): boolean =>
    pid > 1 && (pid === process.pid || isBelow(parents.get(pid) ?? 0));
  const sizes = all.flatMap((one) =>
    one && /dynamic-provider|pulumi-resource-apisix/.test(one.command) && isBelow(one.pid) ? [one.peak] : [],
  );
  return Math.max(0, ...sizes);
}

async function processOf(pid: string) {
  const [status = "", command = ""] = await Promise.all(
    ["status", "cmdline"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8")),
  );
  const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
  const peak = Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
  return { pid: Number(pid), parent, peak, command: command.replaceAll("\0", " ") };
}

async function main(run: BundleRun): Promise<void> {
  const engine = await Engine.start(run.engine);
  let memory = 0;
  const timer = setInterval(() => void providerMemory().then((now) => (memory = Math.max(memory, now))), 300);
  try {
    const stack = await engine.stack(run.stack, await programOf(run), {
      ...run.options,
      project: "bench",
      existing: true,
    });
    await stack[run.operation]();
  } finally {
    clearInterval(timer);
    await engine.close();
  }
  process.stdout.write(`memory ${memory}\n`);
}

if (import.meta.main) await main(JSON.parse(process.argv[2] ?? ""));
