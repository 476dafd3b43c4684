import { isIP, isIPv4 } from "node:net";

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
const DNS_NAME = /^[a-zA-Z0-9_][\w-]{0,62}(\.[a-zA-Z0-9_][\w-]{0,62})*[._]?$/;

/** An IP address, as Kuma's validator reads it. */
export function isIpAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes("%");
}

/** A DNS name, as Kuma's validator reads it: upper case, underscores and a final dot are legal, addresses are not. */
export function isDnsName(text: string): boolean {
  return (
    text.length <= 600 && text.replaceAll(".", "").length <= 255 && !isIpAddress(text) && DNS_NAME.test(text)
  );
}

/** An RFC 1123 subdomain, as Kubernetes reads it. */
export function isSubdomain(text: string): boolean {
  return text.length <= 253 && SUBDOMAIN.test(text);
}

/** A network such as `10.0.0.0/8`, as Go reads it. */
export function isCidr(text: string): boolean {
  const [, address = "", bits = ""] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  if (!isIpAddress(address) || (bits.length > 1 && bits.startsWith("0"))) return false;
  return Number(bits) <= (isIPv4(address) ? 32 : 128);
}

/** A host and a port, as Go splits them; the port may be a name or empty. */
export function isHostAndPort(text: string): boolean {
  return /^(\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/.test(text);
}

/** The number that a text stands for, as Kuma reads decimal numbers; undefined for what is none. */
export function decimalOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.length > 100) return undefined;
  return /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,9})?$/.test(value) ? Number(value) : undefined;
}

/** What is wrong with the ID of a workload, as in `spiffe://trust-domain/path`; undefined when nothing is. */
export function spiffeIdProblem(id: string): string | undefined {
  const rest = id.startsWith("spiffe://") ? id.slice("spiffe://".length) : undefined;
  if (rest === undefined) return 'has to begin with "spiffe://"';
  const slash = rest.indexOf("/");
  const [domain, path] = slash < 0 ? [rest, ""] : [rest.slice(0, slash), rest.slice(slash)];
  if (domain === "") return "has no trust domain";
  if (!/^[a-z0-9._-]+$/.test(domain))
    return "has a trust domain with other characters than lower case letters, digits, dots, dashes and underscores";
  if (path === "") return undefined;
  if (path.endsWith("/")) return "ends with a slash";
  const segments = path.slice(1).split("/");
  if (segments.includes("")) return "has an empty segment in its path";
  if (segments.some((segment) => segment === "." || segment === "..")) return "has a dot segment in its path";
  return segments.every((segment) => /^[a-zA-Z0-9._-]+$/.test(segment))
    ? undefined
    : "has a path with other characters than letters, digits, dots, dashes and underscores";
}

/** A path of a file, as Kuma's validator reads it: absolute. */
export function isFilePath(text: string): boolean {
  const isWindows = /^[a-zA-Z]:\\(?:[^\\/:*?"<>|\r\n]+\\)*[^\\/:*?"<>|\r\n]*$/.test(text);
  return isWindows || (text.startsWith("/") && !text.includes("\0"));
}

/** A URL or the address of a server, as Kuma's validator reads it: the scheme may be left out. */
export function isUrl(text: string): boolean {
  if (text.length <= 3 || text.length >= 2083 || text.startsWith(".") || /\s/.test(text)) return false;
  // Without a scheme and a port it is read as a path, in which Kuma looks for a dot.
  if (!text.includes(":") && !text.replace(/[?#].*/s, "").includes(".")) return false;
  const [, authority = ""] = /^(?:(?:ftp|tcp|udp|wss?|https?):\/\/)?([^/?#]*)/.exec(text) ?? [];
  const server = authority.slice(authority.lastIndexOf("@") + 1);
  const [, address, name = ""] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::\d{1,5})?$/.exec(server) ?? [];
  return address === undefined ? isHostName(name) : isIP(address) === 6;
}

function isHostName(name: string): boolean {
  const labels = name.replace(/\.$/, "").split(".");
  return labels.every((label) => /^[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?$/u.test(label));
}
