import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "./problem.ts";

/** A file to write. */
export interface OutputFile {
  name: string;
  text: string;
  /** Only the user may read it. */
  isSecret: boolean;
}

/** Writes all of them, or none where one is there already and may not be overwritten. */
export function writeFiles(folder: string, files: readonly OutputFile[], force: boolean): void {
  const there = force ? [] : files.filter(({ name }) => existsSync(join(folder, name)));
  if (there.length > 0) {
    const names = there.map(({ name }) => join(folder, name)).join(", ");
    throw new Problem(
      `${names} ${there.length > 1 ? "are" : "is"} there already: choose another --out, or --force to overwrite.`,
    );
  }
  try {
    mkdirSync(folder, { recursive: true });
    for (const { name, text, isSecret } of files) {
      // A file that was there before would keep its mode, so a new one takes its place.
      const temporary = join(folder, `.${name}.${process.pid}`);
      writeFileSync(temporary, text, { mode: isSecret ? 0o600 : 0o666, flag: "wx" });
      renameSync(temporary, join(folder, name));
    }
  } catch (error) {
    throw new Problem(`${folder} cannot be written: ${(error as Error).message}.`);
  }
}
