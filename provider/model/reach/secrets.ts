import { isMap, type Judged, type Stored } from "../serving/objects.ts";
import { fieldAt, read, type World } from "./world.ts";

/** Certificates and keys by the names of their fields, or the name of a secret that is not there. */
export type Loaded = { given: readonly string[] } | { missing: string };

/** Loads the certificates and keys of an object. One secret that is not there fails them all. */
export function load(
  object: Stored,
  path: readonly string[],
  names: readonly string[],
  world: World,
): Judged<Loaded> {
  const sources = read(object, (get) =>
    names
      .filter((name) => isMap(get(...path, name)))
      .map((name) => ({ name, secret: get(...path, name, "secret") })),
  );
  if (!sources.known) return sources;
  for (const { name, secret } of sources.value) {
    if (typeof secret !== "string" || secret === "") continue;
    if (!world.secrets) {
      return {
        known: false,
        because: [{ field: fieldAt(object, [...path, name, "secret"]), why: "not there" }],
      };
    }
    if (!world.secrets.includes(secret)) return { known: true, value: { missing: secret } };
  }
  return { known: true, value: { given: sources.value.map(({ name }) => name) } };
}
