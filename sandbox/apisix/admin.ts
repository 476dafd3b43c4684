import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody, sendJson, sendText } from "../http.ts";
import { type Answer, answer, error, notFound, page } from "./answers.ts";
import { kinds } from "./kinds.ts";
import type { Resources } from "./resources.ts";
import { validate } from "./schema/validator.ts";
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
  const raw = await readBody(request);
  const body = parse(raw);
  const given = await dispatch(context, request, raw, body);
  send(response, given, request.method === "HEAD");
  return "value" in body && body.value !== undefined
    ? { status: given.status, body: body.value }
    : { status: given.status };
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

type Parsed = { value: unknown } | { problem: string };

function parse(raw: string): Parsed {
  if (raw === "") return { value: undefined };
  try {
    return { value: JSON.parse(raw) };
  } catch (problem) {
    return { problem: (problem as Error).message };
  }
}

async function dispatch(
  context: AdminContext,
  request: IncomingMessage,
  raw: string,
  body: Parsed,
): Promise<Answer> {
  const method = request.method ?? "GET";
  const url = request.url ?? "/";
  const mark = url.indexOf("?");
  const query = new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1));
  const segments = decode(mark < 0 ? url : url.slice(0, mark))
    .split("/")
    .filter((segment) => segment !== "");
  if (segments[0] !== "apisix" || segments[1] !== "admin" || segments.length < 3)
    return page("404 Not Found");
  if (method === "OPTIONS") return { status: 200, text: "", contentType: "text/plain; charset=utf-8" };
  if (!["GET", "PUT", "POST", "PATCH", "DELETE"].includes(method)) return page("404 Not Found");
  const [kind = "", ...path] = segments.slice(2);
  const keyless = context.validatesWithoutKey && kind === "schema" && path[0] === "validate";
  const refused = keyless ? undefined : authorize(context, method, request.headers["x-api-key"]);
  if (refused) return refused;
  const unknown = context.refusesUnknownParameters && unknownParameter(method, kind, path, query);
  if (unknown) return error(400, `unknown query parameter: ${unknown}`);
  if (kind === "plugins") return plugins(context.schemas, path, query);
  if (kind === "schema") return schema(context, method, path, body);
  if (!kinds[kind] || kind === "credentials") return error(404, `Unsupported resource type: ${kind}`);
  if ("problem" in body) {
    return answer(400, { error_msg: `invalid request body: ${body.problem}`, req_body: raw });
  }
  return context.resources.handle(method, kind, path, query, body.value);
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

// APISIX's web server decodes before it looks at the path: `a%2Fb` is the upstream `a`, with the path `b` below it.
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function authorize(
  context: AdminContext,
  method: string,
  key: string | string[] | undefined,
): Answer | undefined {
  const refuse = (description: string) => answer(401, { error_msg: "failed to check token", description });
  if (typeof key !== "string" || key === "") return refuse("missing apikey");
  const role = context.role(key);
  if (!role) return refuse("wrong apikey");
  return role === "viewer" && method !== "GET" ? refuse("invalid method for role viewer") : undefined;
}

function plugins(schemas: Schemas, path: string[], query: URLSearchParams): Answer {
  if (path[0] === "list") return answer(200, schemas.pluginNames);
  if (path[0] === undefined && query.get("all") === "true") return answer(200, schemas.plugins);
  const plugin = schemas.plugins[path[0] ?? ""];
  return plugin ? answer(200, plugin.schema) : error(404, "plugin not found in subsystem http");
}

function schema(context: AdminContext, method: string, path: string[], body: Parsed): Answer {
  const { schemas } = context;
  if (path[0] === "plugins" && path[1]) return plugins(schemas, path.slice(1), new URLSearchParams());
  if (path[0] !== "validate") {
    const found = schemas.main[path[0] ?? ""];
    return found ? answer(200, found) : error(400, `not found schema: ${path[0] ?? ""}`);
  }
  const found = schemas.main[kinds[path[1] ?? ""]?.schema ?? ""];
  if (method !== "POST") return notFound();
  if (!found) return error(404, `Unsupported resource type: ${path[1] ?? ""}`);
  if ("problem" in body) return error(400, `invalid request body: ${body.problem}`);
  const validation = validate(found, body.value, schemas.dialect);
  if ("error" in validation) return error(400, validation.error);
  return { status: 200, text: "", contentType: "application/json" };
}
