import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Listener, listen, readBytes, sendJson, sendText } from "../http.ts";
import { authenticate, checkAccess, type Tokens, type User } from "./access.ts";
import type { ControlPlane } from "./control-plane.ts";
import { BrokenConnection, KumaError, notFound, notValid } from "./errors.ts";
import { filter } from "./filters.ts";
import { type Forms, isInJson, takesJson } from "./forms.ts";
import { page, pageSize } from "./paging.ts";
import { type PathAnswer, type RequestUrl, readRequestUrl, textOf } from "./request-url.ts";
import { policies, resources } from "./resources.ts";
import { type Inspection, inspectionOf, type Target, targetOf } from "./routes.ts";

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
    const sent = await readBytes(request);
    const url = readRequestUrl(path, headers.host ?? "127.0.0.1");
    if ("status" in url) return this.#answerPath(url, method, path, response);
    const forms = { accept: headers.accept, contentType: headers["content-type"] };
    const { status, body } = this.answer(method, url, headers.authorization, sent, forms);
    this.requests.push({
      method,
      path,
      status,
      ...(sent.length > 0 && { body: parsed(sent.toString("utf8")) }),
    });
    if (typeof body === "string") sendText(response, status, body, banner);
    else sendJson(response, status, body, banner);
  }

  /** Answers a request whose path alone is wrong. */
  #answerPath(answer: PathAnswer, method: string, path: string, response: ServerResponse): void {
    const { status, location } = answer;
    this.requests.push({ method, path, status });
    const text = textOf(answer, method);
    const headers = { ...banner, ...(location !== undefined && { location }) };
    if (text !== "") {
      const type = location === undefined ? "plain" : "html";
      sendText(response, status, text, { ...headers, "content-type": `text/${type}; charset=utf-8` });
    } else response.writeHead(status, headers).end();
  }

  /** What is answered to a request, whichever way it came. */
  answer(
    method: string,
    url: RequestUrl,
    authorization: string | undefined,
    sent: Buffer,
    forms: Forms = {},
  ): Answer {
    try {
      // Who only asks what it is need not say who asks.
      const wrongAtIndex = url.path === "/" ? readOnly(method, forms) : undefined;
      if (url.path === "/" && !wrongAtIndex) return this.#index();
      const user = authenticate(authorization, this.tokens, this.#options.localhostIsAdmin);
      if (wrongAtIndex) return wrongAtIndex;
      const path = url.path.replace(/\/+$/, "");
      const whole = this.#wholeServer(path);
      if (whole) return readOnly(method, forms) ?? { status: 200, body: whole() };
      const target = targetOf(path, this.#controlPlane.kinds, method);
      if (!target) {
        const inspection = inspectionOf(path, this.#controlPlane.kinds);
        if (!inspection) return pageNotFound;
        return readOnly(method, forms) ?? this.#inspect(inspection);
      }
      return this.#atTarget(method, target, url, user, sent, forms);
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

  #atTarget(method: string, target: Target, url: RequestUrl, user: User, sent: Buffer, forms: Forms): Answer {
    const { kind, mesh, name, isOverview } = target;
    const isWrite = (method === "PUT" || method === "DELETE") && name !== undefined && !isOverview;
    if (method !== "GET" && !isWrite) return methodNotAllowed;
    const wrongForm = wrongForms(method, forms);
    if (wrongForm) return wrongForm;
    if (name === undefined) return this.#list(target, url, user);
    switch (method) {
      case "PUT": {
        const { isNew, warnings } = this.#controlPlane.put(kind, mesh, name, user, sent);
        return { status: isNew ? 201 : 200, body: warnings.length > 0 ? { warnings } : {} };
      }
      case "DELETE":
        this.#controlPlane.delete(kind, mesh, name, user);
        return { status: 200, body: {} };
      default:
        return this.#get(target, name, url, user);
    }
  }

  /** The sandbox has no proxies: it only knows what there is nothing to say about. */
  #inspect({ kind, mesh, name, aspect }: Inspection): Answer {
    if (["_rules", "_config", "_policies"].includes(aspect)) return pageNotFound;
    if (!["xds", "clusters", "stats"].includes(aspect)) throw notFound("Could not execute admin operation");
    const title = kind.type === "Dataplane" ? "dataplane" : "zone ingress";
    if (!this.#controlPlane.store.get(kind.type, mesh, name))
      throw notFound(`Could not get ${title} resource`);
    return pageNotFound;
  }

  #list({ kind, mesh, isOverview, pattern }: Target, url: RequestUrl, user: User): Answer {
    const size = pageSize(url);
    const isAskedFor = filter(url, kind.type, pattern);
    this.#controlPlane.checkMesh(mesh);
    checkAccess(user, kind);
    const objects = this.#controlPlane.store.list(kind.type, mesh).filter(isAskedFor);
    const body = page(objects, url, size, (object) =>
      isOverview ? this.#controlPlane.overview(object) : this.#controlPlane.render(object),
    );
    return { status: 200, body };
  }

  #get({ kind, mesh, isOverview }: Target, name: string, url: RequestUrl, user: User): Answer {
    this.#controlPlane.checkMesh(mesh);
    checkAccess(user, kind);
    const title = "Could not retrieve a resource";
    const object = this.#controlPlane.store.get(kind.type, mesh, name);
    if (!object) throw notFound(title);
    // The form of Kubernetes the sandbox does not have.
    const format = url.query.get("format") ?? "";
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

/** What is answered where only reading is possible, when something else is asked or the form is wrong. */
const readOnly = (method: string, forms: Forms): Answer | undefined =>
  method === "GET" ? wrongForms(method, forms) : methodNotAllowed;

function wrongForms(method: string, forms: Forms): Answer | undefined {
  if (!isInJson(method, forms)) return unsupportedMediaType;
  return takesJson(forms) ? undefined : notAcceptable;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
