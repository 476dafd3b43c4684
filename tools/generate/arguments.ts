import { join } from "node:path";
import { bare, shapeOf } from "../../provider/model/fields.ts";
import type { DialectName, Kind } from "../../provider/model/kind.ts";
import { apisixRouteSpec } from "../../provider/model/kubernetes/apisix-route.ts";
import { apisixUpstreamSpec } from "../../provider/model/kubernetes/apisix-upstream.ts";
import { repository } from "../repository.ts";
import { className, kindsOf } from "./kinds.ts";
import { article, comment, format, HEADER } from "./text.ts";
import { isSaidByType, type Schema, type Shape, Types } from "./types.ts";

const DIALECTS: Record<DialectName, string> = { apisix: "APISIX Admin API", kuma: "Kuma resource" };

const ADOPT = `${comment(
  "Takes over an object that exists already at the server and is not this resource's, instead of refusing: it is overwritten with what is declared here. Default: false.",
)}adopt?: boolean | undefined;`;

/** Where the argument types of a part of the SDK are committed. */
export function argumentsFile(part: DialectName | "kubernetes"): string {
  return join(repository, "sdk", part, "arguments.ts");
}

/** The TypeScript source of a dialect's argument types. */
export function argumentTypes(dialect: DialectName): string {
  const types = new Types();
  const kinds = kindsOf(dialect);
  const insides = insideObjects(kinds);
  for (const [kind, { name, schema, documentation }] of insides)
    types.add(name, schema, { fields: `${className(kind)}Shape`, prefix: className(kind), documentation });
  for (const kind of kinds) {
    const name = className(kind);
    const base = insides.has(kind) ? `${name}Shape` : undefined;
    const { shape } = kind.schema;
    const own = base ? pick(shape, (field) => kind.identity.includes(field)) : shape;
    const documentation = `The arguments of ${article(kind.title)}. Defined by: ${DIALECTS[dialect]}, ${kind.title}.`;
    const exclusions = (bare(kind.schema).meta.exclusions ?? []).filter(isSaidByType);
    const setup = { fields: `${name}Fields`, prefix: name, documentation, more: ADOPT, exclusions };
    if (exclusions.length > 0)
      types.add(`${name}Args`, kind.schema, { ...setup, ...(base ? { base } : {}) }, own);
    else {
      types.add(`${name}Fields`, kind.schema, setup, own);
      types.alias(`${name}Args`, `The arguments of {@link ${name}}.`, `${name}Fields`);
    }
  }
  return format(HEADER + types.text(), argumentsFile(dialect));
}

/** The TypeScript source of the specs of those Kubernetes objects that have a schema of their own. */
export function specTypes(): string {
  const types = new Types();
  for (const [kind, schema] of [
    ["ApisixUpstream", apisixUpstreamSpec],
    ["ApisixRoute", apisixRouteSpec],
  ] as const) {
    const documentation = `The spec of ${article(kind)}. Defined by: Kubernetes CRD, apisix.apache.org/v2.`;
    types.add(`${kind}Spec`, schema, { prefix: kind, documentation });
  }
  return format(HEADER + types.text(), argumentsFile("kubernetes"));
}

/** An object inside those of other kinds that is the same as one of its own. */
export interface InsideObject {
  name: string;
  schema: Schema;
  documentation: string;
}

/** The kinds whose objects stand inside those of others, too, and what they are there. */
export function insideObjects(kinds: readonly Kind[]): Map<Kind, InsideObject> {
  return new Map(
    kinds.flatMap((kind) => {
      const schema = kinds
        .map((outer) => insideOf(outer.schema.shape, declared(kind)))
        .find((found) => found);
      if (!schema) return [];
      const documentation = `${article(kind.title).replace(/^a/, "A")} inside another object.`;
      return [[kind, { name: `Inline${className(kind)}`, schema, documentation }] as const];
    }),
  );
}

/** A kind's fields less those that name the object. */
function declared(kind: Kind): Shape {
  return pick(kind.schema.shape, (name) => !kind.identity.includes(name));
}

/** The object among these fields that has exactly the fields `inner`. */
function insideOf(shape: Shape, inner: Shape): Schema | undefined {
  return Object.values(shape)
    .map((field) => bare(field).schema)
    .find((field) => {
      const found = shapeOf(field);
      return (
        found !== undefined &&
        Object.keys(found).length === Object.keys(inner).length &&
        Object.entries(found).every(([name, schema]) => inner[name] === schema)
      );
    });
}

function pick(shape: Shape, wanted: (name: string) => boolean): Shape {
  return Object.fromEntries(Object.entries(shape).filter(([name]) => wanted(name)));
}
