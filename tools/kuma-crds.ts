import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { repository } from "./repository.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

/** The parts of a custom resource definition that are read. */
interface Crd {
  spec: {
    names: { kind: string; plural: string; shortNames?: string[] };
    versions: { schema: { openAPIV3Schema: { properties: { spec: JsonObject; status?: JsonObject } } } }[];
  };
}

/** Where the compact form is committed; the sandbox reads it. */
export const crdsFile = join(repository, "sandbox", "kuma", "schema", "crds.json");

/** Kuma's own definitions, as they are installed into a cluster. */
const crdsFolder = join(repository, "test", "schemas", "kuma-2.14.3-crds");

/** All definitions of the folder, by kind. */
export function crds(): Map<string, Crd> {
  const files = readdirSync(crdsFolder).filter((name) => name.endsWith(".yaml"));
  const all = files.map((name) => parse(readFileSync(join(crdsFolder, name), "utf8")) as Crd);
  return new Map(all.map((crd) => [crd.spec.names.kind, crd] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The compact form of all definitions: without descriptions, and with every larger part that occurs more than
 * once (such as a target reference) kept once under `parts`, where `{ "$part": N }` points.
 */
export function compactCrds(): string {
  const kinds: JsonObject = {};
  for (const [kind, { spec }] of crds()) {
    const [version] = spec.versions;
    const { spec: schema = {}, status } = version?.schema.openAPIV3Schema.properties ?? {};
    kinds[kind] = {
      plural: spec.names.plural,
      shortName: spec.names.shortNames?.[0] ?? "",
      spec: withoutProse(schema),
      ...(status && { status: withoutProse(status) }),
    };
  }
  const { value, parts } = shared(kinds);
  const partLines = parts.map((part) => JSON.stringify(part));
  const kindLines = Object.entries(value).map(
    ([kind, each]) => `${JSON.stringify(kind)}:${JSON.stringify(each)}`,
  );
  return `{"parts":[\n${partLines.join(",\n")}\n],"kinds":{\n${kindLines.join(",\n")}\n}}\n`;
}

const PROSE = ["description", "example", "x-kubernetes-list-type", "x-kubernetes-list-map-keys"];

/** A schema without what only people and Kubernetes read. */
function withoutProse(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(withoutProse);
  if (schema === null || typeof schema !== "object") return schema;
  const kept = Object.entries(schema).filter(([key]) => !PROSE.includes(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, insideOf(key, value)]));
}

/** The names below `properties` are no keywords, and a default is no schema. */
function insideOf(keyword: string, value: Json): Json {
  if (keyword === "default" || keyword === "enum" || keyword === "required") return value;
  if (keyword !== "properties") return withoutProse(value);
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([name, property]) => [name, withoutProse(property)]),
  );
}

const WORTH_SHARING = 100;

/** Takes out what occurs more than once. */
function shared(root: JsonObject): { value: JsonObject; parts: Json[] } {
  const uses = new Map<string, number>();
  const count = (value: Json): void => {
    if (value === null || typeof value !== "object") return;
    const text = JSON.stringify(value);
    uses.set(text, (uses.get(text) ?? 0) + 1);
    if (uses.get(text) === 1) for (const inside of Object.values(value)) count(inside);
  };
  count(root);
  const parts: Json[] = [];
  const numbers = new Map<string, number>();
  const replaced = (value: Json): Json => {
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map(replaced);
    const text = JSON.stringify(value);
    if ((uses.get(text) ?? 0) < 2 || text.length < WORTH_SHARING) return insides(value);
    let number = numbers.get(text);
    if (number === undefined) {
      const part = insides(value);
      number = parts.push(part) - 1;
      numbers.set(text, number);
    }
    return { $part: number };
  };
  const insides = (value: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, replaced(inside)]));
  return { value: insides(root), parts };
}
