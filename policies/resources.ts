import type { PolicyResource, ResourceValidationArgs } from "@pulumi/policy";
import { isObject, type Json, type JsonObject, UNKNOWN } from "../provider/model/fields.ts";
import { inventoryOf } from "../provider/model/inventory/inventory.ts";
import { draftsOf, objectsBy, serversBy, type Written } from "../provider/model/inventory/pulumi.ts";
import type { Resource } from "../provider/model/inventory/resource.ts";

/** What policies are given of a resource, by one of the two ways. */
export type Given = Pick<ResourceValidationArgs, "type" | "urn" | "props" | "provider" | "opts"> &
  Partial<Pick<PolicyResource, "dependencies" | "propertyDependencies">>;

/** The inventory of what policies are given. */
export function resourcesOf(given: readonly Given[]): Resource[] {
  const written = given.map(writtenOf);
  const providers = given.flatMap(({ provider }) => (provider ? [writtenOf(provider)] : []));
  const context = {
    place: undefined,
    source: "the program",
    serverOf: serversBy(providers),
    objectsOf: objectsBy(written),
  };
  const drafts = written.flatMap((one) => draftsOf(one, context)).filter((one) => typeof one === "object");
  return inventoryOf(drafts).resources;
}

function writtenOf({
  type,
  urn,
  props,
  provider,
  opts,
  dependencies = [],
  propertyDependencies = {},
}: Omit<Given, "opts"> & { opts?: Given["opts"] }): Written {
  const values = readable(props);
  const known = isObject(values) ? values : {};
  const byField = Object.entries(propertyDependencies).map(([key, of]) => [key, of.map((one) => one.urn)]);
  return {
    urn,
    type,
    inputs: known,
    outputs: known,
    provider: provider?.urn,
    changed: undefined,
    line: undefined,
    parent: opts?.parent,
    dependencies: Object.fromEntries(byField),
    after: dependencies.map((one) => one.urn),
  };
}

/**
 * A plain copy of what policies are given. Reading an unknown value throws there, and would end the judging of the whole
 * stack; here it is {@link UNKNOWN}.
 */
export function readable(value: unknown): Json {
  if (Array.isArray(value)) return Array.from({ length: value.length }, (_, index) => read(value, index));
  if (typeof value !== "object" || value === null) return (value ?? null) as Json;
  const fields: [string, Json][] = Object.keys(value).map((key) => [key, read(value as JsonObject, key)]);
  return Object.fromEntries(fields);
}

function read(holder: JsonObject | unknown[], key: string | number): Json {
  let value: unknown;
  try {
    value = (holder as Record<string | number, unknown>)[key];
  } catch {
    return UNKNOWN;
  }
  return readable(value);
}
