import * as z from "zod";
import { excluding } from "../exclusions.ts";
import type { JsonObject } from "../fields.ts";
import { bare, isObject } from "../fields.ts";
import type { Kind, RuleContext } from "../kind.ts";
import { resourceName } from "../kuma/fields.ts";
import type { Validated } from "../validate.ts";

/** A kind of Kubernetes object whose arguments this package checks. */
export interface ObjectKind extends Validated {
  apiVersion: string;
  kind: string;
}

const names = {
  name: resourceName().optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  labels: z.record(z.string(), z.string()).optional(),
};

/** The part of a namespaced object's metadata that is checked; the rest is Kubernetes' own. */
export const metadata = z.looseObject({ ...names, namespace: resourceName().optional() }).optional();

/** The same of an object that belongs to the whole cluster. */
export const clusterMetadata = z
  .looseObject({
    ...names,
    namespace: z
      .string()
      .refine(() => false, "has no place here: objects of this kind belong to the whole cluster")
      .optional(),
  })
  .optional();

/** Rules of a spec as rules of the object that it belongs to. */
export function specRules(rules: Kind["rules"]): NonNullable<Kind["rules"]> {
  return (args, context) => {
    if (isObject(args.spec)) rules?.(args.spec, below("spec.", context));
  };
}

/** The same context for rules that know nothing of what stands above their fields. */
export function below(at: string, context: RuleContext): RuleContext {
  const { report, known } = context;
  return {
    ...context,
    report: (path, reason, hint) => report(at + path, reason, hint),
    known: (...paths) => known(...paths.map((path) => at + path)),
  };
}

/** What a kind of the API says besides who it is: the same fields stand in the `spec` of its Kubernetes object. */
export function specOf({ schema, identity }: Kind): z.ZodObject {
  const fields = Object.entries(schema.shape).filter(
    ([key, field]) => !identity.includes(key) && key !== "labels" && !bare(field).meta.local,
  );
  return excluding(z.strictObject(Object.fromEntries(fields)), ...(bare(schema).meta.exclusions ?? []));
}

/** Every object in a list with its path; nothing when it is no list. */
export function itemsOf(list: unknown, path: string): [item: JsonObject, path: string][] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item, index) => (isObject(item) ? [[item, `${path}[${index}]`] as const] : [])) as [
    JsonObject,
    string,
  ][];
}
