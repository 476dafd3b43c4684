import type { Json } from "../provider/model/fields.ts";
import { bundlesOf } from "./bundles.ts";
import { importFile } from "./import-file.ts";
import { giveNames } from "./names.ts";
import type { Options } from "./options.ts";
import { Problem } from "./problem.ts";
import { programFiles } from "./program.ts";
import { harvest } from "./read.ts";
import { relate } from "./references.ts";
import { refusingLints } from "./refusing-lints.ts";
import { IMPORT_FILE, reportOf, SECRETS_FILE } from "./report.ts";
import { giveSecrets } from "./secret-values.ts";
import { readJsonObject, readSettings } from "./settings.ts";
import type { OutputFile } from "./write.ts";

/** Reads the servers. Gives the files to write, and what the person at the terminal is told then. */
export async function prepare(options: Options): Promise<{ files: OutputFile[]; report: string }> {
  const settings = readSettings(options);
  const given = options.secrets === undefined ? {} : readJsonObject("--secrets", options.secrets);
  const { found, skipped, servers } = await harvest(options, settings);
  const bundles = options.bundle ? bundlesOf(found, options.bundleName) : [];
  const ordered = relate(found);
  giveNames(ordered, bundles);
  giveSecrets(ordered, given);
  const secrets = ordered.flatMap((one) => one.secrets);
  checkGiven(given, new Set(secrets.map(({ name }) => name)));
  const known = secrets.filter(({ value }) => value !== undefined);
  const values = Object.fromEntries(known.map(({ name, value }) => [name, value]));
  const lints = refusingLints(ordered, options.door);
  const all = { bundles, ordered, skipped, servers, lints };
  const program = programFiles({
    ...all,
    split: options.split,
    door: options.door,
    isProtected: !options.unprotected,
  });
  const files = [
    ...program.map((file) => ({ ...file, isSecret: false })),
    ...(options.door === "dynamic" || bundles.length > 0
      ? [{ name: IMPORT_FILE, text: importFile(ordered, bundles, options.door), isSecret: true }]
      : []),
    ...(known.length > 0
      ? [{ name: SECRETS_FILE, text: `${JSON.stringify(values, undefined, 2)}\n`, isSecret: true }]
      : []),
  ];
  return { files, report: reportOf({ ...all, files }, options, settings) };
}

/** A misspelt name would be taken for a value that is not given. */
function checkGiven(given: Record<string, Json>, names: ReadonlySet<string>): void {
  const strange = Object.keys(given).find((name) => !names.has(name));
  if (strange !== undefined) throw new Problem(`--secrets: nothing that is imported needs "${strange}".`);
}
