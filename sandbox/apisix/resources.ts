import { type Answer, answer, error, notFound, page } from "./answers.ts";
import { Refusal } from "./checks/refusal.ts";
import type { Checks } from "./checks.ts";
import { encryptKeys, encryptPlugins } from "./encryption.ts";
import { kinds } from "./kinds.ts";
import { LuaError } from "./lua/values.ts";
import type { References } from "./references.ts";
import type { Schemas } from "./schemas.ts";
import { isObject, type JsonObject, type Store, type Stored } from "./store.ts";
import { mergePatch, patchAt, rounded, tableOf } from "./tables.ts";

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

  constructor(store: Store, checks: Checks, references: References, schemas: Schemas) {
    this.#store = store;
    this.#checks = checks;
    this.#references = references;
    this.#schemas = schemas;
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

  #get(place: Place, query: URLSearchParams): Answer {
    if (place.id === undefined) return this.#list(place, query);
    const stored = this.#store.find(place.collection, place.id);
    return stored ? answer(200, listed(stored)) : notFound();
  }

  #list(place: Place, query: URLSearchParams): Answer {
    let found = this.#store.entries(place.collection);
    const name = query.get("name");
    const label = query.get("label");
    if (name !== null) found = found.filter(({ value }) => String(value.name ?? "").includes(name));
    if (label !== null) found = found.filter(({ value }) => isObject(value.labels) && label in value.labels);
    const total = found.length;
    if (!query.has("page_size") || !query.has("page")) return answer(200, { total, list: found.map(listed) });
    const size = Number(query.get("page_size"));
    if (!(size >= 10 && size <= 500)) {
      return { status: 400, text: "page_size must be between 10 and 500", contentType: "application/json" };
    }
    const first = (Math.max(1, Number(query.get("page")) || 1) - 1) * size;
    const page = found.sort((a, b) => a.createdIndex - b.createdIndex).slice(first, first + size);
    // An empty Lua table is an object in JSON.
    return answer(200, { total, list: page.length > 0 || total === 0 ? page.map(listed) : {} });
  }

  #write(place: Place, body: unknown, post: boolean): Answer {
    const { collection, kind } = place;
    const name = kinds[kind]?.name ?? kind;
    if (post && !kinds[kind]?.post) return error(405, `not supported \`POST\` method for ${name}`);
    if (body === undefined || body === false) throw new Refusal("missing configurations");
    const value = tableOf(body, kind !== "consumers" && kind !== "plugin_metadata");
    let id = place.id;
    if (kind === "consumers" || kind === "plugin_metadata") {
      if (kind === "plugin_metadata" && id === undefined) throw new Refusal("missing plugin name");
    } else if (post) {
      if (id ?? value.id) throw new Refusal(`wrong ${name} id, do not need it`);
    } else {
      id ??= value.id === undefined ? undefined : String(value.id);
      if (id === undefined) throw new Refusal(`missing ${name} id`);
      if (value.id !== undefined && String(value.id) !== id) throw new Refusal(`wrong ${name} id`);
    }
    const forbidden = forbiddenProperty(value);
    if (forbidden) throw new Refusal(`the property is forbidden:  ${forbidden}`);
    const owner = collection.split("/")[1] ?? "";
    const checked = this.#checks.check(kind, id ?? "", identified(kind, place.id, value), owner);
    if (kind === "credentials" && !this.#store.find("consumers", owner))
      return error(404, "consumer not found");
    if (kind === "consumers") id = String(checked.username);
    id ??= String(this.#store.nextRevision()).padStart(20, "0");
    return this.#save(collection, kind, id, checked);
  }

  #save(collection: string, kind: string, id: string, value: JsonObject): Answer {
    const status = this.#store.find(collection, id) ? 200 : 201;
    const complete = rounded(encryptKeys(kind, value.id === undefined ? identified(kind, id, value) : value));
    const stored = this.#store.write(collection, id, complete, kind !== "plugin_metadata");
    return answer(status, { key: keyOf(stored), value: encryptPlugins(kind, stored.value, this.#schemas) });
  }

  #patch(place: Place, body: unknown): Answer {
    const { collection, kind, id, below } = place;
    const name = kinds[kind]?.name ?? kind;
    if (kinds[kind]?.patch === false) {
      return error(405, `not supported \`PATCH\` method for ${name}`);
    }
    if (id === undefined) throw new Refusal(`missing ${name} id`);
    if (body === undefined) throw new Refusal("missing new configuration");
    if (below.length === 0 && (typeof body !== "object" || body === null))
      throw new Refusal("invalid configuration");
    const stored = this.#store.find(collection, id);
    if (!stored) return notFound();
    const patched = structuredClone(stored.value);
    if (below.length > 0) {
      const problem = patchAt(patched, below, body);
      if (problem) throw new Refusal(problem);
    } else mergePatch(patched, tableOf(body, true));
    return this.#save(collection, kind, id, this.#checks.check(kind, id, patched));
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

function listed(stored: Stored): unknown {
  const { key: _, ...withoutKey } = stored.value;
  const value = stored.kind === "ssls" ? withoutKey : stored.value;
  return {
    key: keyOf(stored),
    value,
    createdIndex: stored.createdIndex,
    modifiedIndex: stored.modifiedIndex,
  };
}

function identified(kind: string, id: string | undefined, value: JsonObject): JsonObject {
  return kind === "consumers" || id === undefined ? value : { ...value, id };
}

function forbiddenProperty(value: JsonObject): string | undefined {
  for (const property of ["create_time", "update_time"]) {
    if (value[property] !== undefined) return property;
    for (const part of ["upstream", "plugins"]) {
      const inner = value[part];
      if (isObject(inner) && inner[property] !== undefined) return `${part}.${property}`;
    }
  }
  return undefined;
}
