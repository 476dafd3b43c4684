import { join } from "node:path";
import type { NamedTypeSpec, PropertySpec } from "./generate/schema-types.ts";
import { repository } from "./repository.ts";

/** What of a plugin's schema programs and states depend on; its texts are left out. */
export interface SchemaShape {
  config: Shape;
  provider: Shape;
  /** By their tokens, as in `apisix:index:Route`. */
  resources: Record<string, { inputs: Shape; outputs: Shape }>;
  /** Named types by their tokens. */
  types: Record<string, Shape | { values: unknown[] }>;
}

/** Properties and their types. */
export interface Shape {
  /** The type of each property as JSON, or text where it is a plain one. */
  properties: Record<string, string>;
  required: string[];
}

/** The parts of a plugin's schema that {@link shapeOf} reads. */
export interface PluginSchema {
  config: { variables: Record<string, PropertySpec> };
  provider: { inputProperties: Record<string, PropertySpec>; requiredInputs?: string[] };
  resources: Record<
    string,
    {
      properties: Record<string, PropertySpec>;
      required?: string[];
      inputProperties: Record<string, PropertySpec>;
      requiredInputs?: string[];
    }
  >;
  types: Record<string, NamedTypeSpec>;
}

/**
 * Where the shape of the last released schema of a plugin is committed; a release writes it. Before the first release that
 * has the plugins it is the shape with which this comparison began.
 */
export function releasedFile(plugin: string): string {
  return join(repository, "schemas", "released", `${plugin}.json`);
}

/** The shape of a plugin's schema. */
export function shapeOf({ config, provider, resources, types }: PluginSchema): SchemaShape {
  return {
    config: shape(config.variables, []),
    provider: shape(provider.inputProperties, provider.requiredInputs),
    resources: mapped(resources, (one) => ({
      inputs: shape(one.inputProperties, one.requiredInputs),
      outputs: shape(one.properties, one.required),
    })),
    types: mapped(types, (one) =>
      one.enum ? { values: one.enum.map(({ value }) => value) } : shape(one.properties ?? {}, one.required),
    ),
  };
}

/** The text of a shape, one line for each resource and type, so that a change is seen. */
export function shapeText(schema: SchemaShape): string {
  const lines = (parts: object) =>
    Object.entries(parts).map(([name, part]) => `${JSON.stringify(name)}:${JSON.stringify(part)}`);
  const sections = Object.entries(schema).map(
    ([name, parts]) => `${JSON.stringify(name)}:{\n${lines(parts).join(",\n")}\n}`,
  );
  return `{\n${sections.join(",\n")}\n}\n`;
}

/**
 * What programs that fit the schema `before` lose by `after`, one line each: what is gone, has another type, is newly required,
 * or was always there and no longer is. What is added breaks nothing.
 */
export function breakingChanges(before: SchemaShape, after: SchemaShape): string[] {
  return [
    ...inputChanges("configuration", before.config, after.config),
    ...inputChanges("provider", before.provider, after.provider),
    ...Object.entries(before.resources).flatMap(([token, { inputs, outputs }]) => {
      const now = after.resources[token];
      if (!now) return [`${token} is gone`];
      const ofInputs = inputChanges(token, inputs, now.inputs);
      // What is an argument and an output is said once.
      const ofOutputs = outputChanges(token, outputs, now.outputs);
      return [...new Set([...ofInputs, ...ofOutputs])];
    }),
    ...Object.entries(before.types).flatMap(([token, was]) => {
      const now = after.types[token];
      if (!now) return [`${token} is gone`];
      return "values" in was || "values" in now
        ? valueChanges(token, was, now)
        : inputChanges(token, was, now);
    }),
  ];
}

type Typed = SchemaShape["types"][string];

function valueChanges(token: string, was: Typed, now: Typed): string[] {
  if (!("values" in was) || !("values" in now)) return [`${token} is of another kind`];
  return was.values
    .filter((value) => !now.values.includes(value))
    .map((value) => `${token} no longer has the value ${JSON.stringify(value)}`);
}

function inputChanges(name: string, was: Shape, now: Shape): string[] {
  const required = now.required.filter((property) => !was.required.includes(property));
  return [
    ...propertyChanges(name, was, now),
    ...required.map((property) => `${name}.${property} is newly required`),
  ];
}

function outputChanges(name: string, was: Shape, now: Shape): string[] {
  const missing = was.required.filter(
    (property) => property in now.properties && !now.required.includes(property),
  );
  return [
    ...propertyChanges(name, was, now),
    ...missing.map((property) => `${name}.${property} is no longer always there`),
  ];
}

function propertyChanges(name: string, was: Shape, now: Shape): string[] {
  return Object.entries(was.properties).flatMap(([property, type]) => {
    const other = now.properties[property];
    if (other === undefined) return [`${name}.${property} is gone`];
    return other === type ? [] : [`${name}.${property} is ${other} instead of ${type}`];
  });
}

function shape(properties: Record<string, PropertySpec>, required: readonly string[] = []): Shape {
  return { properties: mapped(properties, typeText), required: [...required].sort() };
}

/** The keywords of a property that make its type, and whether a change of it replaces the object. */
const KEYWORDS = ["type", "$ref", "items", "additionalProperties", "oneOf", "willReplaceOnChanges"];

function typeText(property: PropertySpec): string {
  const entries = Object.entries(property).filter(([key]) => KEYWORDS.includes(key));
  const [[key, value] = [], ...others] = entries;
  return others.length === 0 && (key === "type" || key === "$ref")
    ? String(value)
    : JSON.stringify(Object.fromEntries(entries));
}

function mapped<T, R>(object: Record<string, T>, change: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
