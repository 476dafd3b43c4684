import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Listener, listen, readBody, sendJson, sendText } from "../http.ts";
import { authenticate, checkAccess, type Tokens, type User } from "./access.ts";
import type { ControlPlane } from "./control-plane.ts";
import { KumaError, malformed, notFound } from "./errors.ts";
import { jsonSyntaxMessage } from "./go.ts";
import type { Kind } from "./kinds/index.ts";
import { page } from "./paging.ts";

/** A request that a control plane answered. */
export interface RecordedRequest {
  method: string;
  path: string;
  status: number;
  /** The request's body: as JSON where it is JSON, else its text; absent where there was none. */
  body?: unknown;
}

/** What a server needs beside its control plane. */
export interface ServerOptions {
  port?: number;
  version: string;
  clusterId: string;
  tokens: Tokens | undefined;
  localhostIsAdmin: boolean;
  /** Milliseconds that every answer takes. */
  delay: number;
}

/** An answer; a text is none of JSON. */
export interface Answer {
  status: number;
  body: unknown;
}

const pageNotFound: Answer = { status: 404, body: "404: Page Not Found" };
const methodNotAllowed: Answer = { status: 405, body: "405: Method Not Allowed" };
const banner = { server: "pulumi-external-backends sandbox (Kuma)" };

/** The HTTP face of a control plane. */
export class KumaServer {
  readonly requests: RecordedRequest[] = [];
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>) | undefined;
  tokens: Tokens | undefined;
  readonly #controlPlane: ControlPlane;
  readonly #options: ServerOptions;
  readonly #instanceId = `sandbox-${randomUUID().slice(0, 4)}`;
  #listener: Listener | undefined;

  constructor(controlPlane: ControlPlane, options: ServerOptions) {
    this.#controlPlane = controlPlane;
    this.#options = options;
    this.tokens = options.tokens;
  }

  /** Starts to listen; gives the URL. */
  async start(): Promise<string> {
    const { port } = this.#options;
    this.#listener = await listen(
      (request, response) => {
        this.#serve(request, response).catch((error: unknown) => {
          if (response.headersSent) response.destroy();
          else sendText(response, 500, String(error), banner);
        });
      },
      port === undefined ? {} : { port },
    );
    return this.#listener.url;
  }

  /** Stops listening. */
  async close(): Promise<void> {
    await this.#listener?.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url: path = "/" } = request;
    if (this.#options.delay > 0) await sleep(this.#options.delay);
    if (this.intercept && (await this.intercept(request, response))) {
      this.requests.push({ method, path, status: response.statusCode });
      return;
    }
    const text = await readBody(request);
    const url = new URL(path, `http://${request.headers.host ?? "127.0.0.1"}`);
    const { status, body } = this.answer(method, url, request.headers.authorization, text);
    this.requests.push({ method, path, status, ...(text !== "" && { body: parsed(text) }) });
    if (typeof body === "string") sendText(response, status, body, banner);
    else sendJson(response, status, body, banner);
  }

  /** What is answered to a request, whichever way it came. */
  answer(method: string, url: URL, authorization: string | undefined, text: string): Answer {
    try {
      if (url.pathname === "/") return method === "GET" ? this.#index() : methodNotAllowed;
      const { localhostIsAdmin } = this.#options;
      const user = authenticate(authorization, this.tokens, localhostIsAdmin);
      if (url.pathname === "/config") {
        return method === "GET" ? { status: 200, body: this.#controlPlane.config } : methodNotAllowed;
      }
      if (url.pathname === "/_resources") {
        return method === "GET" ? this.#resources() : methodNotAllowed;
      }
      const target = this.#route(url.pathname);
      if (!target) return pageNotFound;
      const { kind, mesh, name } = target;
      if (name === undefined) {
        return method === "GET" ? this.#list(kind, mesh, url, user) : methodNotAllowed;
      }
      switch (method) {
        case "GET":
          return this.#get(kind, mesh, name, user);
        case "PUT":
          return this.#put(kind, mesh, name, user, text);
        case "DELETE":
          return this.#delete(kind, mesh, name, user);
        default:
          return methodNotAllowed;
      }
    } catch (error) {
      if (error instanceof KumaError) return { status: error.status, body: error.body };
      throw error;
    }
  }

  #index(): Answer {
    const { version, clusterId } = this.#options;
    const gui = this.#controlPlane.role.mode === "zone" ? "" : "/gui";
    const instanceId = this.#instanceId;
    return {
      status: 200,
      body: { clusterId, gui, hostname: "sandbox", instanceId, product: "Kuma", version },
    };
  }

  /** The kinds that it has, and which of them are policies. */
  #resources(): Answer {
    const resources = this.#controlPlane.kinds.map(({ type, path, inMesh, isPolicy, listOnly }) => ({
      name: type,
      path,
      scope: inMesh ? "Mesh" : "Global",
      readOnly: listOnly ?? false,
      ...(isPolicy && { policy: { isTargetRef: true } }),
    }));
    return { status: 200, body: { resources } };
  }

  /** `/KINDS`, `/KINDS/NAME`, `/meshes/MESH/KINDS` or `/meshes/MESH/KINDS/NAME`. */
  #route(path: string): { kind: Kind; mesh: string | undefined; name: string | undefined } | undefined {
    const segments = decodedSegments(path);
    const inMesh = segments[0] === "meshes" && segments.length > 2;
    const [plural, name, ...rest] = inMesh ? segments.slice(2) : segments;
    const kind = this.#controlPlane.kinds.find((each) => each.path === plural);
    if (!kind || rest.length > 0 || name === "") return undefined;
    if (inMesh && !kind.inMesh) return undefined;
    if (name !== undefined && (kind.listOnly || kind.inMesh !== inMesh)) return undefined;
    return { kind, mesh: inMesh ? segments[1] : undefined, name };
  }

  #list(kind: Kind, mesh: string | undefined, url: URL, user: User): Answer {
    this.#controlPlane.checkMesh(mesh);
    checkAccess(user, kind);
    const contains = url.searchParams.get("name") ?? "";
    const objects = this.#controlPlane.store
      .list(kind.type, mesh)
      .filter(({ name }) => name.includes(contains));
    return { status: 200, body: page(objects, url, (object) => this.#controlPlane.render(object)) };
  }

  #get(kind: Kind, mesh: string | undefined, name: string, user: User): Answer {
    this.#controlPlane.checkMesh(mesh);
    checkAccess(user, kind);
    const object = this.#controlPlane.store.get(kind.type, mesh, name);
    if (!object) throw notFound("Could not retrieve a resource");
    return { status: 200, body: this.#controlPlane.render(object) };
  }

  #put(kind: Kind, mesh: string | undefined, name: string, user: User, text: string): Answer {
    this.#controlPlane.checkWritable(kind);
    this.#controlPlane.checkMesh(mesh);
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      throw malformed(kind.type, jsonSyntaxMessage(text));
    }
    const object = this.#controlPlane.decode(kind, mesh, name, body);
    checkAccess(user, kind);
    const exists = this.#controlPlane.store.get(kind.type, mesh, name) !== undefined;
    this.#controlPlane.store.put(object);
    return { status: exists ? 200 : 201, body: {} };
  }

  #delete(kind: Kind, mesh: string | undefined, name: string, user: User): Answer {
    this.#controlPlane.checkWritable(kind);
    this.#controlPlane.checkMesh(mesh);
    checkAccess(user, kind);
    const deleted = this.#controlPlane.store.delete(kind.type, mesh, name);
    if (!deleted) throw notFound("Could not delete a resource");
    return { status: 200, body: {} };
  }
}

function decodedSegments(path: string): string[] {
  try {
    return path.split("/").slice(1).map(decodeURIComponent);
  } catch {
    return [];
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
