import type { Found } from "./adopt.ts";
import type { ImportedBundle } from "./bundles.ts";

/**
 * Gives names to all of them: after the object's `name`, then its id, then with a number. No two of a kind share one, and no two
 * variables. What is an entry of a bundle is never named as another object's id, since references go by keys and by ids.
 */
export function giveNames(all: readonly Found[], bundles: readonly ImportedBundle[]): void {
  const ids = new Set(all.flatMap(({ references }) => references.map(({ value }) => String(value))));
  for (const group of Map.groupBy(all, ({ kind }) => kind.type).values()) {
    for (const { id } of group) ids.add(lastOf(id));
    for (const [found, name] of distinct(group)) {
      const isMisleading = found.bundle && name !== lastOf(found.id) && ids.has(name);
      found.name = isMisleading ? found.id : name;
    }
  }
  const variables = bundles.map(({ variable }) => variable);
  const taken = new Set(["config", "options", "pulumi", "apisix", "kuma", ...variables]);
  for (const found of all) found.variable = unique(variableOf(found), taken, "");
}

function lastOf(id: string): string {
  return id.split("/").at(-1) ?? id;
}

/** A name for each, the first of its candidates that no other one has. */
function distinct(group: readonly Found[]): Map<Found, string> {
  const candidates = new Map(group.map((found) => [found, candidatesOf(found)]));
  const level = new Map(group.map((found) => [found, 0]));
  const nameOf = (found: Found) => candidates.get(found)?.[level.get(found) ?? 0] ?? "";
  for (let round = 0; round < 3; round++) {
    for (const same of Map.groupBy(group, nameOf).values()) {
      if (same.length < 2) continue;
      for (const found of same) {
        const next = (level.get(found) ?? 0) + 1;
        if (next < (candidates.get(found)?.length ?? 0)) level.set(found, next);
      }
    }
  }
  const taken = new Set<string>();
  return new Map(group.map((found) => [found, unique(nameOf(found), taken, "-")]));
}

function candidatesOf({ kind, id, args, idPrefix }: Found): string[] {
  const last = String(args[kind.identity.at(-1) ?? ""] ?? id);
  const name = kind.identity.includes("name") ? undefined : args.name;
  const own = last.startsWith(idPrefix) ? last.slice(idPrefix.length) : last;
  const texts = [typeof name === "string" ? name : "", own, id];
  return [...new Set(texts.map(resourceName))]
    .filter((text) => text !== "")
    .concat(texts.every((text) => resourceName(text) === "") ? ["imported"] : []);
}

/** Letters, digits, `-`, `_` and `.`, which are safe in a URN, a shell and a file. */
function resourceName(text: string): string {
  return text
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 60);
}

/** Whether a text is safe in a URN, a shell and a file as it is. */
export function isResourceName(text: string): boolean {
  return text !== "" && resourceName(text) === text;
}

/** `payments-api` of an upstream as `paymentsApiUpstream`. */
function variableOf({ kind, name }: Found): string {
  const type = kind.type.split(":")[1] ?? "";
  const own = camelCase(name);
  if (!/^[a-z]/.test(own)) return camelCase(`${type}-${own}`);
  return own.toLowerCase().endsWith(type.toLowerCase()) ? own : `${own}${type}`;
}

/** Words of letters and digits, joined as `camelCase`. */
export function camelCase(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  return words
    .map((word, index) =>
      index === 0
        ? word.charAt(0).toLowerCase() + word.slice(1)
        : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join("");
}

/** The name, with a number behind it where it is taken; takes it. */
export function unique(name: string, taken: Set<string>, separator: string): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}${separator}${number}`;
  taken.add(free);
  return free;
}
