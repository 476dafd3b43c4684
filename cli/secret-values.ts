import { type Json, schemaFor, UNKNOWN } from "../provider/model/fields.ts";
import type { DialectName } from "../provider/model/kind.ts";
import { valueAt } from "../provider/model/paths.ts";
import { secretPathsOf } from "../provider/model/secret-fields.ts";
import { isSecretReference, soundsSecret } from "../provider/model/secret-names.ts";
import { partsOf, type Schema } from "../provider/model/walk.ts";
import type { Found } from "./adopt.ts";
import { camelCase, type Names, unique } from "./names.ts";
import { leaves, type Path } from "./paths.ts";

/** A secret of an object: where it stands, under which name the configuration has it, and its value where it is known. */
export interface SecretValue {
  path: Path;
  name: string;
  value?: Json;
}

/** All secrets of all objects. `given` has those that the servers do not give back. */
export function secretsOf(
  names: ReadonlyMap<Found, Names>,
  given: Readonly<Record<string, Json>>,
): Map<Found, SecretValue[]> {
  const taken = new Set<string>();
  return new Map(
    [...names].map(([found, { variable }]) => {
      const secrets = secretLeaves(found).map(({ path, value }): SecretValue => {
        // The whole path would make long names; two words of it tell what it is.
        const name = unique(camelCase([variable, ...path.slice(-2)].join("-")), taken, "");
        const known = value === UNKNOWN ? given[name] : (value as Json);
        return { path, name, ...(known === undefined ? {} : { value: known }) };
      });
      return [found, secrets] as const;
    }),
  );
}

function secretLeaves({ kind, args }: Found): { path: Path; value: unknown }[] {
  const marked = secretPathsOf(kind.schema, args).flatMap((path) => leaves(valueAt(args, path), [...path]));
  const known = new Set(marked.map(({ path }) => JSON.stringify(path)));
  const more = freeLeaves(kind.schema, args, []).filter(
    ({ path, value }) =>
      typeof value === "string" &&
      value !== "" &&
      !known.has(JSON.stringify(path)) &&
      isSecretIn(kind.dialect, path),
  );
  return [...marked, ...more].filter(({ value }) => value !== null && !isSecretReference(value));
}

function isSecretIn(dialect: DialectName, path: Path): boolean {
  const [outer = "", name = ""] = path.slice(-2).map(String);
  // A private key inside of a mesh's backend; `secret` is the name of one there.
  if (dialect === "kuma" && /^inline(String)?$/.test(name)) return /key$/i.test(outer);
  return soundsSecret(name) && !(dialect === "kuma" && name === "secret");
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
