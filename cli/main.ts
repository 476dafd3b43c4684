#!/usr/bin/env node
import { BackendError } from "../provider/server/errors.ts";
import { visible } from "./code.ts";
import { commandOf } from "./commands.ts";
import { Problem } from "./problem.ts";

async function main(): Promise<void> {
  const { run, problem, isQuestion } = commandOf(process.argv.slice(2));
  try {
    const { text, errors = "", status = 0 } = await run();
    process.stdout.write(isQuestion ? shown(text) : text);
    process.stderr.write(shown(errors));
    process.exitCode = status;
  } catch (error) {
    if (!(error instanceof Problem || error instanceof BackendError)) throw error;
    process.stderr.write(`${shown(error.message)}\n`);
    process.exitCode = problem;
  }
}

/** Names from servers and files, each line by itself, without what a terminal would obey. */
function shown(text: string): string {
  return text.split("\n").map(visible).join("\n");
}

void main();
