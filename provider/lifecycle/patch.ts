import { canonical, canonicalField, without, withoutNothing } from "../model/canonical.ts";
import { bare, isObject, type Json, type JsonObject, sameJson } from "../model/fields.ts";
import { identityOf, type Surroundings } from "../model/kind.ts";
import { changedAt, formatPath, type Path, parsePath, valueAt } from "../model/paths.ts";
import type { Problem } from "../model/validate.ts";
import { type Schema, schemaAtPath } from "../model/walk.ts";
import { inWordsOf } from "../model/words.ts";
import type { Call } from "../server/api.ts";
import { BackendError, isLost } from "../server/errors.ts";
import { ServerObject } from "./object.ts";
import type { CheckRequest, Declared, DiffAnswer, Former, Outcome, ReadAnswer, Saved } from "./requests.ts";
import { Lifecycle } from "./single.ts";

const ATTEMPTS = 5;

/** The lifecycle of a resource that sets some fields of an object that somebody else made. */
export class PatchLifecycle extends Lifecycle {
  override async create(wanted: Declared): Promise<Outcome> {
    const object = new ServerObject(this.kind, this.session, wanted.args);
    const fields = this.#fields(wanted.args);
    const former = await this.#change(object, object.call("set fields of the"), fields, (found) =>
      [...fields.keys()].map((path) => formerOf(path, found)),
    );
    return { ...object.outcome(wanted.args, ""), former };
  }

  override async update(id: string, old: Saved, wanted: Declared): Promise<Outcome> {
    const object = new ServerObject(this.kind, this.session, wanted.args, id).expectServerOf(old);
    const fields = this.#fields(wanted.args);
    const before = old.former ?? [];
    const dropped = before.filter(({ path }) => !fields.has(path));
    const changes = new Map<string, Json | undefined>([
      ...dropped.map(({ path, value }) => [path, value] as const),
      ...fields,
    ]);
    const call = object.call("change fields of the");
    const former = await this.#change(object, call, changes, (found) =>
      [...fields.keys()].map((path) => before.find((entry) => entry.path === path) ?? formerOf(path, found)),
    );
    return { ...object.outcome(wanted.args, ""), former };
  }

  override async read(id: string, saved: Saved): Promise<ReadAnswer> {
    const { schema } = this.kind;
    const object = this.saved(id, saved);
    const found = await object.look(object.call("read"));
    if (!found) return undefined;
    let args: JsonObject = { ...saved.args, ...identityOf(this.kind, id) };
    let drifted = false;
    for (const path of this.#fields(saved.args).keys()) {
      const at = parsePath(path);
      const here = (valueAt(found, at) ?? defaultAt(schema, at)) as Json | undefined;
      const value = here === undefined ? undefined : this.#canonicalAt(at, here);
      if (sameJson(value, this.#canonicalAt(at, valueAt(saved.args, at) as Json))) continue;
      drifted = true;
      const field = schemaAtPath(schema, {}, at);
      args = changedAt(args, at, (written) =>
        value === undefined || !field || written === undefined
          ? value
          : inWordsOf(field, written as Json, value),
      ) as JsonObject;
    }
    const outcome = object.outcome(args, "");
    return { ...outcome, former: saved.former, drifted, secrets: this.secretsAfter(saved, args) };
  }

  /** A new patch notes what it finds: that has to be what was there before the old one, which goes first. */
  override diff(old: Saved, wanted: Declared): DiffAnswer {
    return { ...super.diff(old, wanted), deleteBeforeReplace: true };
  }

  override async delete(id: string, saved: Saved): Promise<void> {
    const object = this.saved(id, saved);
    const call = object.call("put former fields back into the");
    const found = await object.look(call);
    if (!found) return;
    const ours = this.#fields(saved.args);
    const restored = (saved.former ?? []).filter(({ path }) => {
      const unchanged = this.#holds(found, path, ours.get(path));
      if (!unchanged)
        this.session.warn(`${path} of the mesh "${id}" stays as it is: somebody changed it since.`);
      return unchanged;
    });
    const changes = new Map(restored.map(({ path, value }) => [path, value]));
    if (restored.length > 0) await this.#change(object, call, changes, () => []);
  }

  /** Two patches of one field would undo each other at every run. */
  protected override problems(
    object: ServerObject,
    args: JsonObject,
    surroundings: Surroundings,
    request: CheckRequest,
  ): Problem[] {
    const { server, id } = object;
    const said = withoutNothing(args) as JsonObject;
    const clashes = [...leaves(without(said, this.kind.identity)).keys()].filter((path) => {
      const field = `${server.connection.server} ${id} ${path}`;
      const other = this.session.patchedBy.get(field) ?? request.owner;
      this.session.patchedBy.set(field, other);
      return other !== request.owner;
    });
    const reason = "is set by another patch of this stack, too; set it in one place";
    const problems = super.problems(object, args, surroundings, request);
    return [...problems, ...clashes.map((path) => ({ path, reason }))];
  }

  /** Every field that is declared, by its path, in canonical form. */
  #fields(args: JsonObject): Map<string, Json> {
    return leaves(without(canonical(this.kind, args), this.kind.identity));
  }

  /** Changes fields of the object, one change at a time in this operation, and looks whether they stand. */
  async #change<T>(
    object: ServerObject,
    call: Call,
    changes: ReadonlyMap<string, Json | undefined>,
    note: (found: JsonObject) => T,
  ): Promise<T> {
    const { url } = object.server.connection;
    return this.session.inTurn(`${url}/${call.path}`, async () => {
      const noted: T[] = [];
      let lost: unknown;
      for (let attempt = 1; ; attempt++) {
        const found = await object.look(call);
        if (!found)
          throw new BackendError(
            "REFUSED_BY_SERVER",
            `Could not ${call.doing} at ${url}: it does not exist. Make it first, for example with kuma.Mesh.`,
          );
        noted.push(note(found));
        const missing = [...changes].filter(([path, value]) => !this.#holds(found, path, value));
        if (missing.length === 0) return noted[0] as T;
        if (lost) throw lost;
        if (attempt > ATTEMPTS) {
          throw new BackendError(
            "SERVER_ERROR",
            `Could not ${call.doing} at ${url}: somebody else writes ${missing.map(([path]) => path).join(", ")} at the same time.`,
          );
        }
        const body = structuredClone(without(found, this.kind.serverMade));
        for (const [path, value] of missing) setAt(body, parsePath(path), value);
        // The answer may be lost and the fields set all the same; the next run would take them for the former ones.
        await object.server.api.put(call, body).catch((error: unknown) => {
          if (!isLost(error)) throw error;
          lost = error;
        });
      }
    });
  }

  #holds(found: JsonObject, path: string, wanted: Json | undefined): boolean {
    const at = parsePath(path);
    const standard = defaultAt(this.kind.schema, at) as Json;
    const here = (valueAt(found, at) ?? standard) as Json;
    return sameJson(this.#canonicalAt(at, here), this.#canonicalAt(at, wanted ?? standard));
  }

  /** In one form, since the server leaves out defaults, also those inside of lists. */
  #canonicalAt(path: Path, value: Json): Json {
    const field = schemaAtPath(this.kind.schema, {}, path);
    return field ? canonicalField(field, value) : value;
  }
}

/** Every field that is no object of fields, by its path. */
function leaves(value: JsonObject, at: string[] = []): Map<string, Json> {
  return new Map(
    Object.entries(value).flatMap<readonly [string, Json]>(([key, inner]) =>
      isObject(inner) ? [...leaves(inner, [...at, key])] : [[formatPath([...at, key]), inner] as const],
    ),
  );
}

function formerOf(path: string, found: JsonObject): Former {
  const value = valueAt(found, parsePath(path)) as Json | undefined;
  return value === undefined ? { path } : { path, value };
}

/** Sets or, without a value, removes a field, and with it the objects that are empty then. */
function setAt(object: JsonObject, [key = "", ...rest]: Path, value: Json | undefined): void {
  if (rest.length === 0) {
    if (value === undefined) delete object[key];
    else object[key] = value;
    return;
  }
  const inner = isObject(object[key]) ? object[key] : {};
  setAt(inner, rest, value);
  if (Object.keys(inner).length > 0) object[key] = inner;
  else delete object[key];
}

function defaultAt(schema: Schema, path: Path): unknown {
  const field = schemaAtPath(schema, {}, path);
  return field && bare(field).default;
}
