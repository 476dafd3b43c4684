import { type Answer, answer } from "./answers.ts";
import { byteString, luaNumber } from "./lua/values.ts";
import { regularExpression } from "./pcre.ts";
import { isObject, type JsonObject } from "./store.ts";

/** An object as a list shows it. */
export interface Shown {
  key: string;
  value: JsonObject;
  createdIndex: number;
  modifiedIndex: number;
}

/** The fields by which the parameter `filter` chooses, by collection. */
const filterFields: Record<string, string[]> = {
  routes: ["service_id", "upstream_id"],
  stream_routes: ["service_id", "upstream_id"],
};

/** The objects of a collection that a query chooses, or a page of them. */
export function listAnswer(all: Shown[], kind: string, query: URLSearchParams): Answer {
  const found = all.filter(({ value }) => isChosen(value, kind, query));
  const total = found.length;
  const [page, size] = ["page", "page_size"].map((name) => luaNumber(query.get(name) ?? undefined));
  if (page === undefined || size === undefined) return answer(200, { total, list: found });
  if (size < 10 || size > 500)
    return { status: 400, text: "page_size must be between 10 and 500", contentType: "application/json" };
  const last = Math.max(1, page) * size;
  const first = last - size + 1;
  found.sort((left, right) => left.createdIndex - right.createdIndex);
  // What stands between two places is nothing.
  const list = Number.isInteger(first) ? found.slice(first - 1, Math.floor(last)) : [];
  // An empty Lua table is an object in JSON.
  return answer(200, { total, list: list.length > 0 ? list : {} });
}

function isChosen(value: JsonObject, kind: string, query: URLSearchParams): boolean {
  const [name, label, uri] = ["name", "label", "uri"].map((parameter) => query.get(parameter));
  // Lua writes the name of what has none as `nil`.
  if (typeof name === "string" && !isFound(String(value.name ?? "nil"), name)) return false;
  if (typeof label === "string" && !(isObject(value.labels) && label in value.labels)) return false;
  const uris = [value.uri, ...(Array.isArray(value.uris) ? value.uris : [])].filter(
    (one) => one !== undefined,
  );
  if (typeof uri === "string" && !uris.some((one) => isFound(String(one), uri))) return false;
  return [...new URLSearchParams(query.get("filter") ?? "")].every(
    ([field, wanted]) => !filterFields[kind]?.includes(field) || value[field] === wanted,
  );
}

/** Whether a pattern is found in a text; one that is none is found nowhere. */
function isFound(text: string, pattern: string): boolean {
  try {
    return regularExpression(byteString(pattern)).test(byteString(text));
  } catch {
    return false;
  }
}
