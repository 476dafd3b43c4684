import { UNKNOWN } from "../provider/model/fields.ts";
import { handlerText } from "../provider/model/kinds.ts";
import { SECRET_KEY, SECRET_VALUE } from "../provider/model/marks.ts";
import type { Found } from "./adopt.ts";
import type { Context } from "./arguments.ts";
import { leaves, type Path, replaced } from "./paths.ts";

/** The file for `pulumi import --file`: each resource with the inputs and outputs that its state gets. */
export function importFile(ordered: readonly Found[], { names, secrets }: Context): string {
  const resources = ordered.map((found) => {
    const { kind, id, args, mark, server } = found;
    // What neither the server nor `--secrets` gives stays out of the state, and so shows as a change.
    const unknown = leaves(args).flatMap(({ path, value }) =>
      value === UNKNOWN ? [[path, undefined] as const] : [],
    );
    const known = (secrets.get(found) ?? []).flatMap(({ path, value }): [Path, unknown][] =>
      value === undefined ? [] : [[path, secret(value)]],
    );
    const inputs = replaced<unknown>(args, [...unknown, ...known]) as Record<string, unknown>;
    // The program that is written beside the file says it in the same words.
    const hidden = { __provider: handlerText(kind.type), __words: true };
    return {
      type: `pulumi-nodejs:dynamic/${kind.type}`,
      name: names.get(found)?.resource,
      id,
      inputs: { ...inputs, ...hidden },
      outputs: {
        ...inputs,
        ...kind.derived?.(args),
        ...found.reported,
        ...hidden,
        __made: `${mark}@${server}`,
      },
    };
  });
  return `${JSON.stringify({ resources }, undefined, 2)}\n`;
}

/** A value that the engine encrypts as soon as it has read it (the form of `pulumi stack export --show-secrets`). */
function secret(value: unknown): unknown {
  return { [SECRET_KEY]: SECRET_VALUE, plaintext: JSON.stringify(value) };
}
