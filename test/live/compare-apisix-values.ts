import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { isObject } from "../../provider/model/fields.ts";
import type { Random } from "./compare-random.ts";

/** Values of every type, many of them at some limit. */
const VALUES: Json[] = [
  ...[null, true, false, [], {}, ["text"], [1], [[]], [{}], [null], { a: 1 }, { a: { b: [] } }],
  ...[
    "",
    "text",
    "a b",
    "é",
    "😀",
    "a\nb",
    "a\u0000b",
    'a"b\\',
    "/",
    "/a*",
    "*",
    "*.a.example",
    "a.example",
    "A.example:80",
  ],
  ...[
    "$secret://vault/1/a/b",
    "$env://NAME",
    "$ENV://NAME",
    "$secret://",
    "$env://",
    "127.0.0.1",
    "10.0.0.0/8",
    "::1",
    "::/0",
    "1.2.3.4/33",
  ],
  ...[
    0,
    1,
    -1,
    0.5,
    1.5,
    2,
    3,
    10,
    100,
    101,
    200,
    599,
    600,
    1024,
    65535,
    65536,
    2 ** 31,
    2 ** 53,
    1e21,
    1e-7,
    -0.5,
    1e300,
  ],
  ...[
    "1",
    "0",
    "-1",
    "GET",
    "get",
    "x".repeat(64),
    "x".repeat(65),
    "x".repeat(256),
    "x".repeat(257),
    "é".repeat(256),
    "http://a.example",
    "https://a.example:8443/p?q=1",
  ],
  ...[
    "(",
    "^a$",
    "[a",
    "a{2,1}",
    "return function() end",
    "return 1",
    "function() end",
    "function(vars) return true end",
  ],
];

/** The paths of all that is in a value, but for itself. */
function placesIn(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  const entries = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  return entries.flatMap(([name, inner]) => [[...path, name], ...placesIn(inner, [...path, name])]);
}

/** A value with one thing in it made different; `known` are values that stand under a name elsewhere. */
export function withOneChange(
  value: JsonObject,
  { pick, chance, below }: Random,
  known: Map<string, Json[]>,
): JsonObject {
  const copy = structuredClone(value);
  const places = placesIn(copy);
  if (places.length === 0 || chance(0.1)) {
    const name =
      chance(0.5) && known.size > 0
        ? pick([...known.keys()])
        : pick(["unknown", "id", "name", "create_time", "_meta", "1"]);
    copy[name] = pick(chance(0.5) ? (known.get(name) ?? VALUES) : VALUES);
    return copy;
  }
  const path = pick(places);
  const last = path.at(-1) ?? "";
  const parent = path
    .slice(0, -1)
    .reduce<Json>((at, name) => (at as JsonObject)[name] ?? null, copy) as JsonObject;
  const now = parent[last] as Json;
  const name = String(path.findLast((part) => typeof part === "string"));
  const kind = below(10);
  if (kind === 0) {
    if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete parent[last];
  } else if (kind === 1 && Array.isArray(now)) parent[last] = [...now, ...now.slice(0, 1)];
  else if (kind <= 2 && isObject(now))
    parent[last] = { ...now, [pick(["unknown", ...known.keys()])]: pick(VALUES) };
  else if (kind <= 3 && typeof now === "string")
    parent[last] = pick([`${now}x`, ` ${now}`, now.slice(1), now.toUpperCase(), `${now}${now}`, [now]]);
  else if (kind <= 4 && typeof now === "number")
    parent[last] = pick([now + 1, now - 1, -now, now + 0.5, String(now), now * 1000, 0]);
  else if (kind <= 6) parent[last] = pick(known.get(name) ?? VALUES);
  else parent[last] = pick(VALUES);
  return copy;
}

/** Keeps the values that stand under a name, for {@link withOneChange}. */
export function collect(known: Map<string, Json[]>, value: Json, name = ""): void {
  if (name !== "") {
    const list = known.get(name) ?? [];
    if (!list.some((one) => JSON.stringify(one) === JSON.stringify(value))) list.push(value);
    known.set(name, list);
  }
  if (Array.isArray(value)) for (const item of value) collect(known, item, name);
  else if (isObject(value)) for (const [key, inner] of Object.entries(value)) collect(known, inner, key);
}
