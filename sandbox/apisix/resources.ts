import { type Answer, answer, error, notFound, page } from "./answers.ts";
import { Refusal } from "./checks/refusal.ts";
import type { Checks } from "./checks.ts";
import { encryptKeys, encryptPlugins } from "./encryption.ts";
import { kinds } from "./kinds.ts";
import { listAnswer, type Shown } from "./lists.ts";
import { LuaError } from "./lua/values.ts";
import type { References } from "./references.ts";
import type { Schemas } from "./schemas.ts";
import { isObject, type JsonObject, type Store, type Stored } from "./store.ts";
import {
  forbiddenProperty,
  hasFiniteNumbers,
  isTruthy,
  mergePatch,
  patchAt,
  rounded,
  tableOf,
} from "./tables.ts";

/** What a path names: a collection and, in it, an object. */
interface Place {
  /** The collection in the store. */
  collection: string;
  /** The kind whose rules hold. */
  kind: string;
  id: string | undefined;
  /** What of the object a PATCH is about, when it is not all of it. */
  below: string[];
}

function placeOf(kind: string, path: string[]): Place {
  const [id, second, third, ...rest] = path;
  if (kind === "consumers" && second === "credentials") {
    return { collection: `consumers/${id}/credentials`, kind: "credentials", id: third, below: rest };
  }
  if (kind === "secrets" && id !== undefined) {
    const below = third === undefined ? rest : [third, ...rest];
    return { collection: kind, kind, id: second === undefined ? undefined : `${id}/${second}`, below };
  }
  return { collection: kind, kind, id, below: path.slice(1) };
}

/** Reads and writes the objects behind the Admin API. */
export class Resources {
  readonly #store: Store;
  readonly #checks: Checks;
  readonly #references: References;
  readonly #schemas: Schemas;
  /** Whether the release is one before 3.18. */
  readonly #older: boolean;

  constructor(store: Store, checks: Checks, references: References, schemas: Schemas) {
    this.#store = store;
    this.#checks = checks;
    this.#references = references;
    this.#schemas = schemas;
    this.#older = !schemas.newest;
  }

  /** Answers one request about objects of a kind. */
  handle(method: string, kind: string, path: string[], query: URLSearchParams, body: unknown): Answer {
    const place = placeOf(kind, path);
    try {
      if (method === "GET") return this.#get(place, query);
      if (method === "DELETE") return this.#delete(place, query.get("force") === "true");
      if (method === "PATCH") return this.#patch(place, body);
      return this.#write(place, body, method === "POST");
    } catch (problem) {
      if (problem instanceof Refusal) return error(400, problem.message);
      if (problem instanceof LuaError) return page("500 Internal Server Error");
      throw problem;
    }
  }

  #get({ collection, kind, id }: Place, query: URLSearchParams): Answer {
    if (id === undefined) {
      const found = this.#store.entries(collection);
      // A collection that has never had anything is there; credentials stand below their consumer.
      if (kind === "credentials" && found.length === 0) return notFound();
      return listAnswer(
        found.map((stored) => this.#shown(stored, !this.#older)),
        kind,
        query,
      );
    }
    const stored = this.#store.find(collection, id);
    // The older release decrypts what it has not found.
    if (!stored)
      return this.#older && kind === "plugin_metadata" ? page("500 Internal Server Error") : notFound();
    return answer(200, this.#shown(stored, true));
  }

  /** An object as it is given back: of certificates without their keys; older releases keep some of them. */
  #shown(stored: Stored, hidesKeys: boolean): Shown {
    const { key, keys, ...rest } = stored.value;
    const isSsl = stored.kind === "ssls" && hidesKeys;
    const value = !isSsl ? stored.value : this.#older && keys !== undefined ? { ...rest, keys } : rest;
    return {
      key: keyOf(stored),
      value,
      createdIndex: stored.createdIndex,
      modifiedIndex: stored.modifiedIndex,
    };
  }

  #write(place: Place, body: unknown, post: boolean): Answer {
    const { collection, kind } = place;
    const name = kinds[kind]?.name ?? kind;
    if (post && !kinds[kind]?.post) return error(405, `not supported \`POST\` method for ${name}`);
    if (kind === "secrets" && place.id === undefined)
      throw new LuaError("attempt to concatenate a nil value");
    if (!isTruthy(body)) throw new Refusal("missing configurations");
    const isNamed = kind !== "consumers" && kind !== "plugin_metadata";
    // Lua looks up fields of a text, too, but cannot give it an id.
    if (!isNamed && typeof body === "string")
      throw new Refusal("invalid configuration: wrong type: expected object, got string");
    const value = tableOf(body, isNamed && !post);
    if (kind === "plugin_metadata" && place.id === undefined) throw new Refusal("missing plugin name");
    if (post && (place.id !== undefined || isTruthy(value.id)))
      throw new Refusal(`wrong ${name} id, do not need it`);
    let id = post || !isNamed ? place.id : identity(name, place.id, value);
    const forbidden = forbiddenProperty(value);
    if (forbidden) throw new Refusal(`the property is forbidden:  ${forbidden}`);
    const owner = collection.split("/")[1] ?? "";
    const checked = this.#checks.check(kind, id ?? "", identified(kind, id, value), owner);
    if (kind === "credentials" && !this.#store.find("consumers", owner))
      return error(404, "consumer not found");
    if (kind === "consumers") id = String(checked.username);
    id ??= String(this.#store.nextRevision()).padStart(20, "0");
    return this.#save(collection, kind, id, checked);
  }

  #save(collection: string, kind: string, id: string, value: JsonObject): Answer {
    if (!hasFiniteNumbers(value)) return error(503, "Cannot serialise number: must not be NaN or Infinity");
    const status = this.#store.find(collection, id) ? 200 : 201;
    const complete = rounded(encryptKeys(kind, isTruthy(value.id) ? value : identified(kind, id, value)));
    const stored = this.#store.write(collection, id, complete, kind !== "plugin_metadata");
    const shown = encryptPlugins(kind, id, stored.value, this.#schemas);
    return answer(status, { key: keyOf(stored), value: shown });
  }

  #patch(place: Place, body: unknown): Answer {
    const { collection, kind, id, below } = place;
    const name = kinds[kind]?.name ?? kind;
    if (kinds[kind]?.patch === false) {
      return error(405, `not supported \`PATCH\` method for ${name}`);
    }
    if (id === undefined) throw new Refusal(kind === "secrets" ? "no secret id" : `missing ${name} id`);
    if (body === undefined) throw new Refusal("missing new configuration");
    if (below.length === 0 && (typeof body !== "object" || body === null))
      throw new Refusal("invalid configuration");
    const stored = this.#store.find(collection, id);
    if (!stored) return notFound();
    const patched = structuredClone(stored.value);
    if (kind === "ssls") checkKeys(below.length > 0 ? { [below.join("/")]: body ?? null } : body);
    if (below.length > 0) {
      const problem = patchAt(patched, below, body);
      if (problem) throw new Refusal(problem);
    } else mergePatch(patched, tableOf(body, true), this.#older);
    identity(name, id, patched);
    return this.#save(collection, kind, id, this.#checks.check(kind, id, { ...patched, id }));
  }

  #delete(place: Place, force: boolean): Answer {
    const { collection, kind, id } = place;
    if (id === undefined) throw new Refusal(`missing ${kinds[kind]?.name ?? kind} id`);
    const refusal = force ? undefined : this.#references.refusal(collection, id);
    if (refusal) throw new Refusal(refusal);
    const stored = this.#store.find(collection, id);
    if (!stored) return notFound();
    if (kind === "consumers") {
      const credentials = `consumers/${id}/credentials`;
      for (const credential of this.#store.entries(credentials))
        this.#store.remove(credentials, credential.id);
    }
    this.#store.remove(collection, id);
    return answer(200, { key: keyOf(stored), deleted: "1" });
  }
}

function keyOf(stored: Stored): string {
  return `/apisix/${stored.kind}/${stored.id}`;
}

/** The id of an object, which its path or its body may give. */
function identity(name: string, id: string | undefined, value: JsonObject): string {
  const own = isTruthy(value.id) ? String(value.id) : undefined;
  const found = id ?? own;
  if (found === undefined) throw new Refusal(`missing ${name} id`);
  if (own !== undefined && own !== found) throw new Refusal(`wrong ${name} id`);
  return found;
}

/** A PATCH encrypts the keys of a certificate before anything looks at them. */
function checkKeys(patch: unknown): void {
  const { key, keys } = isObject(patch) ? patch : {};
  if (isTruthy(key) && typeof key !== "string") throw new LuaError("unexpected type");
  if (!isTruthy(keys) || keys === "") return;
  if (typeof keys !== "object" || keys === null) throw new LuaError("attempt to get length of a value");
  if (Array.isArray(keys) && keys.some((one) => typeof one !== "string"))
    throw new LuaError("unexpected type");
}

function identified(kind: string, id: string | undefined, value: JsonObject): JsonObject {
  return kind === "consumers" || id === undefined ? value : { ...value, id };
}
