import { descriptionOf } from "./plugin-descriptions.ts";
import type { Schema } from "./plugin-schemas.ts";

/** What a value may be; several of them are a union, and none of them is anything at all. */
export type PluginType =
  | { kind: "literal"; value: unknown }
  | { kind: "string" | "number" | "integer" | "boolean" }
  | { kind: "list"; element: PluginType[] }
  | { kind: "map"; value: PluginType[] }
  | { kind: "object"; name: string };

/** A field of a plugin's configuration, or of an object in it. */
export interface PluginField {
  name: string;
  documentation: string;
  optional: boolean;
  secret: boolean;
  types: PluginType[];
}

/** An object that has a type of its own. */
export interface PluginObject {
  documentation: string;
  fields: PluginField[];
}

const PARTS = ["allOf", "anyOf", "oneOf", "then", "else", "dependencies"];

/** Objects made from JSON schemas, by name. An object that looks like another one is there once. */
export class PluginObjects {
  readonly all = new Map<string, PluginObject>();

  /** Takes up an object, unless there is one with the same fields, and returns its name. */
  add(name: string, schema: Schema, documentation: string): string {
    const parts = withParts(schema);
    const names = new Set(
      parts.flatMap((part) => Object.keys((part.properties as Schema | undefined) ?? {})),
    );
    const fields = [...names].map((field) => this.#field(name, field, schema, parts));
    const members = JSON.stringify(fields);
    const equal = [...this.all].find(([, other]) => JSON.stringify(other.fields) === members);
    if (equal) return equal[0];
    if (this.all.has(name)) throw new Error(`Two different objects would be called ${name}.`);
    this.all.set(name, { documentation, fields });
    return name;
  }

  #field(prefix: string, name: string, schema: Schema, parts: Schema[]): PluginField {
    const about = parts.flatMap((part) => {
      const found = (part.properties as Schema | undefined)?.[name];
      return found ? [found as Schema] : [];
    });
    const required = Array.isArray(schema.required) && schema.required.includes(name);
    const secret = Array.isArray(schema.encrypt_fields) && schema.encrypt_fields.includes(name);
    const said = documentationOf(about, () => descriptionOf(prefix, name));
    const documentation = [said, secret ? "Secret." : ""];
    return {
      name,
      documentation: documentation.filter((text) => text).join(" "),
      optional: !required || about.some((found) => found.default !== undefined),
      secret,
      types: this.#union(name === "_meta" ? "PluginMeta" : prefix + pascal(name), about),
    };
  }

  #union(name: string, schemas: Schema[]): PluginType[] {
    const types = schemas.flatMap(withParts).flatMap((schema) => this.#types(name, schema));
    return [...new Map(types.map((type) => [JSON.stringify(type), type])).values()];
  }

  #types(name: string, schema: Schema): PluginType[] {
    if (Array.isArray(schema.enum)) return schema.enum.map((value) => ({ kind: "literal", value }));
    if (schema.const !== undefined) return [{ kind: "literal", value: schema.const }];
    switch (schema.type) {
      case "integer":
      case "string":
      case "number":
      case "boolean":
        return [{ kind: schema.type }];
      case "array":
        return [{ kind: "list", element: this.#union(name, [(schema.items ?? {}) as Schema]) }];
      case "object":
        return [this.#object(name, schema)];
      default:
        return [];
    }
  }

  #object(name: string, schema: Schema): PluginType {
    if (schema.properties) {
      const what = name === "PluginMeta" ? "What all plugins take." : "A part of a plugin's configuration.";
      return { kind: "object", name: this.add(name, schema, documentationOf([schema]) || what) };
    }
    const [element] = Object.values((schema.patternProperties as Schema | undefined) ?? {});
    const value = element ?? schema.additionalProperties;
    return { kind: "map", value: typeof value === "object" ? this.#union(name, [value as Schema]) : [] };
  }
}

function withParts(schema: Schema): Schema[] {
  const parts = PARTS.flatMap((name) => {
    const part = schema[name];
    return (
      name === "dependencies" ? Object.values((part as Schema | undefined) ?? {}) : [part].flat()
    ) as Schema[];
  });
  const objects = parts.filter((part) => typeof part === "object" && !Array.isArray(part));
  return [schema, ...objects.flatMap(withParts)];
}

/** What the schemas of a field say for people: the description, or else `missing`, the bounds, the default. */
function documentationOf(schemas: Schema[], missing?: () => string): string {
  const all = schemas.flatMap(withParts);
  const only = (name: string) => {
    const values = new Set(
      all.flatMap((schema) => (schema[name] === undefined ? [] : [JSON.stringify(schema[name])])),
    );
    return values.size === 1 ? [...values][0] : undefined;
  };
  const description = all
    .map((schema) => schema.description)
    .find((text) => typeof text === "string")
    ?.replace(/[.,]?\s*default: \S+$/, "");
  const [minimum, above, maximum, standard] = ["minimum", "exclusiveMinimum", "maximum", "default"].map(only);
  const bounds =
    minimum && maximum
      ? `${minimum} to ${maximum}`
      : minimum
        ? `At least ${minimum}`
        : above
          ? `Greater than ${above}`
          : maximum && `At most ${maximum}`;
  return [
    description ?? missing?.(),
    bounds,
    standard && `Server's default: \`${standard.replace(/^"(.*)"$/, "$1")}\``,
  ]
    .filter((text) => text)
    .map((text) => sentence(String(text)))
    .join(" ");
}

function sentence(text: string): string {
  const trimmed = text.trim().replace(/\s+/g, " ");
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.!?]$/.test(trimmed) ? "" : "."}`;
}

/** `limit-count` as `LimitCount`. */
export function pascal(name: string): string {
  return name.replace(/(?:^|[-_])([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
