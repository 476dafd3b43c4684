import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Listener, listen, readBody, sendJson, sendText } from "../http.ts";
import { authenticate, checkAccess, type Tokens, type User } from "./access.ts";
import type { ControlPlane } from "./control-plane.ts";
import { BrokenConnection, KumaError, notFound, notValid } from "./errors.ts";
import { filter, page, pageSize } from "./paging.ts";
import { policies, resources } from "./resources.ts";
import { isInspection, type Target, targetOf } from "./routes.ts";

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

/** The forms that a request has and wants, where it says so. */
export interface Forms {
  accept?: string | undefined;
  contentType?: string | undefined;
}

const pageNotFound: Answer = { status: 404, body: "404: Page Not Found" };
const methodNotAllowed: Answer = { status: 405, body: "405: Method Not Allowed" };
const notAcceptable: Answer = {
  status: 406,
  body: "406: Not Acceptable\n\nAvailable representations: application/json",
};
const unsupportedMediaType: Answer = { status: 415, body: "415: Unsupported Media Type" };
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
          if (response.headersSent || error instanceof BrokenConnection) response.destroy();
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
    const { method = "GET", url: path = "/", headers } = request;
    if (this.#options.delay > 0) await sleep(this.#options.delay);
    if (this.intercept && (await this.intercept(request, response))) {
      this.requests.push({ method, path, status: response.statusCode });
      return;
    }
    const text = await readBody(request);
    const url = new URL(path, `http://${headers.host ?? "127.0.0.1"}`);
    const forms = { accept: headers.accept, contentType: headers["content-type"] };
    const { status, body } = this.answer(method, url, headers.authorization, text, forms);
    this.requests.push({ method, path, status, ...(text !== "" && { body: parsed(text) }) });
    if (typeof body === "string") sendText(response, status, body, banner);
    else sendJson(response, status, body, banner);
  }

  /** What is answered to a request, whichever way it came. */
  answer(
    method: string,
    url: URL,
    authorization: string | undefined,
    text: string,
    forms: Forms = {},
  ): Answer {
    try {
      const whole = this.#wholeServer(url.pathname);
      if (url.pathname === "/") return method === "GET" ? this.#index() : methodNotAllowed;
      const user = authenticate(authorization, this.tokens, this.#options.localhostIsAdmin);
      if (whole) return method === "GET" ? { status: 200, body: whole() } : methodNotAllowed;
      const target = targetOf(url.pathname, this.#controlPlane.kinds);
      if (!target) {
        const isReadable = method === "GET" || !isInspection(url.pathname, this.#controlPlane.kinds);
        return isReadable ? pageNotFound : methodNotAllowed;
      }
      return this.#atTarget(method, target, url, user, text, forms);
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

  /** What is answered about the control plane as a whole. */
  #wholeServer(path: string): (() => unknown) | undefined {
    switch (path) {
      case "/config":
        return () => this.#controlPlane.config;
      case "/_resources":
        return () => resources(this.#controlPlane);
      case "/policies":
        return () => policies(this.#controlPlane);
      default:
        return undefined;
    }
  }

  #atTarget(method: string, target: Target, url: URL, user: User, text: string, forms: Forms): Answer {
    const { kind, mesh, name, isOverview } = target;
    const isWrite = (method === "PUT" || method === "DELETE") && name !== undefined && !isOverview;
    if (method !== "GET" && !isWrite) return methodNotAllowed;
    if (!accepts(forms.accept)) return notAcceptable;
    if (name === undefined) return this.#list(target, url, user);
    switch (method) {
      case "PUT": {
        if (!isJson(forms.contentType)) return unsupportedMediaType;
        const { isNew, warnings } = this.#controlPlane.put(kind, mesh, name, user, text);
        return { status: isNew ? 201 : 200, body: warnings.length > 0 ? { warnings } : {} };
      }
      case "DELETE":
        this.#controlPlane.delete(kind, mesh, name, user);
        return { status: 200, body: {} };
      default:
        return this.#get(target, name, url, user);
    }
  }

  #list({ kind, mesh, isOverview, pattern }: Target, url: URL, user: User): Answer {
    const size = pageSize(url);
    const isAskedFor = filter(url, pattern, kind.type === "ExternalService");
    this.#controlPlane.checkMesh(mesh);
    checkAccess(user, kind);
    const objects = this.#controlPlane.store.list(kind.type, mesh).filter(isAskedFor);
    const body = page(objects, url, size, (object) =>
      isOverview ? this.#controlPlane.overview(object) : this.#controlPlane.render(object),
    );
    return { status: 200, body };
  }

  #get({ kind, mesh, isOverview }: Target, name: string, url: URL, user: User): Answer {
    this.#controlPlane.checkMesh(mesh);
    checkAccess(user, kind);
    const title = "Could not retrieve a resource";
    const object = this.#controlPlane.store.get(kind.type, mesh, name);
    if (!object) throw notFound(title);
    // The form of Kubernetes the sandbox does not have.
    const format = url.searchParams.get("format") ?? "";
    if (!["", "universal", "k8s", "kubernetes"].includes(format)) {
      throw notValid(
        [{ field: "", reason: '"format" must be one of ["k8s", "kubernetes", "universal"]' }],
        title,
      );
    }
    const body = isOverview ? this.#controlPlane.overview(object) : this.#controlPlane.render(object);
    return { status: 200, body };
  }
}

/** Whether an answer in JSON is what the client can read. */
function accepts(accept = "*/*"): boolean {
  return /(^|[,\s])(\*\/\*|application\/(\*|json))/.test(accept);
}

/** What `fetch` says of a text when nobody has said what it is; here that counts as nothing said. */
const UNSAID = "text/plain;charset=UTF-8";

/** Whether a body is in JSON; without a word about its form it is. */
const isJson = (contentType = UNSAID): boolean =>
  contentType === UNSAID || /^application\/json\b/.test(contentType);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
