import { explain } from "./explain.ts";
import { EXPLAIN_USAGE, readExplainOptions } from "./explain-options.ts";
import { prepare } from "./import.ts";
import { map } from "./map.ts";
import { MAP_USAGE, readMapOptions } from "./map-options.ts";
import { readOptions, USAGE } from "./options.ts";
import { writeFiles } from "./write.ts";

/** What is printed, and the exit status. */
export interface Outcome {
  text: string;
  /** What goes to standard error beside it. */
  errors?: string;
  status?: number;
}

/** Reads the servers, writes the files, and tells what to do next. */
async function runImport(args: string[]): Promise<Outcome> {
  const options = readOptions(args);
  if (!options) return { text: USAGE };
  const { files, report } = await prepare(options);
  writeFiles(options.out, files, options.force);
  return { text: report };
}

async function runExplain(args: string[]): Promise<Outcome> {
  const options = readExplainOptions(args);
  return options ? explain(options) : { text: EXPLAIN_USAGE };
}

async function runMap(args: string[]): Promise<Outcome> {
  const options = readMapOptions(args);
  return options ? map(options) : { text: MAP_USAGE };
}

const QUESTIONS: Readonly<Record<string, (args: string[]) => Promise<Outcome>>> = {
  explain: runExplain,
  map: runMap,
};

/** Runs a command. `problem` is the exit status with which a problem ends it: that of questions is 2, since their 1 is an answer. */
export function commandOf(args: string[]): {
  run: () => Promise<Outcome>;
  problem: number;
  isQuestion: boolean;
} {
  const [name = "", ...rest] = args;
  const question = Object.hasOwn(QUESTIONS, name) ? QUESTIONS[name] : undefined;
  return question
    ? { run: () => question(rest), problem: 2, isQuestion: true }
    : { run: () => runImport(args), problem: 1, isQuestion: false };
}
