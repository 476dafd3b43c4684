import * as z from "zod";
import { type Exclusion, fieldsOf } from "../../provider/model/exclusions.ts";
import { bare, type FieldMeta, shapeOf } from "../../provider/model/fields.ts";
import { comment } from "./text.ts";

/** Any schema. */
export type Schema = z.core.$ZodType;
/** The fields of an object. */
export type Shape = Record<string, Schema>;

/** What is said about a type beside its fields. */
export interface TypeSetup {
  /** Name of the interface of all fields, where the fields exclude each other and the type is more than that. */
  fields?: string;
  /** What the names of types inside begin with. Default: the type's own name. */
  prefix?: string;
  documentation?: string;
  /** Further members, as source. */
  more?: string;
  /** Interface that this one extends. */
  base?: string;
  exclusions?: readonly Exclusion[];
}

/** The TypeScript types of one file. A schema that stands in several places is written once. */
export class Types {
  readonly #texts = new Map<string, string>();
  readonly #aliases = new Map<string, string>();
  /** The names of schemas that have one already; copies of a schema share their definition. */
  readonly #names = new Map<unknown, string>();
  /** Types of `plugins.ts` and helpers of `types.ts` that are used. */
  readonly #imports = new Map<string, Set<string>>();

  /** The source: imports, then all types. */
  text(): string {
    const imports = [...this.#imports].map(
      ([file, names]) => `import type { ${[...names].sort().join(", ")} } from "${file}";\n`,
    );
    const texts = [...this.#aliases.values(), ...this.#texts.values()];
    return `import type * as pulumi from "@pulumi/pulumi";\n${imports.sort(byFile).join("")}${texts.map((text) => `\n${text}\n`).join("")}`;
  }

  /** Writes the type of an object, unless its schema has one. Two different objects of one name are an error. */
  add(name: string, schema: Schema, setup: TypeSetup = {}, shape: Shape = shapeOf(schema) ?? {}): string {
    const known = this.#names.get(schema._zod.def);
    if (known !== undefined) return known;
    const { prefix = name, documentation = "", more = "", base } = setup;
    const exclusions = (setup.exclusions ?? bare(schema).meta.exclusions ?? []).filter(isSaidByType);
    this.#names.set(schema._zod.def, name);
    const members = [
      ...Object.entries(shape).map(([key, field]) => this.#field(prefix, key, field)),
      more,
    ].join("\n");
    const fields = exclusions.length > 0 ? (setup.fields ?? `${name}Fields`) : name;
    const heading = `export interface ${fields}${base ? ` extends ${base}` : ""}`;
    const about = fields === name ? documentation : `The fields of {@link ${name}}.`;
    const isEmpty = members === "" && !base;
    const text = isEmpty ? `export type ${fields} = Record<string, never>;` : `${heading} {\n${members}\n}`;
    this.#write(fields, `${comment(about)}${text}`);
    if (fields !== name) {
      const type = [fields, ...exclusions.map((one) => this.#union(base ?? fields, one))].join(" & ");
      this.#write(name, `${comment(documentation)}export type ${name} = ${type};`);
    }
    return name;
  }

  /** Writes a type as it is. */
  alias(name: string, documentation: string, type: string): void {
    this.#write(name, `${comment(documentation)}export type ${name} = ${type};`);
  }

  #write(name: string, text: string): void {
    const known = this.#texts.get(name);
    if (known !== undefined && known !== text) {
      throw new Error(
        `Two different objects would be called ${name}: give one of their schemas a name, .meta({ typeName: "…" }).`,
      );
    }
    this.#texts.set(name, text);
  }

  #import(file: string, name: string): string {
    this.#imports.set(file, (this.#imports.get(file) ?? new Set<string>()).add(name));
    return name;
  }

  #union(fields: string, { rule, alternatives }: Exclusion & { rule: keyof typeof HELPERS }): string {
    const groups = alternatives.map((alternative) => fieldsOf(alternative).map(literal).join(" | "));
    if (alternatives.every((alternative) => typeof alternative === "string")) {
      return `${this.#import("../types.ts", HELPERS[rule])}<${fields}, ${groups.join(" | ")}>`;
    }
    const helper = rule === "exactlyOneOf" ? "ExactlyOneGroup" : "AtMostOneGroup";
    return `${this.#import("../types.ts", helper)}<${fields}, [${groups.join(", ")}]>`;
  }

  #field(prefix: string, key: string, schema: Schema): string {
    const { optional, description } = bare(schema);
    if (!description) throw new Error(`${prefix}: the field ${key} has no description.`);
    const about = `One entry of \`${key}\`. ${description}`;
    const type = this.input(prefix + key.charAt(0).toUpperCase() + key.slice(1), schema, about);
    return `${comment(description)}${key}${optional ? "?" : ""}: ${type}${optional ? " | undefined" : ""};`;
  }

  /**
   * The type of a field in a program; `name` is that of an object in it which has none of its own, `about` its
   * documentation where it has no description.
   */
  input(name: string, schema: Schema, about = ""): string {
    const type = this.#type(name, schema, about);
    return type === "unknown" ? type : `pulumi.Input<${type}>`;
  }

  #type(name: string, schema: Schema, about: string): string {
    const { schema: plain, description } = bare(schema);
    const own = (z.globalRegistry.get(plain) ?? {}) as FieldMeta & { description?: string };
    const { def } = plain._zod as z.core.$ZodType["_zod"] & { def: z.core.$ZodTypes["_zod"]["def"] };
    switch (def.type) {
      case "string":
      case "number":
      case "boolean":
      case "unknown":
        return def.type;
      case "enum":
        return this.#enumeration(Object.values(def.entries), own);
      case "literal":
        return def.values.map(literal).join(" | ");
      case "array":
        return `${this.input(name, def.element, about)}[]`;
      case "record":
        if (own.typeName) return this.#import("./plugins.ts", own.typeName);
        return `{ [name: string]: ${this.input(name, def.valueType, about)} }`;
      case "union":
        return def.options.map((option) => this.#type(name, option, about)).join(" | ");
      case "object": {
        const more = def.catchall?._zod.def.type === "unknown" ? FURTHER : "";
        const documentation = own.typeDoc ?? own.description ?? description ?? about;
        return this.add(own.typeName ?? name, plain, { documentation, more });
      }
      default:
        throw new Error(`${name}: no TypeScript type is known for zod's ${def.type}.`);
    }
  }

  #enumeration(
    values: readonly unknown[],
    { typeName, description = "" }: FieldMeta & { description?: string },
  ) {
    const type = values.map(literal).join(" | ");
    if (!typeName) return type;
    this.#aliases.set(typeName, `${comment(description)}export type ${typeName} = ${type};`);
    return typeName;
  }
}

const FURTHER = "/** Further fields, as the server takes them. */\n[name: string]: unknown;";

const HELPERS = { exactlyOneOf: "ExactlyOneOf", atMostOneOf: "AtMostOneOf", atLeastOneOf: "AtLeastOneOf" };

/** Two fields that may be undefined go together or not, and no type tells which. */
export function isSaidByType(exclusion: Exclusion): exclusion is Exclusion & { rule: keyof typeof HELPERS } {
  return exclusion.rule !== "allOrNone";
}

/** What is further away first, as the formatter has it. */
function byFile(left: string, right: string): number {
  return left.includes('"../') === right.includes('"../')
    ? left < right
      ? -1
      : 1
    : left.includes('"../')
      ? -1
      : 1;
}

function literal(value: unknown): string {
  return JSON.stringify(value);
}
