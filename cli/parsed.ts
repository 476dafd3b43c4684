import { type ParseArgsConfig, parseArgs } from "node:util";
import { Problem } from "./problem.ts";

/** Parses a command line; what is wrong with it is one line. */
export function parsedBy<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    // Node's text goes on with advice about positional arguments, of which there are none.
    const [first = ""] = (error as Error).message.split(/\. |\n/);
    throw new Problem(`${first.replace(/\.$/, "")}; --help tells which options there are.`);
  }
}
