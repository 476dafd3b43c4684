import { readdirSync } from "node:fs";
import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { isObject } from "../../provider/model/fields.ts";
import { readRecording } from "../support/kuma-recordings.ts";

/** What recorded requests have sent: whole bodies by kind, and which values and fields stand under which key. */
export interface Corpus {
  bodies: Map<string, JsonObject[]>;
  values: Map<string, Json[]>;
  fields: Map<string, Set<string>>;
  /** How often each field stands there. */
  counts: Map<string, number>;
  /** The usual name of a field by its name in small letters. */
  usual: Map<string, string>;
}

const LONGEST = 20_000;

/** Reads all recordings of Kuma. */
export function readCorpus(): Corpus {
  const corpus: Corpus = {
    bodies: new Map(),
    values: new Map(),
    fields: new Map(),
    counts: new Map(),
    usual: new Map(),
  };
  const folder = new URL("../recordings/", import.meta.url);
  const names = readdirSync(folder).filter((name) => /^kuma-[\d.]+(-\w+)*\.json$/.test(name));
  for (const name of names.sort()) {
    // What data planes reach is recorded in another form.
    for (const { exchanges } of readRecording(name.replace(".json", "")) ?? []) {
      for (const { request } of exchanges) {
        const { method, path, body } = request;
        if (method !== "PUT" || !isObject(body) || JSON.stringify(body).length > LONGEST) continue;
        remember(corpus.bodies, pluralOf(path), body as JsonObject);
        collect(corpus, "", body as Json);
      }
    }
  }
  const { counts, usual } = corpus;
  for (const [name, count] of counts) {
    const other = usual.get(name.toLowerCase());
    if (other === undefined || count > (counts.get(other) ?? 0)) usual.set(name.toLowerCase(), name);
  }
  return corpus;
}

/** The plural of a kind in a path of one of its objects. */
function pluralOf(path: string): string {
  const [first = "", , third] = path.split("/").slice(1);
  return first === "meshes" && third !== undefined ? third : first;
}

function collect(corpus: Corpus, key: string, value: Json): void {
  if (key !== "") remember(corpus.values, key, value);
  if (Array.isArray(value)) {
    for (const item of value) collect(corpus, key, item);
  } else if (isObject(value)) {
    const fields = corpus.fields.get(key) ?? new Set();
    corpus.fields.set(key, fields);
    for (const [name, inner] of Object.entries(value)) {
      fields.add(name);
      corpus.counts.set(name, (corpus.counts.get(name) ?? 0) + 1);
      collect(corpus, name, inner);
    }
  }
}

function remember<T extends Json>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key) ?? [];
  const text = JSON.stringify(value);
  if (!list.some((one) => JSON.stringify(one) === text)) list.push(value);
  lists.set(key, list);
}
