import type { DialectName } from "../provider/model/kind.ts";
import { setting } from "./options.ts";
import { Problem } from "./problem.ts";
import { placeAndName } from "./settings.ts";
import { type SourceFile, sourceFile } from "./sources.ts";

/** Where what is known comes from. */
export interface SourceOptions {
  states: SourceFile[];
  previews: SourceFile[];
  servers: { dialect: DialectName; place: string | undefined }[];
  config: Record<string, string>;
  configFile?: string;
}

/** The options of {@link SourceOptions} for the parser. */
export const SOURCE_OPTIONS = {
  state: { type: "string", multiple: true },
  preview: { type: "string", multiple: true },
  from: { type: "string", multiple: true },
  config: { type: "string", multiple: true },
  "config-file": { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** The help's part about sources. */
export const SOURCE_USAGE = `What to read (at least one; each may be repeated and has an optional name of its place before it)
  --state [PLACE=]FILE    what \`pulumi stack export\` printed; no passphrase is needed
  --preview [PLACE=]FILE  what \`pulumi preview --json --show-sames\` printed: what will be after the change
  --from SERVER[@PLACE]   apisix or kuma as it is now; it is only read
A place is where servers are: servers of two places are two, whatever their URLs, unless their gatewayId or
controlPlaneId are the same. Default: PROJECT/STACK; of a server that is read, "live".

Where the servers are, for --from: in the environment (APISIX_ADMIN_URL, APISIX_ADMIN_KEY, KUMA_URL or KUMA_GLOBAL_URL
and KUMA_ZONE_URL, KUMA_TOKEN), or by the names that a stack's configuration has:
  --config NAME=VALUE     as in apisix:adminUrl=https://gateway.example:9180; nothing secret
  --config-file FILE      the same as a JSON object of names and values; what is secret may stand in it
Of several servers each has its place, which stands before the names that are its own: --from kuma@zone-1 --from kuma@zone-2
with --config zone-1/kuma:url=https://zone-1.example:5682 --config zone-2/kuma:url=https://zone-2.example:5682.
`;

/** The values of the options of {@link SOURCE_OPTIONS}. */
export interface SourceValues {
  state?: string[] | undefined;
  preview?: string[] | undefined;
  from?: string[] | undefined;
  config?: string[] | undefined;
  "config-file"?: string | undefined;
}

/**
 * Reads where things come from.
 *
 * @param mayBeNone other options name sources, too
 */
export function sourcesOf(values: SourceValues, mayBeNone = false): SourceOptions {
  const servers = [...new Set(values.from)].map((text) => {
    const [, dialect, place] = /^(apisix|kuma)(?:@(.+))?$/.exec(text) ?? [];
    if (dialect === undefined)
      throw new Problem(`--from ${text}: write apisix or kuma, or one with its place, as in apisix@zone-1.`);
    return { dialect: dialect as DialectName, place };
  });
  const options: SourceOptions = {
    states: [...new Set(values.state)].map(sourceFile),
    previews: [...new Set(values.preview)].map(sourceFile),
    servers,
    config: Object.fromEntries((values.config ?? []).map((text) => placedSetting(text, servers))),
    ...(values["config-file"] === undefined ? {} : { configFile: values["config-file"] }),
  };
  const count = options.states.length + options.previews.length + servers.length;
  if (count === 0 && !mayBeNone)
    throw new Problem("Say what to read: --state FILE, --preview FILE or --from SERVER.");
  return options;
}

/** Reads `NAME=VALUE`, or one with the place of a server before it. */
function placedSetting(text: string, servers: SourceOptions["servers"]): [string, string] {
  const [key = "", ...value] = text.split("=");
  const { place, name } = placeAndName(key);
  const [own, said] = setting([name, ...value].join("="));
  if (place === undefined) return [own, said];
  if (!servers.some((one) => one.place === place))
    throw new Problem(`--config ${key}: no --from names the place ${place}.`);
  return [`${place}/${own}`, said];
}
