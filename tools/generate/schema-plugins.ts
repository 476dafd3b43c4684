import type { PluginField, PluginType } from "../plugin-objects.ts";
import { pascal } from "../plugin-objects.ts";
import { typedPlugins } from "../plugin-types.ts";
import {
  ANY,
  type NamedTypeSpec,
  type PropertySpec,
  type SchemaTypes,
  type TypeSpec,
  union,
} from "./schema-types.ts";

/** A configuration that no type describes. */
const FREE: TypeSpec = { type: "object", additionalProperties: ANY };

/**
 * The maps of plugins by name, by the names that the kinds' schemas give them. The names of plugins are no names of
 * properties in most languages, so each is a map, with a value of any type of a configuration.
 */
export function pluginMaps(): Record<"Plugins" | "ConsumerPlugins", TypeSpec> {
  const { forRequests, forConsumers } = typedPlugins();
  const map = (names: Record<string, string>): TypeSpec => {
    const types = [...new Set(Object.values(names))]
      .sort()
      .map((name) => ({ $ref: `#/types/apisix:index:${name}` }));
    return { type: "object", additionalProperties: union([...types, FREE]) };
  };
  return { Plugins: map(forRequests), ConsumerPlugins: map({ ...forRequests, ...forConsumers }) };
}

/** Takes up the types of plugins' configurations. */
export function addPluginTypes(types: SchemaTypes): void {
  for (const [name, { documentation, fields }] of typedPlugins().objects.all)
    types.add(name, objectSpec(types, name, documentation, fields));
}

function objectSpec(
  types: SchemaTypes,
  name: string,
  description: string,
  fields: readonly PluginField[],
): NamedTypeSpec {
  const properties = fields.map((field): [string, PropertySpec] => {
    const { documentation } = field;
    return [
      field.name,
      {
        ...typeOf(types, name + pascal(field.name), field.types),
        ...(documentation ? { description: documentation } : {}),
        ...(field.secret ? { secret: true } : {}),
      },
    ];
  });
  const required = fields.filter(({ optional }) => !optional).map((field) => field.name);
  return {
    type: "object",
    description,
    properties: Object.fromEntries(properties),
    ...(required.length > 0 ? { required } : {}),
  };
}

function typeOf(types: SchemaTypes, name: string, options: readonly PluginType[]): TypeSpec {
  if (options.length === 0) return ANY;
  const values = options.flatMap((option) => (option.kind === "literal" ? [option.value] : []));
  const others = options
    .filter(({ kind }) => kind !== "literal")
    .map((option) => oneType(types, name, option));
  return union([...(values.length > 0 ? [types.enumeration(name, values)] : []), ...others]);
}

function oneType(types: SchemaTypes, name: string, type: PluginType): TypeSpec {
  switch (type.kind) {
    case "list":
      return { type: "array", items: typeOf(types, name, type.element) };
    case "map":
      return { type: "object", additionalProperties: typeOf(types, name, type.value) };
    case "object":
      return { $ref: `#/types/apisix:index:${type.name}` };
    default:
      return { type: type.kind };
  }
}
