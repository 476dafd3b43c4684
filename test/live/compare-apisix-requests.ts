import * as fc from "fast-check";
import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { isObject } from "../../provider/model/fields.ts";
import { bodies as drawnBodies, SCHEMA_NAMES, SCHEMAS } from "../support/apisix-bodies.ts";
import { mutated } from "../support/mutations.ts";
import { BODIES, COLLECTIONS, METADATA, recordedBodies } from "./compare-apisix-objects.ts";
import { collect, withOneChange } from "./compare-apisix-values.ts";
import type { Random } from "./compare-random.ts";

/** One request to an Admin API, before it is bytes. */
export interface AdminRequest {
  /** What is tried, in a word. */
  note: string;
  method: string;
  /** After `/apisix/admin/`. */
  path: string;
  /** Sent as it is if it is a text, else as JSON. */
  body?: Json | undefined;
  raw?: string | Buffer;
  /** Which key is sent; the right one is `admin`. */
  key?: "admin" | "viewer" | "wrong" | "none";
  contentType?: string;
}

const NAMES: Record<string, (typeof SCHEMA_NAMES)[number]> = Object.fromEntries(
  SCHEMA_NAMES.map((name) => [`${name}s`, name]),
);

/** Draws requests about a collection. */
export class Requests {
  readonly #random: Random;
  readonly #run: string;
  readonly #seed: number;
  readonly #bodies: Record<string, JsonObject[]>;
  readonly #known = new Map<string, Map<string, Json[]>>();
  #count = 0;

  constructor(run: string, random: Random, seed: number) {
    this.#random = random;
    this.#run = run;
    this.#seed = seed;
    const recorded = recordedBodies();
    this.#bodies = Object.fromEntries(
      COLLECTIONS.map((name) => {
        const schema = NAMES[name];
        const drawn = schema ? this.#drawn(schema) : [];
        const known = new Map<string, Json[]>();
        for (const body of [...(BODIES[name] ?? []), ...(recorded[name] ?? [])]) collect(known, body);
        this.#known.set(name, known);
        return [name, [...(BODIES[name] ?? []), ...(recorded[name] ?? []), ...drawn]];
      }),
    );
  }

  #drawn(name: SchemaNameOf): JsonObject[] {
    const options = { seed: this.#seed, numRuns: 60 };
    return [
      ...fc.sample(drawnBodies(name), options),
      ...fc.sample(mutated(SCHEMAS[name] ?? {}, drawnBodies(name)), options),
    ];
  }

  /** Requests that belong together, about one object. */
  next(collection: string): AdminRequest[] {
    const { pick, chance } = this.#random;
    const at = this.#path(collection);
    const kind = this.#random.below(20);
    const put: AdminRequest = { note: "PUT", method: "PUT", path: at, body: this.#body(collection) };
    const get: AdminRequest = { note: "GET", method: "GET", path: at };
    const remove: AdminRequest = { note: "DELETE", method: "DELETE", path: at };
    if (kind < 9)
      return [
        put,
        ...(chance(0.3) ? [get] : []),
        ...(chance(0.4) ? this.#patches(collection, at) : []),
        remove,
      ];
    if (kind < 12) {
      const right = {
        ...put,
        body: this.#own(collection, structuredClone(pick(BODIES[collection] ?? [{}])) as JsonObject),
      };
      return [right, ...this.#patches(collection, at), get, remove];
    }
    if (kind === 12) return [this.#post(collection)];
    if (kind === 13) return [put, this.#odd(put), remove];
    if (kind === 14) return [this.#place(collection, at)];
    if (kind === 15) return [put, this.#list(collection), this.#list(collection), remove];
    if (kind === 16) return [this.#keyed(put, get), ...(chance(0.5) ? [get] : []), remove];
    if (kind === 17)
      return [{ ...put, note: "validate", method: "POST", path: `schema/validate/${collection}` }];
    if (kind === 18)
      return [put, { ...remove, path: `${at}?force=${pick(["true", "false", "1", ""])}` }, get, remove];
    return [put, put, get, remove, remove, get];
  }

  #path(collection: string): string {
    const { pick, below } = this.#random;
    this.#count = (this.#count + 1) % 50;
    const id = `${this.#run}-${below(5)}`;
    if (collection === "consumers") return `consumers/${this.#run}_one`;
    if (collection === "credentials") return `consumers/${this.#run}_two/credentials/${id}`;
    if (collection === "secrets") return `secrets/${pick(["vault", "aws", "gcp", "vault", "kms"])}/${id}`;
    if (collection === "plugin_metadata") return `plugin_metadata/${pick(METADATA)}`;
    return `${collection}/${id}`;
  }

  #body(collection: string): JsonObject {
    const { pick, chance } = this.#random;
    const base = pick(this.#bodies[collection] ?? [{}]);
    let body = chance(0.2)
      ? base
      : withOneChange(base, this.#random, this.#known.get(collection) ?? new Map());
    if (chance(0.1)) body = withOneChange(body, this.#random, new Map());
    return this.#own(collection, structuredClone(body));
  }

  /** The body of a run; rules for all traffic are switched off. */
  #own(collection: string, body: JsonObject): JsonObject {
    if (collection === "consumers" && typeof body.username === "string" && this.#random.chance(0.9))
      body.username = "RUN_one";
    if (collection === "global_rules" && isObject(body.plugins)) {
      for (const conf of Object.values(body.plugins))
        if (isObject(conf) && !isObject(conf._meta)) conf._meta = { disable: true };
    }
    return body;
  }

  #patches(collection: string, at: string): AdminRequest[] {
    const { pick, chance } = this.#random;
    const body = this.#body(collection);
    const names = Object.keys(body);
    const name = names.length > 0 ? pick(names) : "name";
    const value = body[name] ?? null;
    const part: AdminRequest = { note: "PATCH", method: "PATCH", path: at, body: { [name]: value } };
    const inner = isObject(value) ? pick([...Object.keys(value), "a"]) : pick(["0", "1", "a"]);
    const deep = {
      ...part,
      note: "PATCH below",
      path: `${at}/${name}/${inner.replace(/[^\w-]/g, "x")}`,
      body: pick<Json>([value, 1, "a", [], null]),
    };
    const below = { ...part, note: "PATCH below", path: `${at}/${name}`, body: value };
    const broken = { ...part, body: pick<Json>([null, [], {}, "a", 1, { [name]: null }, { [name]: {} }]) };
    return [pick([part, part, deep, below, broken, { ...part, body }]), ...(chance(0.2) ? [part] : [])];
  }

  #post(collection: string): AdminRequest {
    const { chance } = this.#random;
    const of = collection === "credentials" ? `consumers/${this.#run}_two/credentials` : collection;
    return {
      note: "POST",
      method: "POST",
      path: chance(0.8) ? of : this.#path(collection),
      body: this.#body(collection),
    };
  }

  #odd(put: AdminRequest): AdminRequest {
    const { pick } = this.#random;
    const text = JSON.stringify(put.body);
    const raw = pick<string | Buffer>([
      ...[
        "",
        " ",
        "null",
        "true",
        "false",
        "1",
        '"a"',
        "[]",
        "[1]",
        "{",
        "}",
        '{"a"}',
        '{"a":}',
        '{"a":1,}',
        "{'a':1}",
        '{"a":01}',
        '{"a":NaN}',
        '{"a":1e999}',
        '{"a":"\\x"}',
        '{"a":"\\ud800"}',
        '{"a":"\t"}',
        "nul",
        "[1,]",
        '{"a":1}}',
        "\ufeff{}",
        '{"id":"a","id":"b"}',
      ],
      ...[
        `${text} `,
        ` ${text}`,
        `${text},`,
        text.slice(0, -1),
        text.replace(/"/, ""),
        text.replace(/:/, ""),
        `${text}x`,
      ],
      Buffer.from([0x7b, 0xff, 0x7d]),
      Buffer.from('{"desc":"\xff"}', "latin1"),
    ]);
    const method = pick(["PUT", "PUT", "PATCH", "POST"]);
    const path = method === "POST" ? put.path.replace(/\/[^/]*$/, "") : put.path;
    return {
      ...put,
      note: "raw",
      method,
      path,
      body: undefined,
      raw,
      contentType: pick(["application/json", "text/plain", "application/x-www-form-urlencoded", ""]),
    };
  }

  #place(collection: string, at: string): AdminRequest {
    const { pick } = this.#random;
    const id = at.split("/").at(-1) ?? "";
    const path = pick([
      ...[
        `${at}/`,
        `${at}/a`,
        `${at}/a/b`,
        `/${at}`,
        at.replace("/", "//"),
        at.toUpperCase(),
        `${at}%20`,
        `${at}%2Fa`,
        `${at}.`,
        `${at}..`,
        `${at}%00`,
        `${at}é`,
        `${at}%C3%A9`,
        `${at}+`,
        `${at}*`,
      ],
      ...[
        `${at}${"x".repeat(64 - id.length)}`,
        `${at}${"x".repeat(65 - id.length)}`,
        `${at}?`,
        `${at}?a=b`,
        `${at}#a`,
        collection,
        `${collection}/`,
        `nothing/${id}`,
        `plugin/${id}`,
      ],
      ...[
        "schema",
        "schema/route",
        "schema/routes",
        "schema/nothing",
        "schema/plugins",
        "schema/plugins/cors",
        "schema/plugins/nothing",
        "schema/stream_route",
        `schema/validate/${collection}`,
        "schema/validate/nothing",
        "plugins",
        "plugins/cors",
        "plugins/nothing",
        "plugins/list/a",
        "plugins?subsystem=stream",
        "plugins/redis?subsystem=stream",
        "plugins/limit-conn?subsystem=stream",
        "plugins/cors?subsystem=http",
        "plugins/cors?subsystem=a",
      ],
      ...[
        "consumers/RUN_none/credentials",
        "consumers/RUN_none/credentials/RUN-a",
        "consumers/RUN_two/credentials",
        "consumers/RUN_two/other/a",
        "secrets/vault",
        "secrets/nothing/a",
        "secrets/vault/RUN-a/b",
        "plugin_metadata/nothing",
        "stream_routes/RUN-none",
        "configs/validate",
        "control",
        "configs",
      ],
    ]);
    const method = pick([
      "GET",
      "GET",
      "GET",
      "PUT",
      "DELETE",
      "PATCH",
      "POST",
      "HEAD",
      "OPTIONS",
      "TRACE",
      "FOO",
    ]);
    // Removing without a name, and reloading, concern all.
    const isWhole = method !== "GET" && method !== "HEAD";
    const body = ["PUT", "POST", "PATCH"].includes(method) ? { body: this.#body(collection) } : {};
    return { note: "path", method, path: path.replaceAll("RUN", this.#run), ...(isWhole ? body : {}) };
  }

  #list(collection: string): AdminRequest {
    const { pick, chance } = this.#random;
    const of = collection === "credentials" ? `consumers/${this.#run}_two/credentials` : collection;
    const own = pick([
      `label=${this.#run}`,
      `name=${this.#run}`,
      `uri=/${this.#run}`,
      `uri=${this.#run}`,
      `label=${this.#run}:a`,
      `name=${this.#run}&label=${this.#run}`,
      `name=${this.#run.slice(1)}`,
      `name=${this.#run.toUpperCase()}`,
    ]);
    const paged = pick([
      "",
      "",
      "&page=1&page_size=10",
      "&page=2&page_size=10",
      "&page=0&page_size=10",
      "&page=1&page_size=9",
      "&page=1&page_size=501",
      "&page_size=10",
      "&page=1",
      "&page=a&page_size=b",
      "&page=1.5&page_size=10",
      "&page=-1&page_size=10.5",
      "&page=1&page_size=",
      "&page=1&page_size=500",
      "&filter=a",
      "&a=b",
    ]);
    return { note: "list", method: "GET", path: chance(0.1) ? of : `${of}?${own}${paged}` };
  }

  #keyed(put: AdminRequest, get: AdminRequest): AdminRequest {
    const { pick } = this.#random;
    return {
      ...pick([put, get, { ...put, method: "PATCH" }, { ...get, method: "DELETE" }]),
      note: "key",
      key: pick(["viewer", "wrong", "none"]),
    };
  }
}

type SchemaNameOf = (typeof SCHEMA_NAMES)[number];
