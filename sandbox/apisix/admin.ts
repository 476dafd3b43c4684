import type { IncomingMessage, ServerResponse } from "node:http";
import { sendJson, sendText } from "../http.ts";
import { aboutPlugin, aboutSchema, pluginNames, validated } from "./admin-schemas.ts";
import { type Answer, answer, error, page } from "./answers.ts";
import { kinds } from "./kinds.ts";
import { decodeJson, JsonError } from "./lua/cjson.ts";
import { normalizedPath } from "./request-path.ts";
import type { Resources } from "./resources.ts";
import type { Schemas } from "./schemas.ts";

/** What the HTTP side of the Admin API needs. */
export interface AdminContext {
  resources: Resources;
  schemas: Schemas;
  /** Before 3.17, `schema/validate` was answered without a look at the key. */
  validatesWithoutKey: boolean;
  /** A query parameter that the path does not have is answered with 400. */
  refusesUnknownParameters: boolean;
  /** The key's role, undefined for a wrong one. */
  role(key: string): "admin" | "viewer" | undefined;
}

/** Handles one request and returns its status and parsed body, for the record of requests. */
export async function handleAdmin(
  context: AdminContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<{ status: number; body?: unknown }> {
  const raw = await bytesOf(request);
  const body = parse(raw);
  const given = dispatch(context, request, body);
  send(response, given, request.method === "HEAD");
  return "value" in body && body.value !== undefined
    ? { status: given.status, body: body.value }
    : { status: given.status };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, given: Answer, bodyless: boolean): void {
  if (given.text !== undefined || bodyless) {
    sendText(response, given.status, bodyless ? "" : (given.text ?? ""), {
      "content-type": given.contentType,
    });
  } else {
    sendJson(response, given.status, given.body, { "content-type": given.contentType });
  }
}

type Parsed = { value: unknown } | { refused: Answer };

function parse(raw: Buffer): Parsed {
  if (raw.length === 0) return { value: undefined };
  try {
    return { value: decodeJson(raw) };
  } catch (problem) {
    if (!(problem instanceof JsonError)) throw problem;
    const error_msg = `invalid request body: ${problem.message}`;
    return { refused: answer(400, { error_msg, req_body: raw.toString("utf8") }) };
  }
}

function dispatch(context: AdminContext, request: IncomingMessage, body: Parsed): Answer {
  const method = request.method ?? "GET";
  const url = request.url ?? "/";
  const [, given = "", search = ""] = /^([^?#]*)\??([^#]*)/s.exec(url) ?? [];
  if (method === "TRACE") return page("405 Not Allowed");
  // APISIX's web server decodes before it looks at the path: `a%2Fb` is the upstream `a`, with the path `b` below it.
  const path = normalizedPath(Buffer.from(given, "latin1").toString("latin1"));
  if (path === undefined) return page("400 Bad Request");
  const query = new URLSearchParams(search);
  const segments = Buffer.from(path, "latin1")
    .toString("utf8")
    .split("/")
    .filter((segment) => segment !== "");
  if (segments[0] !== "apisix" || segments[1] !== "admin") return page("404 Not Found");
  if (method === "HEAD" && segments.length === 2)
    return { status: 200, text: "", contentType: "text/plain; charset=utf-8" };
  if (segments.length < 3 && !/\/admin\/$/.test(path)) return page("404 Not Found");
  if (method === "OPTIONS") return { status: 200, text: "", contentType: "text/plain; charset=utf-8" };
  if (!["GET", "PUT", "POST", "PATCH", "DELETE"].includes(method)) return page("404 Not Found");
  const [kind = "", ...rest] = segments.slice(2);
  const validates = kind === "schema" && rest[0] === "validate" && rest.length > 1 && method === "POST";
  const refused =
    validates && context.validatesWithoutKey ? undefined : authorize(context, method, keyOf(request, query));
  if (refused) return refused;
  const unknown = context.refusesUnknownParameters && unknownParameter(method, kind, rest, query);
  if (unknown) return error(400, `unknown query parameter: ${unknown}`);
  if (kind === "plugins" && rest.length === 1 && rest[0] === "list" && method === "GET")
    return pluginNames(context.schemas, query);
  if (kind === "plugins" && rest.length === 1 && rest[0] === "reload") return reload(method);
  const isAbout = kind === "plugins" || kind === "schema";
  const collection = validates ? (rest[1] ?? "") : kind;
  if (!isAbout && !Object.hasOwn(kinds, collection)) return error(404, `Unsupported resource type: ${kind}`);
  if (isAbout && !validates && method !== "GET") return error(404, "not found");
  if ("refused" in body) return body.refused;
  if (validates) return validated(context.schemas, collection, body.value);
  const ttl = query.get("ttl");
  if (ttl !== null && Number.isNaN(Number.parseFloat(ttl)))
    return error(400, "invalid argument ttl: should be a number");
  if (kind === "plugins") return aboutPlugin(context.schemas, rest[0] ?? "", query);
  if (kind === "schema" && rest[0] === "plugins") return aboutPlugin(context.schemas, rest[1] ?? "", query);
  if (kind === "schema")
    return rest[0] === undefined ? page("500 Internal Server Error") : aboutSchema(context.schemas, rest[0]);
  return context.resources.handle(method, kind, rest, query, body.value);
}

function reload(method: string): Answer {
  if (method === "PUT") return { status: 200, text: "done\n", contentType: "text/plain; charset=utf-8" };
  return error(405, `please use PUT method to reload the plugins, ${method} method is not allowed.`);
}

/** The first query parameter that means nothing to this method and path. */
function unknownParameter(
  method: string,
  kind: string,
  path: string[],
  query: URLSearchParams,
): string | undefined {
  const ofObjects = kind === "plugins" ? ["all", "subsystem"] : [];
  const ofLists = path.length % 2 === 0 ? ["page", "page_size", "name", "label", "uri"] : [];
  const known = { GET: [...ofObjects, ...ofLists], DELETE: ["force"] }[method] ?? [];
  return [...query.keys()].find((name) => !known.includes(name));
}

/** The key, which may stand in the query, in a header or in a cookie. */
function keyOf({ headers }: IncomingMessage, query: URLSearchParams): string | undefined {
  const [, cookie] = /(?:^|;\s*)x_api_key=([^;]*)/.exec(headers.cookie ?? "") ?? [];
  return query.get("api_key") ?? headers["x-api-key"]?.toString() ?? cookie;
}

function authorize(context: AdminContext, method: string, key: string | undefined): Answer | undefined {
  const refuse = (description: string) => answer(401, { error_msg: "failed to check token", description });
  if (key === undefined) return refuse("missing apikey");
  const role = context.role(key);
  if (!role) return refuse("wrong apikey");
  return role === "viewer" && method !== "GET" ? refuse("invalid method for role viewer") : undefined;
}
