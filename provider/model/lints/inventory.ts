import { bundleOf } from "../bundle/types.ts";
import { canonical } from "../canonical.ts";
import type { JsonObject } from "../fields.ts";
import { partsOfUrn, typeOf } from "../inventory/pulumi.ts";
import type { Resource } from "../inventory/resource.ts";
import { withUnknownTexts } from "../inventory/values.ts";
import { kindOf } from "../kinds.ts";
import type { Declared } from "./facts.ts";

/** A resource of the inventory as lints look at it. */
export function declaredOf(resource: Resource): Declared {
  const { type, name, at, urn, args, dependencies, after = [] } = resource;
  const plain = withUnknownTexts(args) as JsonObject;
  const bundle = bundleNameIn(urn);
  // What comes from another resource is not written as it is; with dependsOn nothing needs to be said about the rest.
  const ofFields = new Set(Object.values(dependencies).flat());
  const isOrdered = bundle !== undefined || after.some((one) => !ofFields.has(one));
  const literal = Object.entries(plain).filter(([key]) => (dependencies[key] ?? []).length === 0);
  return {
    type,
    name,
    provider: at,
    args: canonical(kindOf(type), plain),
    literal: isOrdered ? {} : Object.fromEntries(literal),
    ...(urn === undefined ? {} : { urn }),
    ...(bundle === undefined ? {} : { bundle }),
  };
}

/** Pulumi's name of the bundle that an entry stands in. */
function bundleNameIn(urn: string | undefined): string | undefined {
  const { type, name } = partsOfUrn(urn ?? "");
  return bundleOf(typeOf(type) ?? "") ? name.split("#")[0] : undefined;
}
