import { isObject } from "../../provider/model/fields.ts";
import type { RawAnswer } from "./compare-servers.ts";

/** What the server alone sets, and differently each time. */
const OWN = ["create_time", "update_time", "createdIndex", "modifiedIndex"];

/** An answer as it is compared: without times, revisions, and the name of the web server below. */
export function compared({ status, contentType, body, text }: RawAnswer): Record<string, unknown> {
  const words = text
    ?.replace(/<center>(?!<h1>)[^<]*<\/center>/, "<center>SERVER</center>")
    .replace(/<p><em>Powered by .*<\/em><\/p>/, "");
  return {
    status,
    contentType: contentType?.replace(/;\s*charset=utf-8$/i, ""),
    body: body === undefined ? words : withoutOwn(withoutPath(body)),
  };
}

/** Errors of the reader of definitions begin with where it is installed. */
function withoutPath(body: unknown): unknown {
  if (!isObject(body) || typeof body.error_msg !== "string") return body;
  return {
    ...body,
    error_msg: body.error_msg.replace(
      /invalid content: \S*protoc\.lua:\d+: (filename for loaded:)?/,
      "invalid content: ",
    ),
  };
}

function withoutOwn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOwn);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(
    ([name, inner]) => !(OWN.includes(name) && typeof inner === "number"),
  );
  return Object.fromEntries(entries.map(([name, inner]) => [name, withoutOwn(inner)]));
}

/** What two answers differ in, in short; undefined for nothing. */
export function difference(sandbox: unknown, server: unknown): string | undefined {
  const parts = inside("", sandbox, server);
  return parts.length > 0 ? parts.slice(0, 3).join("; ") : undefined;
}

function inside(place: string, sandbox: unknown, server: unknown): string[] {
  if (sandbox === server || areSecrets(sandbox, server) || areMadeIds(sandbox, server)) return [];
  if (Array.isArray(sandbox) && Array.isArray(server) && sandbox.length === server.length)
    return sandbox.flatMap((item, index) => inside(`${place}[]`, item, server[index]));
  if (isObject(sandbox) && isObject(server)) {
    const names = [...new Set([...Object.keys(sandbox), ...Object.keys(server)])];
    return names.flatMap((name) => inside(`${place}.${name}`, sandbox[name], server[name]));
  }
  return [`${place}: ${shown(sandbox)} instead of ${shown(server)}`];
}

/** Each server encrypts with a key of its own, and makes secrets of its own. */
function areSecrets(one: unknown, other: unknown): boolean {
  const isCipher = (text: unknown): text is string =>
    typeof text === "string" && /^[\w+/]{22,}={0,2}$/.test(text);
  return isCipher(one) && isCipher(other) && one.length === other.length;
}

/** An id that POST has made, alone or at the end of a key. */
function areMadeIds(one: unknown, other: unknown): boolean {
  const [start, others] = [one, other].map((text) => /^(\/apisix\/\w+\/)?\d{20}$/.exec(String(text)));
  return start !== null && others !== null && start?.[1] === others?.[1];
}

const shown = (value: unknown): string =>
  value === undefined ? "nothing" : (JSON.stringify(value) ?? "").slice(0, 400);
