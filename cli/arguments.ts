import type * as z from "zod";
import { schemaFor, shapeOf } from "../provider/model/fields.ts";
import type { Path } from "../provider/model/paths.ts";
import type { Found } from "./adopt.ts";
import { Cast, Code, isTreeObject, quote, type Tree } from "./code.ts";
import { replaced } from "./paths.ts";
import type { Reference } from "./references.ts";
import type { SecretValue } from "./secret-values.ts";

type Fields = { [key: string]: Tree };

/** A resource's arguments as somebody would write them: references as variables, secrets from the configuration. */
export function argumentsOf(found: Found): Fields {
  const { kind, name, args, idPrefix, loose, references, secrets } = found;
  const changes: [Path, Tree][] = [
    ...references.map((one): [Path, Tree] => [one.path, referenceCode(found, one)]),
    ...secrets.map((one): [Path, Tree] => [one.path, secretCode(one)]),
  ];
  const tree = replaced<Tree>(args, changes) as Fields;
  const last = kind.identity.at(-1) ?? "";
  if (args[last] === `${idPrefix}${name}`) delete tree[last];
  for (const [field, standard] of Object.entries(kind.identityDefaults ?? {})) {
    if (args[field] === standard) delete tree[field];
  }
  const fields = inOrder(idiomatic(tree, kind.schema), kind.schema, kind.dialect === "apisix") as Fields;
  const { plugins } = fields;
  if (loose && plugins !== undefined && isTreeObject(plugins)) {
    return { ...fields, plugins: new Cast(plugins, "Record<string, { [name: string]: unknown }>") };
  }
  return fields;
}

function referenceCode(found: Found, { value, to, isCircular }: Reference): Tree {
  const text = typeof value === "string" ? quote(value) : JSON.stringify(value);
  if (!to) return new Code(text, "not imported");
  const { bundle } = to;
  // In the same bundle a key stands for its object; a number would become a text.
  if (bundle && bundle === found.bundle) return typeof value === "string" ? to.name : value;
  if (bundle && !isCircular) return value;
  if (isCircular) return new Code(text, "imported, but the two refer to each other");
  const output = `${to.variable}.${to.kind.identity.at(-1)}`;
  if (typeof value === "string") return new Code(output);
  return new Code(`${output}.apply(Number)`);
}

function secretCode({ name, value }: SecretValue): Code {
  const form = typeof value === "number" ? "Number" : typeof value === "boolean" ? "Boolean" : "";
  return new Code(`config.requireSecret${form}(${quote(name)})`);
}

/** Lists of one that have a field of their own for it. */
const ALONE: [list: string, single: string][] = [
  ["uris", "uri"],
  ["hosts", "host"],
  ["remoteAddrs", "remoteAddr"],
  ["snis", "sni"],
];

/** The shorter forms of lists, and the host that an https node gets in writing. */
function idiomatic(tree: Fields, schema: z.ZodObject): Fields {
  const fields = Object.entries(tree).map(([key, value]): [string, Tree] => {
    const single = ALONE.find(([list]) => list === key)?.[1];
    if (single && single in schema.shape && Array.isArray(value) && value.length === 1)
      return [single, value[0] as Tree];
    return key === "upstream" && isTreeObject(value) ? [key, withPassHost(value)] : [key, value];
  });
  const result = Object.fromEntries(fields);
  return "upstreamHost" in schema.shape ? withPassHost(result) : result;
}

/** An upstream of scheme https says which host its nodes get. */
function withPassHost(upstream: Fields): Fields {
  return upstream.scheme === "https" ? { passHost: "pass", ...upstream } : upstream;
}

/** The fields in the order of the schema; those of free maps by their names, where a server gives them in any order. */
function inOrder(tree: Tree, schema: z.core.$ZodType | undefined, sortFree: boolean): Tree {
  const fitting = schema && schemaFor(schema, tree);
  if (Array.isArray(tree)) {
    const def = fitting?._zod.def;
    const element = def?.type === "array" ? (def as z.core.$ZodArrayDef).element : undefined;
    return tree.map((item) => inOrder(item, element, sortFree));
  }
  if (!isTreeObject(tree)) return tree;
  const shape = (fitting && shapeOf(fitting)) ?? {};
  const known = Object.keys(shape).filter((key) => Object.hasOwn(tree, key));
  const free = Object.keys(tree).filter((key) => !known.includes(key));
  const keys = [...known, ...(sortFree ? free.sort() : free)];
  return Object.fromEntries(
    keys.map((key) => [
      key,
      inOrder(tree[key] as Tree, Object.hasOwn(shape, key) ? shape[key] : undefined, sortFree),
    ]),
  );
}
