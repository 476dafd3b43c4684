import { KINDS } from "../../provider/model/kinds.ts";
import { PROVIDERS } from "../../provider/model/settings.ts";

/** The plugins of the package. */
export const plugins = ["apisix", "kuma"] as const;

/** Every example of a plugin's schema by a name: those of its kinds, and that of its provider. */
export function examplesOf(plugin: (typeof plugins)[number]): [name: string, program: string][] {
  const kinds = KINDS.filter(({ dialect }) => dialect === plugin);
  return [
    ...kinds.flatMap(({ type, examples }) =>
      examples.map((program, index): [string, string] => [`${type.replace(":", "-")}-${index + 1}`, program]),
    ),
    [`${plugin}-provider`, PROVIDERS[plugin].example],
  ];
}
