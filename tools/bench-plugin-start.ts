import { spawn } from "node:child_process";
import { globSync, readFileSync } from "node:fs";

/** Milliseconds, of the fastest round and of the middle one. */
export interface Times {
  fastest: number;
  median: number;
}

/** The fastest and the middle one of some rounds. */
export function timesOf(rounds: number[]): Times {
  const sorted = rounds.toSorted((a, b) => a - b);
  return { fastest: sorted[0] ?? Number.NaN, median: sorted[sorted.length >> 1] ?? Number.NaN };
}

/** A start: milliseconds until the first line or the end, and what had been used of the machine by then. */
export interface Start {
  time: number;
  /** Milliseconds of processors; on a busy machine they say more than the time. */
  cpu: number;
  /** MB. */
  memory: number;
}

function start(command: string, args: string[]): Promise<Start> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    const done = () => {
      resolve({ time: performance.now() - began, ...usedBy(child.pid) });
      child.kill("SIGKILL");
    };
    child.once("error", reject).once("exit", done);
    child.stdout.once("data", done);
  });
}

/** What a running process has used, where the system says it. */
function usedBy(pid: number | undefined): Pick<Start, "cpu" | "memory"> {
  try {
    const memory = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    const threads = globSync(`/proc/${pid}/task/*/schedstat`).map((file) => readFileSync(file, "utf8"));
    const nanoseconds = threads.reduce((sum, text) => sum + Number(text.split(" ")[0]), 0);
    return { cpu: nanoseconds / 1e6, memory: Number(memory) / 1024 };
  } catch {
    return { cpu: Number.NaN, memory: Number.NaN };
  }
}

/** How commands start, one after another in each round, so that all meet the same load. */
export async function benchStart(commands: [string, ...string[]][], rounds: number): Promise<Start[][]> {
  const starts: Start[][] = commands.map(() => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, [command, ...args]] of commands.entries())
      starts[index]?.push(await start(command, args));
  return starts;
}
