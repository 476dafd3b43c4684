import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { isObject } from "../../provider/model/fields.ts";
import { places, replaced, without } from "../support/paths-inside.ts";
import type { Corpus } from "./compare-corpus.ts";
import type { Random } from "./compare-random.ts";

const ANYTHING: Json[] = [null, "text", "", 7, 0, 0.5, -1, 1e21, 2147483648, 4294967296, true, false];
const SHAPES: Json[] = [[], {}, [[]], [{}], ["text"], [null], { a: 1 }, { a: "b" }, { a: null }, { "": "" }];
const DURATIONS = ["1s", "0s", "-1s", "90s", "1.5h", "1d", "5", "", "1us", "1µs", "+5s", "1h1m1.001s", "1 s"];
const TEXTS = ["*", "a.b", "A", "a_b", "-", "a-", ".a", " a", "a b", "ä", "a\nb", "10.0.0.1", "::1", "[::1]"];
const LONG_TEXTS = [63, 64, 253, 254, 1025].map((length) => "x".repeat(length));
const NUMBERS: Json[] = [-1, 0, 1, 99, 100, 101, 128, 129, 599, 600, 65535, 65536, 2 ** 53, "1", "-1", "0.5"];
const PERCENTAGES = ["50", "100.1", "-0.1", "1e2", "0x10", "Inf", "NaN", "1_000", ".5", "5.", "50%"];

const LABELS: [name: string, values: Json[]][] = [
  ["kuma.io/origin", ["zone", "global", "", "other", 1, null]],
  ["kuma.io/zone", ["default", "zone-1", "zone-2", ""]],
  ["kuma.io/mesh", ["default", "other", ""]],
  ["kuma.io/env", ["universal", "kubernetes", "other"]],
  ["kuma.io/display-name", ["a", "A.b", "", "x".repeat(63), "x".repeat(64)]],
  ["kuma.io/effect", ["shadow", "live", ""]],
  ["kuma.io/policy-role", ["system", "consumer", "producer", "workload-owner", "other", ""]],
  ["kuma.io/managed-by", ["k8s-controller", "a"]],
  ["kuma.io/proxy-type", ["sidecar", "gateway", "zoneegress", "other"]],
  ["kuma.io/kds-sync", ["enabled", "disabled", "a"]],
  ["kuma.io/service", ["a", ""]],
  ["kuma.io/workload", ["a", "A_b"]],
  ["k8s.kuma.io/namespace", ["kuma-system", "a", ""]],
  ["k8s.kuma.io/service-account", ["a"]],
  ["kuma.io/unknown", ["a"]],
  ["a", ["b", "", "-", "a b", "ä", "x".repeat(63), "x".repeat(64), 7, true, null, {}, []]],
  ["a/b", ["c"]],
  ["a/b/c", ["d"]],
  ["/a", ["b"]],
  ["a/", ["b"]],
  ["A.b/c", ["d"]],
  ["", ["a"]],
  ["ä", ["b"]],
  ["x".repeat(63), ["a"]],
  ["x".repeat(64), ["a"]],
];

/** A body with up to three changes that somebody could make by mistake, or to find out what the server says. */
export function changed(body: JsonObject, corpus: Corpus, { chance, below, pick }: Random): JsonObject {
  let result = body;
  for (let changes = pick([0, 1, 1, 1, 2, 3]); changes > 0; changes--) result = changedOnce(result);
  return result;

  function changedOnce(value: JsonObject): JsonObject {
    if (chance(0.08)) return withLabel(value);
    const inside =
      isObject(value.spec) && chance(0.9) ? places(value.spec).map((path) => ["spec", ...path]) : [];
    const path = pick(inside.length > 0 ? inside : [...places(value), ["type"]]);
    const old = path.reduce<Json>((at, key) => (at as JsonObject)?.[key] ?? null, value);
    if (chance(0.15)) return without(value, path);
    if (chance(0.1)) return renamed(value, path, old);
    return replaced(
      value,
      path,
      other(String(path.findLast((key) => typeof key === "string")), old),
    ) as JsonObject;
  }

  function withLabel(value: JsonObject): JsonObject {
    const [name, values] = pick(LABELS);
    const labels = isObject(value.labels) ? value.labels : {};
    return { ...value, labels: { ...labels, [name]: pick(values) } };
  }

  /** A field under a name that is nearly right. */
  function renamed(value: JsonObject, path: (string | number)[], old: Json): JsonObject {
    const last = path.at(-1);
    if (typeof last !== "string") return without(value, path);
    const capital = last.charAt(0).toUpperCase() + last.slice(1);
    const name = pick([`${last}s`, last.toUpperCase(), capital, last.toLowerCase(), last.slice(0, -1)]);
    return replaced(without(value, path), [...path.slice(0, -1), name], old) as JsonObject;
  }

  /** Another value for a key: one of the neighbours of the old one, one that stands under such a key elsewhere, or any. */
  function other(key: string, old: Json): Json {
    const recorded = corpus.values.get(key) ?? [];
    if (recorded.length > 0 && chance(0.4)) return pick(recorded);
    if (chance(0.15)) return pick(ANYTHING);
    if (chance(0.15)) return pick(SHAPES);
    if (Array.isArray(old))
      return pick<Json>([[...old, ...old], old.slice(1), [...old, pick(ANYTHING)], [old]]);
    if (isObject(old)) return withField(key, old);
    if (typeof old === "number") return pick([...NUMBERS, old + 1, old - 1, -old, old + 0.5]);
    if (typeof old === "boolean") return pick<Json>([!old, String(old), Number(old)]);
    return pick<Json>([...TEXTS, ...neighbours(String(old)), ...special(String(old))]);
  }

  function special(old: string): string[] {
    if (/^[+-]?\d.*[a-zµ]$/.test(old)) return DURATIONS;
    return /^\d/.test(old) ? [...PERCENTAGES, ...NUMBERS.map(String)] : LONG_TEXTS;
  }

  function neighbours(old: string): string[] {
    const at = below(old.length + 1);
    const cut = [old.slice(0, -1), old.slice(1), old.slice(0, at) + old.slice(at + 1)];
    return [
      ...cut,
      `${old}x`,
      `${old}.`,
      `${old}\n`,
      ` ${old}`,
      old.toUpperCase(),
      old.toLowerCase(),
      `${old}/b`,
    ];
  }

  /** One field more that objects under such a key have. */
  function withField(key: string, old: JsonObject): Json {
    const fields = [...(corpus.fields.get(key) ?? []), "unknown"];
    const name = pick(fields);
    return { ...old, [name]: pick<Json>([...(corpus.values.get(name) ?? []), pick(ANYTHING), pick(SHAPES)]) };
  }
}
