import { isIPv4, isIPv6 } from "node:net";
import { LuaError } from "../lua/values.ts";
import { patternError } from "../pcre.ts";
import { isReference } from "../secret-references.ts";
import { isObject, type JsonObject } from "../store.ts";
import { list, type PluginRule } from "./plugin-rule.ts";

/** The plugins with regular expressions, addresses and headers, which are checked on write. */
export const patternRules: Record<string, PluginRule> = {
  "proxy-rewrite": ({ regex_uri, headers }) =>
    rewriteProblem(list(regex_uri)) ?? headersProblem(headers, true),
  redirect: (configuration) => {
    const [pattern, replacement] = list(configuration.regex_uri);
    const error = pattern === undefined || isReference(pattern) ? undefined : patternError(String(pattern));
    if (error !== undefined) return `invalid regex_uri (${pattern}, ${replacement}), err:${error}`;
    return configuration.http_to_https === true && configuration.append_query_string === true
      ? "only one of `http_to_https` and `append_query_string` can be configured."
      : undefined;
  },
  cors: (configuration) => {
    if (configuration.allow_credential === true) {
      const fields = [
        "allow_origins",
        "allow_methods",
        "allow_headers",
        "expose_headers",
        "timing_allow_origins",
      ];
      if (fields.some((field) => configuration[field] === "*"))
        return "you can not set '*' for other option when 'allow_credential' is true";
    }
    const { allow_origins_by_regex, timing_allow_origins_by_regex } = configuration;
    return patternProblem(allow_origins_by_regex) ?? patternProblem(timing_allow_origins_by_regex);
  },
  "ua-restriction": ({ allowlist, denylist }) => patternProblem(allowlist) ?? patternProblem(denylist),
  "uri-blocker": ({ block_rules }) => patternProblem(block_rules),
  "ai-prompt-guard": ({ allow_patterns, deny_patterns }) =>
    promptProblem("allow_pattern", allow_patterns) ?? promptProblem("deny_pattern", deny_patterns),
  "ip-restriction": ({ whitelist, blacklist }) => addressProblem(whitelist) ?? addressProblem(blacklist),
  "real-ip": ({ trusted_addresses }) => addressProblem(trusted_addresses),
};

/** What is wrong with the headers of `proxy-rewrite` or `response-rewrite` in their plain form. */
export function headersProblem(headers: unknown, strict: boolean): string | undefined {
  if (!isObject(headers) || isStructured(headers)) return undefined;
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== "string" && typeof value !== "number") return "invalid type as header value";
    if (name === "") return "invalid field length in header";
    if (!strict) continue;
    if (!/^[!-9;-~]*$/.test(name)) return "invalid field character in header";
    if (typeof value === "string" && !/^[ -~]*$/.test(value)) return "invalid value character in header";
  }
  return undefined;
}

function isStructured({ add, set, remove }: JsonObject): boolean {
  return [add, set, remove].some((part) => typeof part === "object" && part !== null);
}

function rewriteProblem(pairs: unknown[]): string | undefined {
  if (pairs.length % 2 !== 0) return "The length of regex_uri should be an even number";
  for (let index = 0; index < pairs.length; index += 2) {
    const pattern = String(pairs[index]);
    const error = isReference(pattern) ? undefined : patternError(pattern);
    if (error !== undefined) return `invalid regex_uri(${pattern}, ${pairs[index + 1]}): ${error}`;
  }
  return undefined;
}

function patternProblem(patterns: unknown): string | undefined {
  return list(patterns)
    .map((pattern) => patternError(String(pattern)))
    .find((error) => error !== undefined);
}

function promptProblem(kind: string, patterns: unknown): string | undefined {
  const wrong = list(patterns).find((pattern) => patternError(String(pattern)) !== undefined);
  return wrong === undefined ? undefined : `invalid ${kind}: ${wrong}`;
}

function addressProblem(addresses: unknown): string | undefined {
  const wrong = list(addresses).find((address) => !isAddressOrNetwork(String(address)));
  return wrong === undefined ? undefined : `invalid ip address: ${wrong}`;
}

/** Whether a text is an address or a network, its prefix checked. */
export function isAddressOrNetwork(text: string): boolean {
  const [address = "", prefix = "0"] = text.split(/\/(.*)/s);
  const bits = Number(prefix);
  if (Number.isNaN(bits)) throw new LuaError("attempt to compare nil with number");
  if (bits < 0 || bits > 128) return false;
  if (isIPv4(address)) return bits <= 32;
  return isIPv6(address.replace(/^\[(.*)\]$/, "$1"));
}
