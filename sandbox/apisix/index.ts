import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { listen, sendText } from "../http.ts";
import { handleAdmin } from "./admin.ts";
import { page } from "./answers.ts";
import { Checks } from "./checks.ts";
import { startGateway } from "./gateway.ts";
import { References } from "./references.ts";
import { Resources } from "./resources.ts";
import { type Release, readSchemas } from "./schemas.ts";
import { type JsonObject, Store } from "./store.ts";
import type { Hosts } from "./targets.ts";

/** How a sandbox APISIX is set up; everything has a default. */
export interface ApisixOptions {
  /** The port of the Admin API; the system chooses one by default. */
  adminPort?: number;
  /** The port of the gateway; the system chooses one by default. */
  gatewayPort?: number;
  /** The key that may read and write. */
  adminKey?: string;
  /** The key that may only read. */
  viewerKey?: string;
  /** Which release it answers as. Default 3.18.0. */
  release?: Release;
  /** Stores defaults into objects as APISIX before 3.14 did: the same as `release: "3.11.0"`. */
  storesDefaults?: boolean;
  /** The protocols that a stream route may name, as the gateway's configuration has them under `xrpc`. Default: none. */
  protocols?: readonly string[];
  /** Answers a query parameter that it does not know for the path with 400; APISIX up to 3.18 takes no notice of one. */
  refusesUnknownParameters?: boolean;
  /** How long, in milliseconds, the reference check of DELETE lags behind writes. Default 0. */
  referenceLag?: number;
  /** The ports, on loopback, behind external host names: `{ "httpbin.org": { http: 8080, https: 8443 } }`. */
  hosts?: Hosts;
  /** Added to every answer of the Admin API, in milliseconds. */
  delay?: number;
}

/** One request that the Admin API has answered. */
export interface AdminRequest {
  method: string;
  path: string;
  status: number;
  /** The parsed body, where there was one. */
  body?: unknown;
}

/** Answers an Admin API request in place of the sandbox; returns whether it did. */
export type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

/** A running Admin API and gateway. */
export interface ApisixSandbox {
  /** The Admin API's origin, without `/apisix/admin`. */
  adminUrl: string;
  /** The gateway's origin. */
  gatewayUrl: string;
  /** The key that may read and write. */
  adminKey: string;
  /** The key that may only read. */
  viewerKey: string;
  /** The ports behind external host names; may be changed at any time. */
  hosts: Hosts;
  /** Rotates the key: the old one is wrong from now on. */
  setAdminKey(key: string): void;
  /** The stored objects, to be looked at or changed as if by another person. */
  store: {
    get(kind: string, id: string): JsonObject | undefined;
    put(kind: string, id: string, value: JsonObject): void;
    delete(kind: string, id: string): void;
    list(kind: string): JsonObject[];
    clear(): void;
  };
  /** Every Admin API request that has been answered, but for those that `intercept` took. */
  requests: AdminRequest[];
  /** Sees Admin API requests before the sandbox does. */
  intercept: Intercept | undefined;
  /** Stops both servers. */
  close(): Promise<void>;
}

/** The text of the header `Server` in the gateway's answers. */
const server = "pulumi-external-backends-sandbox";

/** Starts an APISIX that lives in memory: its Admin API and its gateway. */
export async function startApisix(options: ApisixOptions = {}): Promise<ApisixSandbox> {
  const release = options.release ?? (options.storesDefaults ? "3.11.0" : "3.18.0");
  const store = new Store();
  const schemas = readSchemas(release);
  const { storesDefaults } = schemas;
  const checks = new Checks(store, schemas, storesDefaults, options.protocols);
  const references = new References(store, options.referenceLag ?? 0);
  const resources = new Resources(store, checks, references, schemas);
  const hosts = options.hosts ?? {};
  const requests: AdminRequest[] = [];

  const context = {
    resources,
    schemas,
    validatesWithoutKey: release !== "3.18.0",
    refusesUnknownParameters: options.refusesUnknownParameters ?? false,
    role: (key: string) =>
      key === sandbox.adminKey ? "admin" : key === sandbox.viewerKey ? "viewer" : undefined,
  } as const;

  const admin = await listen(
    async (request, response) => {
      response.setHeader("server", `APISIX/${release}`);
      try {
        if (options.delay) await sleep(options.delay);
        if (await sandbox.intercept?.(request, response)) return;
        const handled = await handleAdmin(context, request, response);
        requests.push({ method: request.method ?? "", path: request.url ?? "", ...handled });
      } catch (problem) {
        if (response.headersSent || response.destroyed) return void response.destroy();
        console.error(problem);
        sendText(response, 500, page("500 Internal Server Error").text, { "content-type": "text/html" });
      }
    },
    { port: options.adminPort ?? 0 },
  );
  const gateway = await startGateway({ port: options.gatewayPort ?? 0, store, schemas, hosts, server });

  const sandbox: ApisixSandbox = {
    adminUrl: admin.url,
    gatewayUrl: gateway.url,
    adminKey: options.adminKey ?? "sandbox-admin-key",
    viewerKey: options.viewerKey ?? "sandbox-viewer-key",
    hosts,
    setAdminKey: (key) => {
      sandbox.adminKey = key;
    },
    store: {
      get: (kind, id) => structuredClone(store.find(kind, id)?.value),
      put: (kind, id, value) => {
        store.write(kind, id, kind === "consumers" ? value : { ...value, id });
      },
      delete: (kind, id) => {
        store.remove(kind, id);
      },
      list: (kind) => store.entries(kind).map(({ value }) => structuredClone(value)),
      clear: () => store.clear(),
    },
    requests,
    intercept: undefined,
    close: async () => {
      await Promise.all([admin.close(), gateway.close()]);
    },
  };
  return sandbox;
}
