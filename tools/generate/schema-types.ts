import * as z from "zod";
import { type Bare, bare, type FieldMeta, shapeOf } from "../../provider/model/fields.ts";
import { togetherness } from "./reference.ts";
import type { Schema, Shape } from "./types.ts";

/** A type, as Pulumi's schemas have it. */
export interface TypeSpec {
  type?: string;
  $ref?: string;
  items?: TypeSpec;
  additionalProperties?: TypeSpec;
  oneOf?: TypeSpec[];
}

/** A property of an object or a resource. */
export interface PropertySpec extends TypeSpec {
  description?: string;
  secret?: boolean;
  willReplaceOnChanges?: boolean;
  default?: unknown;
  defaultInfo?: { environment: string[] };
}

/** A type that has a name. */
export interface NamedTypeSpec {
  type: string;
  description?: string;
  properties?: Record<string, PropertySpec>;
  required?: string[];
  enum?: { name: string; value: unknown }[];
}

/** Anything at all. */
export const ANY: TypeSpec = { $ref: "pulumi.json#/Any" };

/** The named types of a plugin's schema. One that stands in several places is there once. */
export class SchemaTypes {
  readonly #plugin: string;
  /** Names that are the resources' own, in small letters: in some languages both are in one namespace. */
  readonly #taken: ReadonlySet<string>;
  readonly #specs = new Map<string, NamedTypeSpec>();
  /** The names of schemas that have one already; copies of a schema share their definition. */
  readonly #names = new Map<unknown, string>();
  /** What stands for a map whose type has a name, such as that of plugins. */
  readonly #maps: Readonly<Record<string, TypeSpec>>;

  constructor(plugin: string, taken: readonly string[], maps: Readonly<Record<string, TypeSpec>> = {}) {
    this.#plugin = plugin;
    this.#taken = new Set(taken.map((name) => name.toLowerCase()));
    this.#maps = maps;
  }

  /** All of them by their tokens, sorted. */
  all(): Record<string, NamedTypeSpec> {
    const sorted = [...this.#specs].sort(([left], [right]) => (left < right ? -1 : 1));
    return Object.fromEntries(sorted.map(([name, spec]) => [this.#token(name), spec]));
  }

  /** The type that a reference names. */
  referred(reference: string): NamedTypeSpec | undefined {
    return this.#specs.get(reference.slice(reference.lastIndexOf(":") + 1));
  }

  /** Takes up a named type. Two different ones of one name are an error. */
  add(name: string, spec: NamedTypeSpec): TypeSpec {
    if (this.#taken.has(name.toLowerCase()))
      throw new Error(`A type would be called ${name} as a resource is: give its schema a typeName.`);
    const [known, other] = [...this.#specs].find(([one]) => one.toLowerCase() === name.toLowerCase()) ?? [];
    if (known !== undefined && (known !== name || JSON.stringify(other) !== JSON.stringify(spec)))
      throw new Error(`Two different types would be called ${name}: give one of their schemas a typeName.`);
    this.#specs.set(name, spec);
    return this.#reference(name);
  }

  /** An enumeration; of other values than texts or integers only their types are said. */
  enumeration(name: string, values: readonly unknown[], description?: string): TypeSpec {
    const type = values.every((value) => typeof value === "string")
      ? "string"
      : values.every(Number.isInteger)
        ? "integer"
        : undefined;
    if (type === undefined) return union(values.map((value) => ({ type: typeof value })));
    const named = values.map((value) => ({ name: memberName(value), value }));
    return this.add(name, { type, ...(description ? { description } : {}), enum: named });
  }

  /** The properties of an object or a resource, and which of them are required. */
  properties(prefix: string, shape: Shape): { properties: Record<string, PropertySpec>; required: string[] } {
    const properties = Object.entries(shape).map(([key, schema]) => [
      key,
      this.property(prefix, key, schema),
    ]);
    const required = Object.entries(shape).flatMap(([key, schema]) => (bare(schema).optional ? [] : [key]));
    return { properties: Object.fromEntries(properties), required };
  }

  /** A property; `prefix` is what the names of types in it begin with. */
  property(prefix: string, key: string, schema: Schema): PropertySpec {
    const { meta, description } = bare(schema);
    if (!description) throw new Error(`${prefix}: the field ${key} has no description.`);
    const marks = [
      description,
      ...(meta.writeOnly && !/write-only/i.test(description) ? ["Write-only."] : []),
    ];
    return {
      ...this.type(prefix + key.charAt(0).toUpperCase() + key.slice(1), schema),
      description: marks.join(" "),
      ...(meta.secret ? { secret: true } : {}),
    };
  }

  /** The type of a value; `name` is that of an object or an enumeration in it which has none of its own. */
  type(name: string, schema: Schema): TypeSpec {
    const { schema: plain, description } = bare(schema);
    const own = (z.globalRegistry.get(plain) ?? {}) as Bare["meta"] & { description?: string };
    // Generators put `Args` behind the name of what goes in.
    const given = own.typeName?.replace(/Args$/, "");
    // The same object may hold something secret in one place and nothing secret in another.
    const typeName = given === undefined ? name : hasSecret(plain) ? `Secret${given}` : given;
    const { def } = plain._zod as z.core.$ZodType["_zod"] & { def: z.core.$ZodTypes["_zod"]["def"] };
    switch (def.type) {
      case "string":
      case "boolean":
        return { type: def.type };
      case "number":
        return { type: (def as z.core.$ZodNumberFormatDef).format ? "integer" : "number" };
      case "unknown":
        return ANY;
      case "enum":
        return this.enumeration(typeName, Object.values(def.entries), own.description);
      case "literal":
        return this.enumeration(typeName, def.values, own.description);
      case "array":
        return { type: "array", items: this.type(name, def.element) };
      case "record": {
        const known = own.typeName === undefined ? undefined : this.#maps[own.typeName];
        return known ?? { type: "object", additionalProperties: this.type(name, def.valueType) };
      }
      case "union":
        return union(def.options.map((option) => this.type(name, option)));
      case "object": {
        const documentation =
          (own as FieldMeta & { typeDoc?: string }).typeDoc ?? own.description ?? description;
        const object = this.object(typeName, plain, documentation ?? "");
        // What may have other fields, too, is either of the type or any map.
        const isOpen = def.catchall?._zod.def.type === "unknown";
        return isOpen ? union([object, { type: "object", additionalProperties: ANY }]) : object;
      }
      default:
        throw new Error(`${name}: Pulumi's schemas have no type for zod's ${def.type}.`);
    }
  }

  /** The type of an object, and of what is in it. */
  object(name: string, schema: Schema, description: string, prefix = name): TypeSpec {
    const known = this.#names.get(schema._zod.def);
    if (known !== undefined) return this.#reference(known);
    this.#names.set(schema._zod.def, name);
    const { properties, required } = this.properties(prefix, shapeOf(schema) ?? {});
    const exclusions = (bare(schema).meta.exclusions ?? []).map(togetherness);
    return this.add(name, {
      type: "object",
      description: [description, ...exclusions].join("\n\n"),
      properties,
      ...(required.length > 0 ? { required } : {}),
    });
  }

  #token(name: string): string {
    return `${this.#plugin}:index:${name}`;
  }

  #reference(name: string): TypeSpec {
    return { $ref: `#/types/${this.#token(name)}` };
  }
}

/**
 * One of several types; a union in a union is one. With a list among them it is anything: Pulumi's package for Python fails on
 * every list whose property may be something else, too. The plugin checks it all the same.
 */
export function union(options: readonly TypeSpec[]): TypeSpec {
  const flat = options.flatMap((option) => option.oneOf ?? [option]);
  const distinct = [...new Map(flat.map((option) => [JSON.stringify(option), option])).values()];
  const isList = distinct.length > 1 && distinct.some(({ type }) => type === "array");
  if (isList || distinct.some(({ $ref }) => $ref === ANY.$ref)) return ANY;
  return distinct.length === 1 && distinct[0] ? distinct[0] : { oneOf: distinct };
}

/** True for an object with a field that is secret. */
function hasSecret(schema: Schema): boolean {
  return Object.values(shapeOf(schema) ?? {}).some((field) => bare(field).meta.secret);
}

/** The name of a value of an enumeration: `least_conn` as `LeastConn`, `TLSv1.1` as `TLSv1_1`. */
function memberName(value: unknown): string {
  const text = String(value).replace(/(?<=\d)\.(?=\d)/g, "_");
  const words = text.split(/[^A-Za-z0-9_]+|(?<![0-9])_|_(?![0-9])/).filter((word) => word !== "");
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return /^[A-Za-z]/.test(name) ? name : `Value${name}`;
}
