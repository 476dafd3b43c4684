#!/usr/bin/env node
import { BackendError } from "../provider/server/errors.ts";
import { visible } from "./code.ts";
import { prepare } from "./import.ts";
import { readOptions, USAGE } from "./options.ts";
import { Problem } from "./problem.ts";
import { writeFiles } from "./write.ts";

/** Reads the servers, writes the files, and tells what to do next. */
async function run(args: string[]): Promise<string> {
  const options = readOptions(args);
  if (!options) return USAGE;
  const { files, report } = await prepare(options);
  writeFiles(options.out, files, options.force);
  return report;
}

async function main(): Promise<void> {
  try {
    process.stdout.write(await run(process.argv.slice(2)));
  } catch (error) {
    if (!(error instanceof Problem || error instanceof BackendError)) throw error;
    process.stderr.write(`${visible(error.message)}\n`);
    process.exitCode = 1;
  }
}

void main();
