import { type Json, type JsonObject, schemaFor } from "./fields.ts";
import type { Kind } from "./kind.ts";
import { leaves, type Path } from "./paths.ts";
import { partsOf, type Schema } from "./walk.ts";

/** What a secret manager or the environment of the gateway holds is no secret itself. */
const BY_REFERENCE = /^\$(env|secret):\/\//i;

/** Names of fields that hold a secret by what they are called. */
const SOUNDS_SECRET = /^(authorization|.*(secret|password|passwd|token|api[-_]?key|private[-_]?key))$/i;

/** Whether a value refers to a secret that somebody else keeps, as in `$env://KEY` or `$secret://vault/1/key`. */
export function isSecretReference(value: unknown): boolean {
  return typeof value === "string" && BY_REFERENCE.test(value);
}

/**
 * Where arguments hold texts that no schema calls secret and that sound like secrets by their names: `Authorization` among the
 * headers that a plugin sets, `my_token` of a plugin of the gateway's own, the private key of a mesh's backend.
 */
export function secretPathsByName(kind: Kind, args: JsonObject): Path[] {
  return freeLeaves(kind.schema, args, [])
    .filter(({ path, value }) => typeof value === "string" && value !== "" && soundsSecret(kind, path))
    .filter(({ value }) => !isSecretReference(value))
    .map(({ path }) => path);
}

function soundsSecret({ dialect }: Kind, path: Path): boolean {
  const [outer = "", name = ""] = path.slice(-2).map(String);
  // A private key inside of a mesh's backend; `secret` is the name of one there.
  if (dialect === "kuma" && /^inline(String)?$/.test(name)) return /key$/i.test(outer);
  return SOUNDS_SECRET.test(name) && !(dialect === "kuma" && name === "secret");
}

/** Every value that the schema does not describe: plugins, settings of backends, specs of policies. */
function freeLeaves(schema: Schema | undefined, value: Json, at: Path): { path: Path; value: unknown }[] {
  if (!schema) return [];
  const fitting = schemaFor(schema, value);
  if (["record", "unknown"].includes(fitting._zod.def.type)) return leaves(value, at);
  return (partsOf(schema, value) ?? []).flatMap(({ key, schema: field, value: inner }) =>
    key === "labels" || key === "tags" ? [] : freeLeaves(field, inner, [...at, key]),
  );
}
