/** What a request asks for, as Go's net/http reads its first line. */
export interface RequestUrl {
  /** Decoded. */
  path: string;
  query: URLSearchParams;
  /** Where the server was asked, for links to further pages. */
  host: string;
}

/** An answer that is given before anybody looks for what is at the path. */
export interface PathAnswer {
  status: 307 | 400;
  /** Where a redirect leads. */
  location?: string;
}

/** Reads the target of a request, or says why its path alone is answered: it is none, or should be written otherwise. */
export function readRequestUrl(target: string, host: string): RequestUrl | PathAnswer {
  const question = target.indexOf("?");
  const [path, query] = question < 0 ? [target, ""] : [target.slice(0, question), target.slice(question + 1)];
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return { status: 400 };
  const clean = cleanPath(path);
  if (clean !== path) return { status: 307, location: question < 0 ? clean : `${clean}?${query}` };
  return { path: unescaped(path), query: readQuery(query), host };
}

/** What such an answer says: of a redirect, only who reads gets a page. */
export function textOf({ location }: PathAnswer, method: string): string {
  if (location === undefined) return "400 Bad Request";
  const escapes = { "&": "&amp;", '"': "&#34;", "'": "&#39;", "<": "&lt;", ">": "&gt;" };
  const link = location.replaceAll(/[&"'<>]/g, (sign) => escapes[sign as keyof typeof escapes]);
  return method === "GET" || method === "HEAD" ? `<a href="${link}">Temporary Redirect</a>.\n\n` : "";
}

/** The path without empty parts and without `.` and `..`; a slash at its end stays. */
function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  const whole = `/${parts.join("/")}`;
  return path.endsWith("/") && whole !== "/" ? `${whole}/` : whole;
}

/** The parameters of a query; one with a wrong escape or a semicolon is left out. */
function readQuery(text: string): URLSearchParams {
  const query = new URLSearchParams();
  for (const pair of text.split("&")) {
    if (pair === "" || /;|%(?![0-9a-fA-F]{2})/.test(pair)) continue;
    const [name = "", ...value] = pair.split("=");
    const [key, content] = [name, value.join("=")].map((part) => unescaped(part.replaceAll("+", " ")));
    query.append(key ?? "", content ?? "");
  }
  return query;
}

/** Bytes for their escapes, as text. */
function unescaped(text: string): string {
  const bytes = text.replaceAll(/%([0-9a-fA-F]{2})/g, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return bytes === text ? text : Buffer.from(bytes, "latin1").toString("utf8");
}
