import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { visible } from "../../cli/code.ts";
import { commandOf } from "../../cli/commands.ts";
import { Problem } from "../../cli/problem.ts";
import { BackendError } from "../../provider/server/errors.ts";
import { PREVIEWS } from "./recorded-previews.ts";

/** Where the pages are written whose files a command names without a folder. */
const PAGES = `${mkdtempSync(join(tmpdir(), "pages-"))}/`;
afterAll(() => rmSync(PAGES, { recursive: true }));

/** Runs a command in this process, with files of the recorded documents and of pages by their names alone. */
export async function command(line: string): Promise<{ text: string; errors?: string; status: number }> {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
  const args = words.map((word) =>
    word
      .replace(/^((?:[\w-]+=)?)((?:state|preview)[\w-]*\.json)$/, `$1${PREVIEWS}$2`)
      .replace(/^[\w-]+\.html$/, `${PAGES}$&`),
  );
  const { run, problem } = commandOf(args);
  const shown = (text: string) =>
    text.replaceAll(PREVIEWS, "").replaceAll(PAGES, "").split("\n").map(visible).join("\n");
  try {
    const { text, errors, status = 0 } = await run();
    return { text: shown(text), ...(errors === undefined ? {} : { errors: shown(errors) }), status };
  } catch (error) {
    if (!(error instanceof Problem || error instanceof BackendError)) throw error;
    return { text: `${shown(error.message)}\n`, status: problem };
  }
}
