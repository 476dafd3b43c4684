import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Tokens } from "./access.ts";
import { ControlPlane, type Role } from "./control-plane.ts";
import type { Release } from "./release.ts";
import { KumaServer, type RecordedRequest } from "./server.ts";
import { type Later, timers } from "./upkeep/later.ts";

/** How a control plane of the sandbox starts. */
export interface KumaOptions {
  /** Left out, the system chooses a free port. */
  port?: number;
  /** A control plane that is global and zone at once; for others see `startKumaFederation`. */
  mode?: "standalone";
  /** Default `2.14.3`. What older and newer ones lack says {@link Release}; before 2.6 that is labels. */
  version?: string;
  /** User tokens. With none, anyone may write (but for secrets when `localhostIsAdmin` is false). */
  tokens?: Tokens;
  /** Default true: a request without a token is the administrator's. */
  localhostIsAdmin?: boolean;
  /** Refuses every write with 405, as a control plane that stores in Kubernetes does. */
  kubernetesStore?: boolean;
  /** Milliseconds that every answer takes; default 0. */
  delay?: number;
  /**
   * Milliseconds after the last change until services have addresses and host names in their status; default 250.
   * A real control plane takes some seconds.
   */
  upkeepDelay?: number;
  /** Instead of timers: decides when the control plane does its own work. */
  later?: Later;
}

/** Access to stored objects as another person would change them: past tokens, checks and read-only sides. */
export interface KumaStore {
  /** The object as a GET would answer it. */
  get(type: string, mesh: string | undefined, name: string): Record<string, unknown> | undefined;
  /** Stores an object; type, mesh and name are in it. */
  put(object: Record<string, unknown>): void;
  delete(type: string, mesh: string | undefined, name: string): void;
  /** All objects of a type, of every mesh. */
  list(type: string): Record<string, unknown>[];
  /** Removes everything but the default mesh. */
  clear(): void;
}

/** A running control plane of the sandbox. */
export interface KumaSandbox {
  url: string;
  store: KumaStore;
  /** Every request that was answered, in order. */
  requests: RecordedRequest[];
  /** Called with every request; true means that it has been, or will be, answered by the function. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>) | undefined;
  /** Replaces the tokens, as a rotation does. */
  setTokens(tokens: Tokens | undefined): void;
  close(): Promise<void>;
}

/** Starts a control plane in any role. */
export async function startControlPlane(
  role: Role,
  options: KumaOptions & { clusterId?: string },
): Promise<{ sandbox: KumaSandbox; controlPlane: ControlPlane }> {
  const { version = "2.14.3", port, tokens, localhostIsAdmin = true, delay = 0 } = options;
  const { later, stop } = options.later
    ? { later: options.later, stop: () => {} }
    : timers(options.upkeepDelay ?? 250);
  const controlPlane = new ControlPlane(role, version, options.kubernetesStore ?? false, later);
  const server = new KumaServer(controlPlane, {
    ...(port !== undefined && { port }),
    version,
    clusterId: options.clusterId ?? randomUUID(),
    tokens,
    localhostIsAdmin,
    delay,
  });
  const url = await server.start();
  const { store } = controlPlane;
  const sandbox: KumaSandbox = {
    url,
    store: {
      get(type, mesh, name) {
        const object = store.get(type, mesh, name);
        return object && controlPlane.render(object);
      },
      put: (object) => store.put(controlPlane.decodeUnchecked(object)),
      delete: (type, mesh, name) => void store.delete(type, mesh, name),
      list: (type) => store.list(type).map((object) => controlPlane.render(object)),
      clear: () => controlPlane.clear(),
    },
    requests: server.requests,
    get intercept() {
      return server.intercept;
    },
    set intercept(intercept) {
      server.intercept = intercept;
    },
    setTokens(replacement) {
      server.tokens = replacement;
    },
    close: () => {
      stop();
      return server.close();
    },
  };
  return { sandbox, controlPlane };
}
