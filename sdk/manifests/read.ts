import { isUtf8 } from "node:buffer";
import { readFileSync, statSync } from "node:fs";
import { relative } from "node:path";
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseAllDocuments } from "yaml";
import { isObject, type JsonObject } from "../../provider/model/fields.ts";
import type { Place, Problems } from "./problems.ts";

/** How large a file may be. */
const MAX_BYTES = 1024 * 1024;
/** How many times aliases may repeat what an anchor marks; a few lines could fill the memory otherwise. */
const MAX_ALIASES = 100;

/** The names and indexes on the way to a value. */
export type Path = readonly (string | number)[];

/** One document of a YAML text. */
export interface YamlDocument {
  value: JsonObject;
  /** Where the value at a path stands; for one that is not there, the place that it is missing from. */
  place(path: Path): Place;
}

/** Reads files, each with any number of documents. Relative names start at the folder of the Pulumi program. */
export function readFiles(files: readonly string[], problems: Problems): YamlDocument[] {
  return files.flatMap((file) => {
    const text = textOf(file, problems);
    return text === undefined ? [] : readText(shown(file), text, problems);
  });
}

/** A file as messages call it: below the program's folder without that folder. */
function shown(file: string): string {
  const path = relative("", file);
  return path === "" || path.startsWith("..") ? file : path;
}

function textOf(file: string, problems: Problems): string | undefined {
  try {
    if (statSync(file).size <= MAX_BYTES) {
      const bytes = readFileSync(file);
      if (isUtf8(bytes)) return bytes.toString("utf8");
      problems.add({ file: shown(file), line: lineOfWrongByte(bytes) }, "is no UTF-8");
      return undefined;
    }
    problems.add({ file: shown(file) }, `is larger than ${MAX_BYTES} bytes`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    problems.add({ file }, `cannot be read (${code}); relative names start at ${process.cwd()}`);
  }
  return undefined;
}

/** The line with the first byte that is no part of a character. */
function lineOfWrongByte(bytes: Buffer): number {
  return bytes.toString("utf8").split("\ufffd", 1).join("").split("\n").length;
}

/** Reads the documents of a text; `file` is what messages call it. Empty documents are left out. */
export function readText(file: string, text: string, problems: Problems): YamlDocument[] {
  if (Buffer.byteLength(text) > MAX_BYTES) {
    problems.add({ file }, `is larger than ${MAX_BYTES} bytes`);
    return [];
  }
  const lines = new LineCounter();
  const at = (offset: number): Place => ({ file, line: lines.linePos(offset).line });
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true });
  return [...documents].flatMap((document) => readDocument(document, at, problems));
}

function readDocument(document: Document, at: (offset: number) => Place, problems: Problems): YamlDocument[] {
  const start = at(document.contents?.range?.[0] ?? document.range?.[0] ?? 0);
  const faults = [...document.errors, ...document.warnings];
  const tooDeep = faults.find(({ message }) => message.startsWith("Maximum call stack"));
  if (tooDeep) problems.add(at(tooDeep.pos[0]), "is nested too deeply");
  else for (const { pos, message } of faults) problems.add(at(pos[0]), `is no YAML: ${message}`);
  if (faults.length > 0) return [];
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    problems.add(start, `has aliases that repeat too much (more than ${MAX_ALIASES} times), or in a circle`);
    return [];
  }
  if (value === null || value === undefined) return [];
  if (isObject(value)) return [{ value, place: (path) => at(offsetOf(document, path)) }];
  problems.add(start, "is no object (apiVersion, kind, metadata, spec)");
  return [];
}

/** Where the deepest part of a path begins that is there. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document);
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      next = pair && { found: pair.key, node: pair.value };
    } else if (isSeq(node)) {
      const item = node.items[Number(key)];
      next = item && { found: item, node: item };
    }
    if (!next) break;
    const { found, node: inner } = next as { found: unknown; node: unknown };
    if (isNode(found) && found.range) offset = found.range[0];
    node = inner;
  }
  return offset;
}
