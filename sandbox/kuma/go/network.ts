import { isIP as nodeIsIP } from "node:net";
import { parseUrl } from "./url.ts";

/** Splits `host:port` or `[host]:port`; undefined where Go's net.SplitHostPort fails. */
export function splitHostPort(address: string): { host: string; port: string } | undefined {
  const match = /^(?:\[([^[\]]*)\]|([^[\]:]*)):([^[\]:]*)$/.exec(address);
  return match ? { host: match[1] ?? match[2] ?? "", port: match[3] ?? "" } : undefined;
}

/** Whether Go reads the text as an IP address: no zone, no leading zeros. */
export const isIP = (text: string): boolean => !text.includes("%") && nodeIsIP(text) !== 0;

/** Whether Go reads the text as an IP address with the length of a network. */
export function isCidr(text: string): boolean {
  const [address = "", length = "", ...more] = text.split("/");
  const bits = address.includes(":") ? 128 : 32;
  return isIP(address) && more.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= bits;
}

/** Whether the control plane takes the text for a domain name: underscores and a dot at the end are legal. */
export function isDnsName(text: string): boolean {
  if (text === "" || text.replaceAll(".", "").length > 255 || isIP(text)) return false;
  return /^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62}(\.[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62})*[._]?$/.test(text);
}

/** Whether the control plane takes the text for an IP address or a domain name. */
export const isHost = (text: string): boolean => isIP(text) || isDnsName(text);

const byte = "(\\d{1,2}|1\\d\\d|2[0-4]\\d|25[0-5])";
const ipv4 = `([1-9]\\d?|1\\d\\d|2[01]\\d|22[0-3]|24\\d|25[0-5])(\\.${byte}){3}`;
const word = "[a-zA-Z\\u00a1-\\uffff0-9]";
const host =
  "(([a-zA-Z0-9][a-zA-Z0-9_-]*[a-zA-Z0-9]([-.][a-zA-Z0-9]+)*)|(www\\.)|" +
  "(([a-zA-Z0-9]+[-_.])*[a-zA-Z0-9]{2,}\\.[a-zA-Z0-9]+))?" +
  `${word}+(--?${word}+)*(\\.[a-zA-Z\\u00a1-\\uffff]+)?`;
const url = new RegExp(
  `^((ftp|tcp|udp|wss?|https?)://)?(\\S+(:\\S*)?@)?(${ipv4}|\\[[0-9a-fA-F:.]+\\]|${host})\\.?(:\\d{1,5})?([/?#]\\S*)?$`,
  "u",
);

/** Whether the control plane takes the text for a URL, or for a host with or without a port. */
export function isUrl(text: string): boolean {
  if ([...text].length >= 2083 || text.length <= 3 || text.startsWith(".")) return false;
  const parsed = parseUrl(text.includes(":") && !text.includes("://") ? `http://${text}` : text);
  if (!parsed || parsed.host.startsWith(".")) return false;
  if (parsed.host === "" && parsed.path !== "" && !parsed.path.includes(".")) return false;
  const bracketed = /\[([^\]]*)\]/.exec(text)?.[1];
  return url.test(text) && (bracketed === undefined || isIP(bracketed));
}
