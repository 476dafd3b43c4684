import { readFileSync } from "node:fs";
import type { JsonObject } from "../provider/model/fields.ts";
import { isObject } from "../provider/model/fields.ts";
import { isPreview, type PreviewReading, readPreview } from "../provider/model/inventory/previews.ts";
import type { Reading } from "../provider/model/inventory/resource.ts";
import { isState, readState } from "../provider/model/inventory/states.ts";
import { Problem } from "./problem.ts";

/** A file, and the place that it is of: `zone-1=edge.json`; without one it is PROJECT/STACK. */
export interface SourceFile {
  place: string | undefined;
  file: string;
}

/** Reads `FILE` or `PLACE=FILE`. */
export function sourceFile(text: string): SourceFile {
  const [, place, file] = /^([A-Za-z0-9][\w.@-]*)=(.+)$/s.exec(text) ?? [];
  return file === undefined ? { place: undefined, file: text } : { place, file };
}

/** What could be read of files: of each one what it tells, or a note why it tells nothing. */
export function readStates(files: readonly SourceFile[]): Reading[] {
  return files.map(({ place, file }) => {
    const document = documentIn(file);
    if (typeof document === "string") return nothing(document);
    if (isState(document)) return readState(document, place, `state ${file}`);
    const hint = isPreview(document) ? "it is a preview; give it with --preview" : NO_STATE;
    return nothing(`${file} is not read: ${hint}.`);
  });
}

const NO_STATE = "it is not what `pulumi stack export` prints";
const NO_PREVIEW = "it is not what `pulumi preview --json` prints";

/** The same of previews. */
export function readPreviews(files: readonly SourceFile[]): PreviewReading[] {
  return files.map(({ place, file }) => {
    const document = documentIn(file);
    if (typeof document === "string") return nothing(document);
    if (isPreview(document)) return readPreview(document, place, `preview ${file}`);
    const hint = isState(document) ? "it is a state; give it with --state" : NO_PREVIEW;
    return nothing(`${file} is not read: ${hint}.`);
  });
}

function nothing(note: string): PreviewReading {
  return { drafts: [], before: [], notes: [note], unread: [note], incomplete: ["failed"] };
}

/** A file's JSON object, or why there is none. The parser's own message would show a piece of it, which may be secret. */
function documentIn(file: string): JsonObject | string {
  let text: string;
  try {
    const bytes = readFileSync(file);
    // What older PowerShells write with `>` begins with this mark.
    text = bytes.toString(bytes[0] === 0xff && bytes[1] === 0xfe ? "utf16le" : "utf8");
  } catch (error) {
    const { code = "it cannot be opened" } = error as NodeJS.ErrnoException;
    return `${file} is not read: ${code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : code}.`;
  }
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return isObject(value) ? value : `${file} is not read: it holds no JSON object.`;
  } catch {
    return `${file} is not read: ${text.trim() === "" ? "it is empty" : "it is no JSON, or was cut off"}.`;
  }
}

/** All that sources tell. An error when not one of them tells anything. */
export function joined(readings: readonly Reading[]): Reading {
  const notes = readings.flatMap((one) => one.notes);
  const drafts = readings.flatMap((one) => one.drafts);
  if (drafts.length === 0) throw new Problem(["Nothing could be read.", ...notes].join("\n"));
  return { drafts, notes };
}
