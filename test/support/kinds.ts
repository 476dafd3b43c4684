import type { CustomResource, CustomResourceOptions } from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { kindOf } from "../../provider/model/kinds.ts";
import type { KindCase, KindRow } from "./kind-case.ts";
import { rowOf, rows } from "./kind-rows.ts";

export type { ChangeByHand, KindCase, Stored } from "./kind-case.ts";

/** The class of a kind. */
type ResourceClass = new (name: string, args: object, options?: CustomResourceOptions) => CustomResource;

const CLASSES: Record<string, object> = { apisix, kuma };

/** The class of a type such as `apisix:Route`. */
export function classOf(type: string): ResourceClass {
  const [dialect = "", name = ""] = type.split(":");
  const made = (CLASSES[dialect] as Record<string, ResourceClass>)[name];
  if (!made)
    throw new Error(
      `There is no class ${dialect}.${name}: npm run generate writes it, npm run build takes it into the package.`,
    );
  return made;
}

function caseOf(row: KindRow): KindCase {
  const made = classOf(row.type);
  return {
    ...row,
    identity: kindOf(row.type).identity.at(-1) ?? "",
    declare: (name, args, options) => new made(name, row.declared?.(args, name) ?? args, options),
  };
}

/** The kind of a type such as `apisix:Route`, as tests need it. */
export function kindCaseOf(type: string): KindCase {
  const row = rowOf(type);
  if (!row) throw new Error(`${type} has no row in test/support.`);
  return caseOf(row);
}

/** The only kind that tests over kinds go through: `npm run test:kind -- kuma:MeshTimeout` sets it. */
const only = process.env.TEST_KIND;

/** The kinds that tests over kinds go through: every one that the package has, unless one is chosen. */
export const kinds: KindCase[] = only === undefined ? rows.map(caseOf) : [kindCaseOf(only)];

/** The kinds whose objects say whose they are. */
export const labelled = kinds.filter((kind) => !kind.unlabelled);

/** The others. */
export const unlabelled = kinds.filter((kind) => kind.unlabelled);

/** The id of one kind's object in a test whose ids begin with `prefix`: `drift-route`. */
export function idOf(prefix: string, kind: KindCase): string {
  return kind.id?.(prefix) ?? `${prefix}-${(kind.type.split(":")[1] ?? "").toLowerCase()}`;
}

/** A program that declares one resource of each kind (of `which`), with `args` chosen per kind. */
export function oneOfEach(
  prefix: string,
  args: (kind: KindCase) => object,
  options?: (kind: KindCase) => CustomResourceOptions,
  which: readonly KindCase[] = kinds,
): () => Promise<void> {
  return async () => {
    for (const kind of which) kind.declare(idOf(prefix, kind), args(kind), options?.(kind));
  };
}
