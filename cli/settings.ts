import { readFileSync } from "node:fs";
import { isObject, type Json } from "../provider/model/fields.ts";
import type { DialectName, Side } from "../provider/model/kind.ts";
import { settingsOf } from "../provider/model/settings.ts";
import { type GetConfig, settingsProblem } from "../provider/server/connection.ts";
import type { Options } from "./options.ts";
import { Problem } from "./problem.ts";

/** Where the servers are, under the names of a stack's configuration. */
export interface Settings {
  get: GetConfig;
  /** Everything that was given, or found in the environment, but for credentials. */
  known: ReadonlyMap<string, Json>;
}

/** A name of the configuration with the place before it for which alone it is, as in `zone-1/kuma:url`. */
const OF_PLACE = /^(.+)\/((?:apisix|kuma):.+)$/s;

/** The place and the name that {@link OF_PLACE} tells apart. */
export function placeAndName(key: string): { place: string | undefined; name: string } {
  const [, place, name] = OF_PLACE.exec(key) ?? [];
  return { place, name: name ?? key };
}

/**
 * What the command line, its file and the environment say; the environment never overrides what is written.
 *
 * @param place for whose servers it is; what is said for it alone goes before the rest
 */
export function readSettings(
  { config, configFile, from }: Pick<Options, "config" | "configFile" | "from">,
  place?: string,
): Settings {
  const file = configFile === undefined ? {} : readJsonObject("--config-file", configFile);
  const known = new Map<string, Json>();
  const own = new Map<string, Json>();
  for (const [key, value] of [...Object.entries(file), ...Object.entries(config)]) {
    const said = placeAndName(key);
    refuseUnknown(said.name);
    if (said.place === undefined) known.set(key, value);
    else if (said.place === place) own.set(said.name, value);
  }
  for (const dialect of from) {
    const urls = settingsOf(dialect).filter(({ role }) => role === "url");
    // Another server's URL beside its own would be the other side of a federation.
    if (urls.some(({ name }) => own.has(`${dialect}:${name}`)))
      for (const { name } of urls) known.delete(`${dialect}:${name}`);
  }
  for (const [name, value] of own) known.set(name, value);
  for (const dialect of from) {
    const urls = settingsOf(dialect).filter(({ role }) => role === "url");
    if (urls.some(({ name }) => known.has(`${dialect}:${name}`))) continue;
    for (const { name, variable = "" } of urls) {
      const url = process.env[variable];
      if (url) known.set(`${dialect}:${name}`, url);
    }
  }
  return {
    get: (key) => {
      const value = known.get(key);
      return typeof value === "object" ? JSON.stringify(value) : value;
    },
    known,
  };
}

/** A misspelt name would be as if nothing had been said, and another server would be read. */
function refuseUnknown(name: string): void {
  const [, dialect, setting = ""] = /^(apisix|kuma):([^.]*)/.exec(name) ?? [];
  // A stack's configuration has it for objects in Kubernetes.
  if (dialect === undefined || setting === "ingressClassName") return;
  const problem = settingsProblem(dialect as DialectName, { [setting]: undefined });
  if (problem !== undefined) throw new Problem(problem);
}

/** True when a side of a federation, or a server that is both, is given. */
export function hasSide({ known }: Settings, dialect: DialectName, side: Side | undefined): boolean {
  return side === undefined || known.has(`${dialect}:${side}Url`) || known.has(`${dialect}:url`);
}

/** A JSON object in a file that an option names. */
export function readJsonObject(option: string, path: string): Record<string, Json> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Problem(`${option} ${path} cannot be read: ${(error as Error).message}.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message would show a piece of the file, which may be secret.
    throw new Problem(`${option} ${path} is no JSON.`);
  }
  if (isObject(value)) return value;
  throw new Problem(`${option} ${path} is no JSON object.`);
}
