/** The parts of a URL as Go's net/url has them. */
export interface Url {
  scheme: string;
  opaque: string;
  user: string | undefined;
  /** With the port. */
  host: string;
  port: string;
  path: string;
  query: string;
  fragment: string;
}

/** Reads a URL as Go's url.Parse does, or url.ParseRequestURI; undefined where that fails. */
export function parseUrl(text: string, isRequest = false): Url | undefined {
  const result: Url = {
    scheme: "",
    opaque: "",
    user: undefined,
    host: "",
    port: "",
    path: "",
    query: "",
    fragment: "",
  };
  if ([...text].some((character) => character < " " || character === "\u007f")) return undefined;
  let rest = text;
  if (!isRequest) {
    const hash = rest.indexOf("#");
    if (hash >= 0) {
      result.fragment = rest.slice(hash + 1);
      rest = rest.slice(0, hash);
      if (hasBadEscape(result.fragment)) return undefined;
    }
  }
  if (rest === "" && isRequest) return undefined;
  if (rest === "*") return { ...result, path: "*" };
  if (rest.startsWith(":")) return undefined;
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(rest)?.[1];
  if (scheme !== undefined) {
    result.scheme = scheme.toLowerCase();
    rest = rest.slice(scheme.length + 1);
  }
  const question = rest.indexOf("?");
  if (question >= 0) {
    result.query = rest.slice(question + 1);
    rest = rest.slice(0, question);
  }
  if (!rest.startsWith("/")) {
    if (scheme !== undefined) return { ...result, opaque: rest };
    const hasColonInFirstSegment = (rest.split("/")[0] ?? "").includes(":");
    if (isRequest || hasColonInFirstSegment) return undefined;
  }
  if (rest.startsWith("//") && (scheme !== undefined || (!isRequest && !rest.startsWith("///")))) {
    const authority = /^\/\/([^/]*)/.exec(rest)?.[1] ?? "";
    rest = rest.slice(authority.length + 2);
    if (!readAuthority(authority, result)) return undefined;
  }
  if (hasBadEscape(rest)) return undefined;
  return { ...result, path: rest };
}

function readAuthority(authority: string, result: Url): boolean {
  const sign = authority.lastIndexOf("@");
  const host = authority.slice(sign + 1);
  if (sign >= 0) {
    result.user = authority.slice(0, sign);
    if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(result.user)) return false;
  }
  const match = /^(\[[^\]]*\]|[^:]*(?::(?=.*:)[^:]*)*)(?::(\d*))?$/.exec(host);
  if (!match || /[\s"<>^`{|}\\]/.test(host)) return false;
  result.host = host;
  result.port = match[2] ?? "";
  return true;
}

const hasBadEscape = (text: string): boolean => /%(?![0-9a-fA-F]{2})/.test(text);
