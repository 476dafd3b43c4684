import { isMap } from "../serving/objects.ts";

/** Plugins whose URLs are told to the client, and not asked by the gateway. */
const TOLD: ReadonlySet<string> = new Set([
  "redirect",
  "response-rewrite",
  "cors",
  "proxy-rewrite",
  "csrf",
  "traffic-split",
]);

/** A URL that the gateway itself asks because of a plugin. */
export interface PluginUrl {
  url: URL;
  /** Where it stands in the plugin's configuration, as in `endpoint_addrs[0]`. */
  path: (string | number)[];
}

/** What a plugin itself speaks to: collectors of logs, servers that decide, mirrors. */
export function urlsOfPlugin(name: string, configuration: unknown): PluginUrl[] {
  if (TOLD.has(name) || !isMap(configuration)) return [];
  if (isMap(configuration._meta) && configuration._meta.disable === true) return [];
  return urlsIn(configuration, []);
}

function urlsIn(value: unknown, path: (string | number)[]): PluginUrl[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => urlsIn(item, [...path, index]));
  if (isMap(value))
    return Object.entries(value).flatMap(([key, inner]) =>
      key === "redirect_uri" ? [] : urlsIn(inner, [...path, key]),
    );
  if (typeof value !== "string" || !/^(https?|grpcs?):\/\/[^$]/.test(value)) return [];
  const url = URL.parse(value);
  return url ? [{ url, path }] : [];
}
