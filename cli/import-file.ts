import { type Entry, keptEntries, specificKind, textOf } from "../provider/model/bundle/entries.ts";
import { type JsonObject, UNKNOWN } from "../provider/model/fields.ts";
import { handlerText } from "../provider/model/kinds.ts";
import { SECRET_KEY, SECRET_VALUE } from "../provider/model/marks.ts";
import { leaves, type Path } from "../provider/model/paths.ts";
import { secretPathsOf } from "../provider/model/secret-fields.ts";
import type { Found } from "./adopt.ts";
import { type ImportedBundle, tableOf } from "./bundles.ts";
import type { ProgramDoor } from "./options.ts";
import { replaced } from "./paths.ts";

/**
 * The file for `pulumi import --file`: each resource with the inputs and outputs that its state gets. Resources of the
 * plugins need none, but for bundles.
 */
export function importFile(
  ordered: readonly Found[],
  bundles: readonly ImportedBundle[],
  door: ProgramDoor,
): string {
  const alone = door === "dynamic" ? ordered.filter(({ bundle }) => !bundle) : [];
  const resources = [...alone.map(single), ...bundles.map((bundle) => bundled(bundle, door))];
  return `${JSON.stringify({ resources }, undefined, 2)}\n`;
}

function single(found: Found) {
  const { kind, id, name, args, mark, server, stored } = found;
  const inputs = inputsOf(found, secret);
  // The program that is written beside the file says it in the same words.
  const hidden = { __provider: handlerText(kind.type), __words: true };
  return {
    type: `pulumi-nodejs:dynamic/${kind.type}`,
    name,
    id,
    inputs: { ...inputs, ...hidden },
    outputs: {
      ...inputs,
      ...kind.derived?.(args),
      ...kind.reported?.of(stored),
      ...hidden,
      __made: `${mark}@${server}`,
    },
  };
}

/** A bundle, in the form that its door keeps. */
function bundled({ type, name, entries, mark }: ImportedBundle, door: ProgramDoor) {
  const isSecret = entries.some(({ secrets }) => secrets.length > 0);
  const kept = entries.map((found): Entry => {
    const args = inputsOf(found, (value) => value) as JsonObject;
    const { kind } = found;
    const entry = { table: tableOf(kind) ?? "", key: found.name, kind, args };
    const marked = found.secrets.map(({ path }) => path);
    // The program of a plugin has one text, which is secret as a whole where something in it is.
    const secrets =
      door === "plugin" && isSecret
        ? Object.keys(args).map((key) => [key])
        : [...secretPathsOf(specificKind(entry).schema, args), ...marked];
    return { ...entry, secrets };
  });
  const text = textOf(kept);
  const inputs = {
    summary: `${entries.length.toLocaleString("en-US")} imported`,
    ...(door === "dynamic"
      ? { __provider: handlerText(type), entries: keptEntries(kept, text.entries) }
      : { entries: text.entries }),
    ...(text.secrets === undefined ? {} : { __secrets: secret(text.secrets) }),
  };
  return {
    type: door === "dynamic" ? `pulumi-nodejs:dynamic/${type}` : type.replace(":", ":index:"),
    name,
    // Nothing goes by a bundle's id.
    id: name,
    inputs,
    outputs: { ...inputs, __made: `${mark}@${entries[0]?.server ?? ""}` },
  };
}

/** The arguments as the state has them. */
function inputsOf({ args, secrets }: Found, mark: (value: unknown) => unknown): Record<string, unknown> {
  // What neither the server nor `--secrets` gives stays out of the state, and so shows as a change.
  const unknown = leaves(args).flatMap(({ path, value }) =>
    value === UNKNOWN ? [[path, undefined] as const] : [],
  );
  const known = secrets.flatMap(({ path, value }): [Path, unknown][] =>
    value === undefined ? [] : [[path, mark(value)]],
  );
  return replaced<unknown>(args, [...unknown, ...known]) as Record<string, unknown>;
}

/** A value that the engine encrypts as soon as it has read it (the form of `pulumi stack export --show-secrets`). */
function secret(value: unknown): unknown {
  return { [SECRET_KEY]: SECRET_VALUE, plaintext: JSON.stringify(value) };
}
