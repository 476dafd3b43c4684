import { encodeControls, encodePath, toBytes } from "./bytes.ts";
import { below, isMap, type Judged, type Unclear, unclearValue } from "./objects.ts";
import { pattern } from "./pattern.ts";
import type { Plugin } from "./plugins.ts";
import type { Seen } from "./request.ts";
import { fill, substitute } from "./template.ts";
import type { Variables } from "./variables.ts";

/** A header that a plugin changes on the way to the upstream; the value as it is configured, variables not filled in. */
export interface HeaderChange {
  does: "set" | "add" | "remove";
  name: string;
  value?: unknown;
  plugin: Plugin;
}

/** What proxy-rewrite makes of a request. */
export interface Rewriting {
  /** Path and query as the upstream gets them, in bytes. */
  uri: Judged<string>;
  method: Judged<string | undefined>;
  host: Judged<string | undefined>;
  headers: HeaderChange[];
}

/**
 * Applies proxy-rewrite. It begins with the path of the client each time: of two of them the later one decides alone.
 */
export function rewrite(plugin: Plugin, request: Seen, variables: Variables): Rewriting {
  const configuration = isMap(plugin.configuration) ? plugin.configuration : {};
  const text = (name: string): Judged<string | undefined> => {
    const because = unclearValue(configuration[name], below(plugin.field, name));
    if (because.length > 0) return { known: false, because };
    const value = configuration[name];
    return { known: true, value: value === undefined || value === null ? undefined : String(value) };
  };
  return {
    uri: rewrittenUri(plugin, request, variables, text("uri")),
    method: text("method"),
    host: text("host"),
    headers: headerChanges(plugin, configuration.headers),
  };
}

function rewrittenUri(
  plugin: Plugin,
  request: Seen,
  variables: Variables,
  template: Judged<string | undefined>,
): Judged<string> {
  if (!template.known) return template;
  const { configuration, field } = plugin;
  const settings = isMap(configuration) ? configuration : {};
  const unsafe = settings.use_real_request_uri_unsafe;
  const because = unclearValue(unsafe, below(field, "use_real_request_uri_unsafe"));
  if (because.length > 0) return { known: false, because };
  const query = request.query === undefined ? "" : `?${request.query}`;
  const real = request.sent + query;
  if (template.value !== undefined) {
    const filled = fill(toBytes(template.value), variables, (value) => value.replaceAll("?", "%3F"));
    if (filled === undefined) return unclear(below(field, "uri"), "request");
    if (unsafe !== true) return { known: true, value: withQuery(filled, true, request) };
    const joined = filled.includes("?") && query !== "" ? `&${query.slice(1)}` : query;
    return { known: true, value: filled + joined };
  }
  const start = unsafe === true ? real : request.uri;
  const changed = bySubstitution(plugin, settings.regex_uri, start);
  if (!changed.known) return changed;
  if (unsafe === true) return { known: true, value: changed.value };
  const separates = settings.regex_uri !== undefined && !start.includes("?");
  return { known: true, value: withQuery(changed.value, separates, request) };
}

/** The first pair of pattern and replacement whose pattern matches decides. */
function bySubstitution(plugin: Plugin, pairs: unknown, uri: string): Judged<string> {
  const field = below(plugin.field, "regex_uri");
  const because = unclearValue(pairs, field);
  if (because.length > 0) return { known: false, because };
  if (!Array.isArray(pairs)) return { known: true, value: uri };
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const place = below(field, `[${index}]`);
    const replacement = below(field, `[${index + 1}]`);
    const unknown = [...unclearValue(pairs[index], place), ...unclearValue(pairs[index + 1], replacement)];
    if (unknown.length > 0) return { known: false, because: unknown };
    const expression = pattern(toBytes(String(pairs[index])));
    if (!expression) return unclear(place, "expression");
    const match = expression.exec(uri);
    if (match) return { known: true, value: substitute(uri, match, toBytes(String(pairs[index + 1]))) };
  }
  return { known: true, value: uri };
}

function withQuery(uri: string, separates: boolean, request: Seen): string {
  const mark = separates ? uri.indexOf("?") : -1;
  const encoded =
    mark < 0 ? encodePath(uri) : encodePath(uri.slice(0, mark)) + encodeControls(uri.slice(mark));
  if (request.query === undefined) return encoded;
  return `${encoded}${mark < 0 ? "?" : "&"}${request.query}`;
}

function unclear(field: Unclear["field"], why: Unclear["why"]): { known: false; because: Unclear[] } {
  return { known: false, because: [{ field, why }] };
}

function headerChanges(plugin: Plugin, headers: unknown): HeaderChange[] {
  if (!isMap(headers)) return [];
  const { add, set, remove } = headers;
  if (!isMap(add) && !isMap(set) && !Array.isArray(remove)) return entries("set", headers, plugin);
  const removed = Array.isArray(remove) ? remove : [];
  return [
    ...entries("add", add, plugin),
    ...entries("set", set, plugin),
    ...removed.map((name): HeaderChange => ({ does: "remove", name: String(name), plugin })),
  ];
}

function entries(does: "set" | "add", headers: unknown, plugin: Plugin): HeaderChange[] {
  if (!isMap(headers)) return [];
  return Object.entries(headers).map(([name, value]) => ({ does, name, value, plugin }));
}
