import type * as z from "zod";
import { canonicalField, without } from "../model/canonical.ts";
import { bare, isObject, type Json, type JsonObject, sameJson, schemaFor, shapeOf } from "../model/fields.ts";
import type { Surroundings } from "../model/kind.ts";
import { wrapSecret } from "../model/secrets.ts";
import { formatPath, type Problem, parsePath, valueAt } from "../model/validate.ts";
import type { Call } from "../server/api.ts";
import { warn } from "../server/connection.ts";
import { BackendError, isLost } from "../server/errors.ts";
import { Lifecycle, type ReadResult } from "./lifecycle.ts";
import { HIDDEN, type Target } from "./target.ts";

/** A field of the patched object, and what stood there before; no value when there was none. */
interface Former {
  path: string;
  value?: Json;
}

const locks = new Map<string, Promise<unknown>>();
const patchedBy = new Map<string, unknown>();
const ATTEMPTS = 5;

/** The lifecycle of a resource that sets some fields of an object that somebody else made. */
export class PatchLifecycle extends Lifecycle {
  override async create(inputs: JsonObject) {
    const target = this.target(inputs);
    const id = target.idOf(inputs);
    const wanted = leaves(declaredOf(inputs));
    const former = await this.#change(target, target.call("set fields of the", id, inputs), wanted, (found) =>
      [...wanted.keys()].map((path) => formerOf(path, found)),
    );
    return { id, outs: outputsOf(target, inputs, former) };
  }

  override async update(id: string, old: JsonObject, inputs: JsonObject) {
    const target = this.target(inputs).expectServerOf(old);
    const wanted = leaves(declaredOf(inputs));
    const before = formersOf(old);
    const dropped = before.filter(({ path }) => !wanted.has(path));
    const changes = new Map<string, Json | undefined>([
      ...dropped.map(({ path, value }) => [path, value] as const),
      ...wanted,
    ]);
    const call = target.call("change fields of the", id, inputs);
    const former = await this.#change(target, call, changes, (found) =>
      [...wanted.keys()].map((path) => before.find((entry) => entry.path === path) ?? formerOf(path, found)),
    );
    return { outs: outputsOf(target, inputs, former) };
  }

  override async read(id: string, outputs: JsonObject): Promise<ReadResult> {
    const target = this.target(outputs).expectServerOf(outputs);
    const identity = target.identityOf(id);
    const found = await target.api.get(target.call("read", id, outputs));
    if (!found) return { id: "", props: {} };
    const inputs: JsonObject = { ...identity };
    for (const path of leaves(declaredOf(outputs)).keys()) {
      const value = valueAt(found, parsePath(path)) ?? defaultAt(this.kind.schema, parsePath(path));
      if (value !== undefined) setAt(inputs, parsePath(path), this.#canonicalAt(path, value as Json));
    }
    const made = target.outputs({}, "");
    return {
      id,
      props: { ...inputs, ...made, __former: wrapSecret(formersOf(outputs)) as Json },
      inputs,
    };
  }

  override async delete(id: string, outputs: JsonObject): Promise<void> {
    const target = this.target(outputs).expectServerOf(outputs);
    const call = target.call("put former fields back into the", id, outputs);
    const found = await target.api.get(call);
    if (!found) return;
    const ours = leaves(declaredOf(outputs));
    const restored = formersOf(outputs).filter(({ path }) => {
      const unchanged = this.#holds(found, path, ours.get(path));
      if (!unchanged) warn(`${path} of the mesh "${id}" stays as it is: somebody changed it since.`);
      return unchanged;
    });
    if (restored.length > 0) {
      await this.#change(target, call, new Map(restored.map(({ path, value }) => [path, value])), () => []);
    }
  }

  /** Two patches of one field would undo each other at every run. */
  protected override problems(
    declared: JsonObject,
    owner: string,
    around: Surroundings,
    marked: readonly (string | number)[][],
  ): Problem[] {
    const target = this.target(declared);
    const clashes = [...leaves(without(declared, this.kind.identity)).keys()].filter((path) => {
      const field = `${target.connection.server} ${String(declared.mesh)} ${path}`;
      const other = patchedBy.get(field) ?? owner;
      patchedBy.set(field, other);
      return other !== owner;
    });
    const reason = "is set by another patch of this stack, too; set it in one place";
    return [...super.problems(declared, owner, around, marked), ...clashes.map((path) => ({ path, reason }))];
  }

  /** Changes fields of the object, one change at a time in this process, and looks whether they stand. */
  async #change<T>(
    target: Target,
    call: Call,
    changes: ReadonlyMap<string, Json | undefined>,
    note: (found: JsonObject) => T,
  ): Promise<T> {
    return exclusively(`${target.connection.url}/${call.path}`, async () => {
      const noted: T[] = [];
      let lost: unknown;
      for (let attempt = 1; ; attempt++) {
        const found = await target.api.get(call);
        if (!found)
          throw new BackendError(
            "REFUSED_BY_SERVER",
            `Could not ${call.doing} at ${target.connection.url}: it does not exist. Make it first, for example with kuma.Mesh.`,
          );
        noted.push(note(found));
        const missing = [...changes].filter(([path, value]) => !this.#holds(found, path, value));
        if (missing.length === 0) return noted[0] as T;
        if (lost) throw lost;
        if (attempt > ATTEMPTS) {
          throw new BackendError(
            "SERVER_ERROR",
            `Could not ${call.doing} at ${target.connection.url}: somebody else writes ${missing.map(([path]) => path).join(", ")} at the same time.`,
          );
        }
        const body = structuredClone(without(found, this.kind.serverMade));
        for (const [path, value] of missing) setAt(body, parsePath(path), value);
        // The answer may be lost and the fields set all the same; the next run would take them for the former ones.
        await target.api.put(call, body).catch((error: unknown) => {
          if (!isLost(error)) throw error;
          lost = error;
        });
      }
    });
  }

  #holds(found: JsonObject, path: string, wanted: Json | undefined): boolean {
    const standard = defaultAt(this.kind.schema, parsePath(path));
    const here = valueAt(found, parsePath(path)) ?? standard;
    return sameJson(
      this.#canonicalAt(path, here as Json),
      this.#canonicalAt(path, wanted ?? (standard as Json)),
    );
  }

  /** In one form, since the server leaves out defaults, also those inside of lists. */
  #canonicalAt(path: string, value: Json): Json {
    const field = fieldAt(this.kind.schema, parsePath(path));
    return field ? canonicalField(field, value) : value;
  }
}

function declaredOf(state: JsonObject): JsonObject {
  return without(state, [...HIDDEN, "mesh"]);
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

function formersOf(state: JsonObject): Former[] {
  return Array.isArray(state.__former) ? (state.__former as unknown as Former[]) : [];
}

function outputsOf(target: Target, inputs: JsonObject, former: Former[]): JsonObject {
  return { ...target.outputs(inputs, ""), __former: wrapSecret(former) as Json };
}

/** Sets or, without a value, removes a field, and with it the objects that are empty then. */
function setAt(object: JsonObject, [key = "", ...rest]: (string | number)[], value: Json | undefined): void {
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

function fieldAt(
  schema: z.core.$ZodType,
  [key = "", ...rest]: (string | number)[],
): z.core.$ZodType | undefined {
  const field = shapeOf(schema)?.[key];
  return field && rest.length > 0 ? fieldAt(schemaFor(field, {}), rest) : field;
}

function defaultAt(schema: z.core.$ZodType, path: (string | number)[]): unknown {
  const field = fieldAt(schema, path);
  return field && bare(field).default;
}

async function exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
  const previous = locks.get(key) ?? Promise.resolve();
  const mine = previous.catch(() => undefined).then(work);
  locks.set(key, mine);
  return mine;
}
