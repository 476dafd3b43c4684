import { KumaError } from "./errors.ts";
import type { Fields } from "./message.ts";
import type { StoredObject } from "./store.ts";

const TITLE = "Could not retrieve resources";

const invalid = (detail: string, field: string, reason: string): KumaError =>
  new KumaError(400, TITLE, detail, [{ field, reason }]);

/** The number of objects on a page: 100 if not given and at most 1000. */
export function pageSize(url: URL): number {
  const size = url.searchParams.get("size") ?? "";
  if (size === "") return 100;
  if (!/^[+-]?\d+$/.test(size)) throw invalid("Invalid page size", "size", "invalid format");
  if (Number(size) <= 0) throw invalid("Invalid page size", "size", "must be greater than 0");
  if (Number(size) > 1000) {
    const reason = `invalid page size of ${Number(size)}. Maximum page size is 1000`;
    throw invalid("Invalid page size", "size", reason);
  }
  return Number(size);
}

/** Whether an object is asked for by the query; throws for filters that there are not. */
export function filter(url: URL, path: string, isFilteredByTags: boolean): (object: StoredObject) => boolean {
  const wanted: [label: string, value: string][] = [];
  const violations: { field: string; reason: string }[] = [];
  for (const [name, value] of url.searchParams) {
    const key = /^filter\[(.*)\]$/.exec(name)?.[1];
    if (key === undefined) continue;
    if (key.startsWith("labels.")) wanted.push([key.slice("labels.".length), value]);
    else violations.push({ field: `${path}.${name}`, reason: "filters are only supported on labels" });
  }
  if (violations.length > 0) throw new KumaError(400, TITLE, "Resource is not valid", violations);
  const contains = url.searchParams.get("name") ?? "";
  const tags = isFilteredByTags ? url.searchParams.getAll("tag").map(tagOf) : [];
  return ({ name, labels = {}, tags: own }) =>
    name.includes(contains) &&
    wanted.every(([label, value]) => labels[label] === value) &&
    tags.every(([tag, value]) => (own as Record<string, string> | undefined)?.[tag] === value);
}

const tagOf = (text: string): [tag: string, value: string] => {
  const colon = text.indexOf(":");
  return [text.slice(0, colon), text.slice(colon + 1)];
};

/** One page of a list as the control plane answers it. */
export function page<T>(objects: T[], url: URL, size: number, render: (object: T) => unknown): Fields {
  const offset = url.searchParams.get("offset") || "0";
  if (!/^[+-]?\d+$/.test(offset)) {
    const detail = `invalid: invalid offset: strconv.Atoi: parsing ${JSON.stringify(offset)}: invalid syntax`;
    throw new KumaError(400, TITLE, detail);
  }
  const begin = Number(offset);
  const end = begin + size;
  const next = new URL(url);
  next.searchParams.set("offset", String(end));
  next.searchParams.sort();
  return {
    total: objects.length,
    items: objects.slice(begin, end).map(render),
    next: end < objects.length ? next.href : null,
  };
}
