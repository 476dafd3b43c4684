import { canonicalField, isReference, orderOf, reduce } from "../../provider/model/canonical.ts";
import {
  bare,
  type Form,
  isObject,
  type Json,
  type JsonObject,
  sameJson,
  schemaFor,
  shapeOf,
} from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { mapParts, type Schema } from "../../provider/model/walk.ts";

/** Numbers below a bound, the same ones for the same seed. */
export function choices(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

/**
 * Arguments that mean the same in other words: other spellings and forms, another order where order means nothing, ids as
 * numbers, defaults written or not, and null where nothing is said. `choose` picks among them.
 */
export function respelled(kind: Kind, args: JsonObject, choose: (bound: number) => number): JsonObject {
  return new Words(choose, kind.patch ?? false).of(kind.schema, args) as JsonObject;
}

class Words {
  readonly #choose: (bound: number) => number;
  /** A written default says something, so that none may come or go. */
  readonly #keepsDefaults: boolean;

  constructor(choose: (bound: number) => number, keepsDefaults: boolean) {
    this.#choose = choose;
    this.#keepsDefaults = keepsDefaults;
  }

  of(schema: Schema, value: Json): Json {
    const formed = this.#formed(bare(schema).meta.form, value);
    if (isReference(schema) && this.#maybe()) return otherId(formed);
    if (Array.isArray(formed)) {
      const items = mapParts(schema, formed, (part) =>
        part.schema ? this.of(part.schema, part.value) : part.value,
      );
      return orderOf(schema, formed) ? this.#shuffled(items as Json[]) : items;
    }
    if (!isObject(formed)) return formed;
    const shape = shapeOf(schemaFor(schema, formed));
    const inner = mapParts(schema, formed, (part) =>
      part.schema ? this.of(part.schema, part.value) : part.value,
    );
    const said = shape ? this.#spelled(shape, inner as JsonObject) : (inner as JsonObject);
    return Object.fromEntries(this.#shuffled(Object.entries(said)));
  }

  /** In each form in which the value can be said. */
  #formed(form: Form | undefined, value: Json): Json {
    if (!form) return value;
    const plain = form.canonical(value);
    const loud = isObject(plain)
      ? Object.keys(plain).map((key) => ({ ...plain, [key]: String(plain[key]).toUpperCase() }))
      : [];
    const samples = [{}, ...loud].flatMap((sample) => form.like(plain, sample) ?? []);
    const forms = [value, plain, ...samples].filter((one) => sameJson(form.canonical(one), plain));
    return forms[this.#choose(forms.length)] ?? value;
  }

  #spelled(shape: Record<string, Schema>, value: JsonObject): JsonObject {
    const result = { ...value };
    for (const [key, field] of Object.entries(shape)) {
      const { spelling } = bare(field).meta;
      const target = spelling && shape[spelling.of];
      if (!spelling || !target || !this.#maybe()) continue;
      const [short, long] = [result[key], result[spelling.of]];
      const other = long === undefined ? undefined : spelling.fromField(reduce(target, long));
      if (short !== undefined && long === undefined) result[spelling.of] = spelling.toField(short);
      else if (short === undefined && other !== undefined) result[key] = other;
      else continue;
      delete result[short === undefined ? spelling.of : key];
    }
    for (const [key, field] of Object.entries(shape)) {
      const standard = bare(field).default as Json | undefined;
      if (result[key] === undefined && bare(field).optional && this.#choose(5) === 0) result[key] = null;
      if (this.#keepsDefaults || standard === undefined || bare(field).meta.local) continue;
      if (result[key] === undefined && !this.#isSaid(shape, key, result) && this.#choose(4) === 0)
        result[key] = standard;
      else if (sameJson(canonicalField(field, result[key] ?? null), standard) && this.#maybe())
        delete result[key];
    }
    return result;
  }

  #isSaid(shape: Record<string, Schema>, key: string, value: JsonObject): boolean {
    return Object.entries(shape).some(
      ([name, field]) =>
        bare(field).meta.spelling?.of === key && value[name] !== undefined && value[name] !== null,
    );
  }

  #maybe(): boolean {
    return this.#choose(2) === 0;
  }

  #shuffled<T>(items: readonly T[]): T[] {
    const left = [...items];
    return items.flatMap(() => left.splice(this.#choose(left.length), 1));
  }
}

function otherId(id: Json): Json {
  if (typeof id === "number") return String(id);
  return typeof id === "string" && /^[1-9]\d{0,14}$/.test(id) ? Number(id) : id;
}
