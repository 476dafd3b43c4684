import { existsSync } from "node:fs";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Intercept } from "../../sandbox/apisix/index.ts";
import type { TestStack } from "../../tools/engine.ts";
import type { World } from "./world.ts";

/** Whom the tests kill: the processes of the providers (one for all dynamic resources, one of each plugin), or the engine. */
export type Victim = "provider process" | "engine";

/** The processes are looked up in /proc. */
export const canKill = existsSync("/proc/self/stat");

interface Process {
  pid: number;
  parent: number;
  command: string;
}

/**
 * Kills (SIGKILL) the victim of the operation that this process runs, and waits until nothing of it is left: the engine
 * alone is killed, and its provider processes end by themselves.
 */
export async function kill(victim: Victim): Promise<void> {
  const below = descendants(await processes(), process.pid);
  const pattern =
    victim === "engine" ? /^\S*[\\/]pulumi / : /dynamic-provider|plugin\/pulumi-resource-(apisix|kuma)/;
  const matching = below.filter(({ command }) => pattern.test(command));
  const found = victim === "engine" ? matching.slice(0, 1) : matching;
  if (found.length === 0)
    throw new Error(`There is no ${victim} among ${below.map(({ command }) => command).join("\n")}`);
  const gone = victim === "engine" ? below : found;
  for (const { pid } of found) process.kill(pid, "SIGKILL");
  while ((await processes()).some(({ pid }) => gone.some((each) => each.pid === pid))) await sleep(20);
}

async function processes(): Promise<Process[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => readProcess(pid).catch(() => undefined)));
  return found.filter((each) => each !== undefined);
}

/** Fails when the process has ended meanwhile. */
async function readProcess(pid: string): Promise<Process> {
  const [stat, command] = await Promise.all(
    ["stat", "cmdline"].map((file) => readFile(`/proc/${pid}/${file}`, "utf8")),
  );
  // The name, in brackets, may hold anything.
  const [, parent] = (stat ?? "").slice((stat ?? "").lastIndexOf(")") + 2).split(" ");
  return { pid: Number(pid), parent: Number(parent), command: (command ?? "").replaceAll("\0", " ") };
}

function descendants(all: Process[], pid: number): Process[] {
  const children = all.filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child, ...descendants(all, child.pid)]);
}

/** Which answers {@link holdAnswers} holds back. */
export interface Held {
  method: "PUT" | "DELETE";
  /** So many are let through first. Default 0. */
  after?: number;
  /** So many are waited for. */
  count: number;
}

/** Both servers do what they are asked, and do not answer. Gives a promise for the moment when so many wait. */
export function holdAnswers(world: World, { method, after = 0, count }: Held): Promise<void> {
  let asked = 0;
  let waiting = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const hold: Intercept = (request, response) => {
    if (request.method !== method) return false;
    asked += 1;
    if (asked <= after) return false;
    const wait = () => {
      waiting += 1;
      if (waiting === count) resolve();
      return response;
    };
    Object.assign(response, { writeHead: () => response, end: wait });
    return false;
  };
  world.apisix.intercept = hold;
  world.kuma.intercept = hold;
  return promise;
}

/** Both servers answer again. */
export function answerAgain(world: World): void {
  world.apisix.intercept = undefined;
  world.kuma.intercept = undefined;
}

/** What a user does after an engine was killed. */
export async function unlock(world: World, stack: TestStack): Promise<void> {
  // A file backend writes this one in place. Killed just then, it leaves it empty: "failed to load checkpoint: EOF".
  const state = join(world.engine.backendDir, ".pulumi", "stacks", stack.project, `${stack.name}.json`);
  const { size } = await stat(`${state}.attrs`);
  if (size === 0) await rm(`${state}.attrs`);
  await stack.cli(["cancel", "--yes", "--stack", stack.name]);
}
