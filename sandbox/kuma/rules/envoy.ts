import { parseDocument } from "yaml";
import { DecodeError } from "../go/decode-error.ts";
import { jsonSyntaxError } from "../go/json.ts";
import { duration, type Fields, list, message, oneOfNames, text } from "../message.ts";
import { fields } from "./checks.ts";

/** The types of Envoy that a policy can add or change. */
export type EnvoyType = "Cluster" | "Filter" | "HttpFilter" | "Listener" | "VirtualHost";

/** The fields at the top of each type, as far as the sandbox knows them; all others pass unread. */
const types: Record<EnvoyType, (value: unknown) => Fields> = {
  Cluster: message({
    name: text,
    altStatName: text,
    type: oneOfNames(
      "envoy.config.cluster.v3.Cluster.DiscoveryType",
      "STATIC",
      "STRICT_DNS",
      "LOGICAL_DNS",
      "EDS",
      "ORIGINAL_DST",
    ),
    connectTimeout: duration,
    lbPolicy: oneOfNames(
      "envoy.config.cluster.v3.Cluster.LbPolicy",
      "ROUND_ROBIN",
      "LEAST_REQUEST",
      "RING_HASH",
      "RANDOM",
      "",
      "MAGLEV",
      "CLUSTER_PROVIDED",
      "LOAD_BALANCING_POLICY_CONFIG",
    ),
  }),
  Filter: message({ name: text }),
  HttpFilter: message({ name: text }),
  Listener: message({ name: text, statPrefix: text }),
  VirtualHost: message({ name: text, domains: list(text) }),
};

/**
 * Why a text in YAML or JSON is no resource of Envoy; undefined if it is one. Only what is added has to be whole,
 * not what patches.
 */
export function envoyProblem(type: EnvoyType, source: string, isWhole: boolean): string | undefined {
  try {
    const decoded = types[type](read(source));
    return isWhole ? incompleteness(type, decoded) : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}

/** The same for a text that says itself which type it has. */
export function envoyResourceProblem(source: string): string | undefined {
  try {
    const url = fields(read(source))["@type"];
    if (typeof url !== "string") return "Any JSON doesn't have '@type'";
    const type = url.slice(url.lastIndexOf(".") + 1);
    return isEnvoyType(type) ? envoyProblem(type, source, true) : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}

const isEnvoyType = (type: string): type is EnvoyType => Object.hasOwn(types, type);

/** What is no YAML is read as JSON, whose complaint is the one that shows. */
function read(source: string): unknown {
  const document = parseDocument(source);
  // Control characters are none of YAML.
  const isPrintable = /^[\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u.test(
    source,
  );
  const refused = () => new DecodeError(jsonSyntaxError(source) ?? "");
  if (document.errors.length > 0 || !isPrintable) throw refused();
  try {
    return document.toJS() ?? null;
  } catch (error) {
    // An alias of nothing.
    throw error instanceof ReferenceError ? refused() : error;
  }
}

function incompleteness(type: EnvoyType, { name, domains, connectTimeout }: Fields): string | undefined {
  if (type !== "Listener" && name === undefined) {
    return `invalid ${type}.Name: value length must be at least 1 runes`;
  }
  if (type === "VirtualHost" && domains === undefined) {
    return "invalid VirtualHost.Domains: value must contain at least 1 item(s)";
  }
  const isInstant = typeof connectTimeout === "string" && Number.parseFloat(connectTimeout) <= 0;
  return isInstant ? "invalid Cluster.ConnectTimeout: value must be greater than 0s" : undefined;
}
