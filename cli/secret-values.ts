import { type Json, UNKNOWN } from "../provider/model/fields.ts";
import { leaves, type Path, valueAt } from "../provider/model/paths.ts";
import { secretPathsOf } from "../provider/model/secret-fields.ts";
import { isSecretReference, secretPathsByName } from "../provider/model/secret-names.ts";
import type { Found } from "./adopt.ts";
import { camelCase, unique } from "./names.ts";

/** A secret of an object: where it stands, under which name the configuration has it, and its value where it is known. */
export interface SecretValue {
  path: Path;
  name: string;
  value?: Json;
}

/** Finds the secrets of all objects. `given` has those that the servers do not give back. */
export function giveSecrets(all: readonly Found[], given: Readonly<Record<string, Json>>): void {
  const taken = new Set<string>();
  for (const found of all) {
    found.secrets = secretLeaves(found).map(({ path, value }): SecretValue => {
      // The whole path would make long names; two words of it tell what it is.
      const name = unique(camelCase([found.variable, ...path.slice(-2)].join("-")), taken, "");
      const known = value === UNKNOWN ? given[name] : (value as Json);
      return { path, name, ...(known === undefined ? {} : { value: known }) };
    });
  }
}

function secretLeaves({ kind, args }: Found): { path: Path; value: unknown }[] {
  const marked = secretPathsOf(kind.schema, args).flatMap((path) => leaves(valueAt(args, path), [...path]));
  const known = new Set(marked.map(({ path }) => JSON.stringify(path)));
  const more = secretPathsByName(kind, args)
    .map((path) => ({ path, value: valueAt(args, path) }))
    .filter(({ path }) => !known.has(JSON.stringify(path)));
  return [...marked, ...more].filter(({ value }) => value !== null && !isSecretReference(value));
}
