import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { changed } from "./compare-bodies.ts";
import type { Corpus } from "./compare-corpus.ts";
import type { Random } from "./compare-random.ts";
import type { RawRequest } from "./compare-servers.ts";
import { broken } from "./compare-texts.ts";

/** A kind as it is asked for. */
export interface ComparedKind {
  type: string;
  /** The plural in paths. */
  path: string;
  inMesh: boolean;
}

/** One request with what it is about. */
export interface Case {
  note: string;
  request: RawRequest;
  /** The object that it may change. */
  object?: string;
}

/** Where the requests of a run go. */
export interface Place {
  run: string;
  mesh: string;
  /** Label that makes an object the zone's own; a federated zone wants it. */
  labels: JsonObject;
  /** Nobody but the run writes to the mesh, so that lists can be compared. */
  hasLists: boolean;
}

const JSON_TYPE = { "content-type": "application/json" };
const TYPES = ["application/json; charset=utf-8", "text/json", "application/xml", "text/plain", "", "*/*"];
const MORE_TYPES = [
  "application/x-yaml",
  "application/JSON",
  "application/json, text/plain",
  "application/*",
  "json",
];
const ACCEPTS = [
  "application/json",
  "*/*",
  "text/html",
  "application/xml",
  "application/*",
  "",
  "text/plain, */*",
];
const METHODS = ["POST", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND"];
const NUMBERS = [
  "",
  "0",
  "1",
  "2",
  "-1",
  "+1",
  "1000",
  "1001",
  "1.5",
  "a",
  "01",
  "99999999999999999999",
  " 1",
  "1e2",
];
const QUERIES = [
  "name=",
  "name=run",
  "name=%",
  "filter[labels.a]=b",
  "filter[labels.kuma.io/mesh]=default",
  "filter[a]=b",
];
const MORE_QUERIES = [
  "filter[labels.]=",
  "filter[]=a",
  "filter[key]=",
  "filter=a",
  "tag=a",
  "tag=a:b",
  "a=%zz",
  "a;b",
];

/** The requests that are sent about one kind: bodies by the thousand, and what can be said around them. */
export class Requests {
  readonly #kind: ComparedKind;
  readonly #place: Place;
  readonly #corpus: Corpus;
  readonly #random: Random;

  constructor(kind: ComparedKind, place: Place, corpus: Corpus, random: Random) {
    this.#kind = kind;
    this.#place = place;
    this.#corpus = corpus;
    this.#random = random;
  }

  /** What is asked next. */
  next(): Case[] {
    const { chance } = this.#random;
    if (chance(0.72)) return this.#write();
    if (chance(0.4)) return this.#brokenText();
    if (chance(0.35)) return [this.#around()];
    if (chance(0.3)) return [this.#list()];
    if (chance(0.5)) return this.#named();
    return this.#remove();
  }

  #collection(mesh = this.#place.mesh): string {
    return this.#kind.inMesh ? `/meshes/${mesh}/${this.#kind.path}` : `/${this.#kind.path}`;
  }

  /** The name of one of a few objects, so that what is written is new at times and at others there already. */
  #name(): string {
    return `${this.#place.run}${this.#random.pick(["", "-b", ".c"])}`;
  }

  #body(name: string, mesh = this.#place.mesh): JsonObject {
    const { type, path, inMesh } = this.#kind;
    const recorded = this.#corpus.bodies.get(path) ?? [{ type, spec: {} }];
    const { mesh: _, ...body } = this.#random.pick(recorded);
    const labels = { ...(body.labels as JsonObject | undefined), ...this.#place.labels };
    const own = { ...body, type, name, ...(inMesh && { mesh }) };
    return Object.keys(labels).length > 0 ? { ...own, labels } : own;
  }

  #write(): Case[] {
    const name = this.#name();
    const object = `${this.#collection()}/${name}`;
    const body = changed(this.#body(name), this.#corpus, this.#random);
    const note = hasOtherCase(body, this.#corpus) ? "letters" : "body";
    const after = note === "body" ? "after" : "letters after";
    return [this.#put(note, object, body), { note: after, request: { method: "GET", path: object } }];
  }

  #put(note: string, object: string, body: JsonObject): Case {
    const text = Buffer.from(JSON.stringify(body));
    return { note, object, request: { method: "PUT", path: object, headers: JSON_TYPE, body: text } };
  }

  #brokenText(): Case[] {
    const name = this.#name();
    const object = `${this.#collection()}/${name}`;
    const body = broken(this.#body(name), this.#random);
    const request = { method: "PUT", path: object, headers: JSON_TYPE, body };
    return [
      { note: "text", object, request },
      { note: "after", request: { method: "GET", path: object } },
    ];
  }

  /** Names that are none, or nearly. */
  #named(): Case[] {
    const { run, mesh } = this.#place;
    const { pick } = this.#random;
    const long = (length: number) => `${run}${"x".repeat(Math.max(0, length - run.length))}`;
    const lengths = [35, 36, 47, 62, 63, 64, 236, 237, 246, 247, 252, 253, 254];
    const names = [
      `${run}.`,
      `${run}-`,
      `${run}_a`,
      `${run}A`,
      `-${run}`,
      `.${run}`,
      `${run}..a`,
      `${run} a`,
      `${run}/a`,
    ];
    const more = [
      `${run}ä`,
      `${run}%`,
      `${run}?a`,
      `${run}#a`,
      `${run}\\`,
      `${run}:a`,
      `${run};a`,
      `${run}+a`,
      `${run}@`,
    ];
    const name = pick([...names, ...more, ...lengths.map(long), `0${run}`]);
    const wanted = pick([mesh, mesh, mesh, "absent", "Ä", "a_b", "A"]);
    const encoded = pick([encodeURIComponent(name), encodeURI(name).replace("#", "%23")]);
    const object = `${this.#collection(encodeURIComponent(wanted))}/${encoded}`;
    const body = this.#body(pick([name, name, name, run]), wanted);
    return [
      this.#put("name", object, body),
      { note: "name", request: { method: "GET", path: object } },
      { note: "name", object, request: { method: "DELETE", path: object } },
    ];
  }

  #remove(): Case[] {
    const object = `${this.#collection()}/${this.#name()}`;
    const removal = { note: "removal", object, request: { method: "DELETE", path: object } };
    return [removal, { note: "after", request: { method: "GET", path: object } }, removal];
  }

  #list(): Case {
    const { chance, pick } = this.#random;
    const queries = [...QUERIES, ...MORE_QUERIES].map((query) => query.replace("run", this.#place.run));
    const parts = [
      ...(chance(0.5) ? [`size=${encodeURIComponent(pick(NUMBERS))}`] : []),
      ...(chance(0.5) ? [`offset=${encodeURIComponent(pick(NUMBERS))}`] : []),
      ...(chance(0.4) ? [pick(queries)] : []),
    ];
    const collection = this.#collection(chance(0.1) ? "absent" : this.#place.mesh);
    // Beside those of the run there may be others.
    const own =
      this.#kind.inMesh || parts.some((part) => part.startsWith("name=")) ? [] : [`name=${this.#place.run}`];
    const isListed = this.#kind.inMesh ? this.#place.hasLists : own.length > 0;
    const query = [...parts, ...own].join("&");
    const path = isListed ? `${collection}?${query}` : `${collection}/${this.#name()}?${query}`;
    return { note: "list", request: { method: "GET", path: query === "" ? collection : path } };
  }

  /** What does not concern the body: methods, forms, paths. */
  #around(): Case {
    const { pick } = this.#random;
    const name = this.#name();
    const collection = this.#collection();
    const object = `${collection}/${name}`;
    const { headers, ...rest } = this.#put("form", object, this.#body(name)).request;
    const write = { ...rest, headers: { ...headers } };
    return pick<() => Case>([
      () => ({
        note: "form",
        object,
        request: { ...write, headers: { "content-type": pick([...TYPES, ...MORE_TYPES]) } },
      }),
      () => ({ note: "form", object, request: { ...rest } }),
      () => ({ note: "form", object, request: { ...write, headers: { ...headers, accept: pick(ACCEPTS) } } }),
      () => ({ note: "form", request: { method: "GET", path: object, headers: { accept: pick(ACCEPTS) } } }),
      () => ({ note: "method", request: { method: pick(METHODS), path: pick([object, collection]) } }),
      () => ({
        note: "method",
        request: { ...write, method: pick(["POST", "PATCH"]), path: pick([object, collection]) },
      }),
      () => ({
        note: "method",
        request: { ...write, method: pick(["PUT", "DELETE"]), path: pick([collection, `${collection}/`]) },
      }),
      () => ({
        note: "path",
        request: { method: pick(["GET", "PUT", "DELETE"]), path: this.#oddPath(name) },
      }),
      () => ({
        note: "format",
        request: { method: "GET", path: `${object}?format=${pick(["universal", "yaml", "", "K8S"])}` },
      }),
    ])();
  }

  #oddPath(name: string): string {
    const { path, inMesh } = this.#kind;
    const collection = this.#collection();
    return this.#random.pick([
      `${collection}/${name}/`,
      `${collection}//${name}`,
      `/${collection}/${name}`,
      `${collection}/${name}/more`,
      `${collection}/${name}/_overview`,
      `${collection}/_overview`,
      `${collection}s/${name}`,
      `${collection.toUpperCase()}/${name}`,
      `${collection}/./${name}`,
      `${collection}/../${path}/${name}`,
      `${collection}/%2e%2e/${name}`,
      `${collection}/${name}%00`,
      `${collection}/${name}%zz`,
      `${collection}/%2f${name}`,
      inMesh ? `/${path}/${name}` : `/meshes/${this.#place.mesh}/${path}/${name}`,
      inMesh ? `/meshes//${path}/${name}` : `/${path}/?name=${name}`,
      `/meshes/absent/${path}/${name}`,
      `/meshes/absent/${path}`,
      `/${path}/${name}/${name}`,
      `/meshes/${this.#place.mesh}/unknown/${name}`,
    ]);
  }
}

/** Whether a field's name is one that there is, in another case of letters. */
function hasOtherCase(value: Json, corpus: Corpus): boolean {
  if (Array.isArray(value)) return value.some((item) => hasOtherCase(item, corpus));
  if (value === null || typeof value !== "object") return false;
  return Object.entries(value).some(
    ([name, inner]) => (corpus.usual.get(name.toLowerCase()) ?? name) !== name || hasOtherCase(inner, corpus),
  );
}
