import type { Variables } from "../expression.ts";
import { byteString } from "../lua/values.ts";
import { regularExpression } from "../pcre.ts";
import { type GatewayRequest, withQuery } from "../request.ts";
import { escapedPath } from "../request-path.ts";
import { isObject, type JsonObject } from "../store.ts";
import type { GatewayPlugin } from "./plugin.ts";

/** `proxy-rewrite`: changes path, method, host and headers of what goes to the upstream. */
export const proxyRewrite: GatewayPlugin = {
  rewrite(configuration, { request }): undefined {
    const captures = rewriteUrl(configuration, request);
    if (typeof configuration.method === "string") request.upstreamMethod = configuration.method;
    if (typeof configuration.host === "string") request.upstreamHost = configuration.host;
    if (isObject(configuration.headers)) rewriteHeaders(configuration.headers, request, captures);
  },
};

function rewriteHeaders(headers: JsonObject, request: GatewayRequest, captures: string[]): void {
  const { set, add, remove } = headers;
  const structured = isObject(set) || isObject(add) || Array.isArray(remove);
  const resolve = (value: unknown) => {
    const template = byteString(String(value));
    const filled = template.replace(/(?<!\\)\$\{?(\d+)\}?/g, (_, group) => captures[Number(group)] ?? "");
    return interpolate(filled, request.variables);
  };
  const values = (value: unknown) => (Array.isArray(value) ? value.map(resolve) : resolve(value));
  for (const [name, value] of Object.entries(structured && isObject(add) ? add : {})) {
    const before = request.headers[name.toLowerCase()];
    request.headers[name.toLowerCase()] = [before ?? [], values(value)].flat();
  }
  for (const [name, value] of Object.entries(structured ? (isObject(set) ? set : {}) : headers)) {
    if (value === "") delete request.headers[name.toLowerCase()];
    else request.headers[name.toLowerCase()] = values(value);
  }
  for (const name of Array.isArray(remove) ? remove : []) delete request.headers[String(name).toLowerCase()];
}

/** Sets the URL for the upstream, which counts from the client's path whatever other plugins made of it before. */
function rewriteUrl(configuration: JsonObject, request: GatewayRequest): string[] {
  const { path, query, variables } = request;
  let captures: string[] = [];
  let rewritten = path;
  // A question mark in the client's path was written as %3F, and one of the configuration begins a query.
  let splits = !path.includes("?");
  if (typeof configuration.uri === "string") {
    splits = true;
    rewritten = interpolate(byteString(configuration.uri), variables, (value) =>
      value.replaceAll("?", "%3F"),
    );
  } else if (Array.isArray(configuration.regex_uri)) {
    const pairs = configuration.regex_uri.map((text) => byteString(String(text)));
    for (let index = 0; index + 1 < pairs.length; index += 2) {
      const found = regularExpression(pairs[index] ?? "").exec(path);
      if (!found) continue;
      captures = [...found].map((capture) => capture ?? "");
      const replacement = substituted(pairs[index + 1] ?? "", captures);
      rewritten = path.slice(0, found.index) + replacement + path.slice(found.index + found[0].length);
      break;
    }
  }
  const mark = splits ? rewritten.indexOf("?") : -1;
  const url =
    mark < 0 ? escapedPath(rewritten) : escapedPath(rewritten.slice(0, mark)) + rewritten.slice(mark);
  request.upstreamUrl = withQuery(url, query);
  return captures;
}

/** A replacement of `regex_uri`: `$1`, `${1}` and `$$`. */
function substituted(template: string, captures: string[]): string {
  return template.replace(/\$(?:\{(\d+)\}|(\d+)|\$)/g, (whole, braced?: string, bare?: string) =>
    whole === "$$" ? "$" : (captures[Number(braced ?? bare)] ?? ""),
  );
}

/** Replaces `$arg_x`, `${arg_x}` and `${arg_x ?? default}` by what they stand for. */
function interpolate(template: string, variables: Variables, written = (value: string) => value): string {
  return template.replace(
    /(?<!\\)\$(?:\{\s*([^}]+?)\s*\}|([\w.]+))/g,
    (_, braced?: string, bare?: string) => {
      const [name = "", otherwise = ""] = (braced ?? bare ?? "").split(/\s*\?\?\s*/);
      return written(String(variables(name) ?? otherwise));
    },
  );
}
