import type { Resource } from "../provider/model/inventory/resource.ts";
import { told } from "../provider/model/inventory/values.ts";

/** Whose a resource is, for people and for JSON. */
export interface Owner {
  type: string;
  name: string;
  place: string;
  /** PROJECT/STACK; absent where no stack has it. */
  stack?: string | undefined;
  /** Where the program declares it. */
  line?: string | undefined;
  /** When it was changed last. */
  changed?: string | undefined;
  /** What the preview does with it, and to which arguments. */
  operation?: string | undefined;
  differs?: string[] | undefined;
}

/** Whose a resource is, and whether it differs from its state. */
export function ownerOf(resource: Resource): Owner {
  const { type, name, place, stack, line, changed, operation } = resource;
  const differs = differencesOf(resource);
  return {
    type,
    name,
    place,
    ...(stack === undefined ? {} : { stack }),
    ...(line === undefined ? {} : { line }),
    ...(changed === undefined ? {} : { changed }),
    ...(operation === undefined || operation === "same" ? {} : { operation }),
    ...(differs.length > 0 ? { differs } : {}),
  };
}

/** The arguments that a preview changes. What is secret on both sides may differ without being seen. */
function differencesOf({ args, before }: Resource): string[] {
  if (!before) return [];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(args)])];
  return keys.filter((key) => shown(before[key]) !== shown(args[key])).sort();
}

function shown(value: unknown): string {
  return JSON.stringify(told(value));
}

/** One line about it. */
export function ownerLine({ type, name, place, stack, line, changed, operation, differs }: Owner): string {
  const from = stack === undefined ? `at ${place}, in no stack` : `of stack ${stack}`;
  return [
    `${type} "${name}" ${from}`,
    ...(line === undefined ? [] : [line]),
    ...(changed === undefined ? [] : [`changed ${changed.slice(0, 16).replace("T", " ")}`]),
    ...(operation === undefined
      ? []
      : [`this preview: ${operation}${differs ? ` ${differs.join(", ")}` : ""}`]),
  ].join(", ");
}
