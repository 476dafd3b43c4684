import { vi } from "vitest";
import { Handler } from "../../provider/dynamic/handler.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { containerOf, type Kind } from "../../provider/model/kind.ts";
import { type Answer, HttpClient } from "../../provider/server/http.ts";
import { Checks } from "../../sandbox/apisix/checks.ts";
import { References } from "../../sandbox/apisix/references.ts";
import { Resources } from "../../sandbox/apisix/resources.ts";
import { readSchemas } from "../../sandbox/apisix/schemas.ts";
import { Store } from "../../sandbox/apisix/store.ts";
import { ControlPlane } from "../../sandbox/kuma/control-plane.ts";
import { readRequestUrl } from "../../sandbox/kuma/request-url.ts";
import { KumaServer } from "../../sandbox/kuma/server.ts";

/** A server of the sandbox that is called as a function: thousands of objects in seconds. */
export interface InProcess {
  /** As the provider's HTTP client calls it. */
  answer(method: string, path: string, body?: unknown): Pick<Answer, "status"> & { json: unknown };
  /** Puts things there past all checks. */
  prepare(objects: JsonObject[], collection?: string): void;
  /** Removes every object of a kind, and what its last create left in the way. */
  remove(kind: Kind, id: string): void;
}

/** An APISIX's Admin API. */
export function apisixInProcess(storesDefaults = false): InProcess {
  const store = new Store();
  const schemas = readSchemas(storesDefaults);
  const checks = new Checks(store, schemas, storesDefaults);
  const resources = new Resources(store, checks, new References(store, 0), schemas);
  return {
    answer(method, path, body) {
      const [kind = "", ...rest] = path.split("/").slice(3).map(decodeURIComponent);
      if (kind === "schema") return { status: 200, json: schemas.plugins[rest[1] ?? ""]?.schema };
      const { status, body: json } = resources.handle(method, kind, rest, new URLSearchParams(), body);
      return { status, json };
    },
    prepare(objects, collection = "") {
      for (const object of objects) store.write(collection, String(object.id ?? object.username), object);
    },
    remove(kind, id) {
      const [collection, name] = collectionOf(kind, id);
      store.remove(collection, name);
    },
  };
}

function collectionOf(kind: Kind, id: string): [collection: string, name: string] {
  const [collection = "", ...rest] = kind.path(id.split("/")).split("/");
  return containerOf(kind) === undefined
    ? [collection, rest.join("/")]
    : [[collection, ...rest.slice(0, -1)].join("/"), rest.at(-1) ?? ""];
}

/** A standalone control plane of Kuma. */
export function kumaInProcess(): InProcess {
  const controlPlane = new ControlPlane({ mode: "standalone" }, "2.14.3", false);
  const options = { version: "2.14.3", clusterId: "a", tokens: undefined, localhostIsAdmin: true, delay: 0 };
  const server = new KumaServer(controlPlane, options);
  const ask = (method: string, path: string, body: Buffer): { status: number; body: unknown } => {
    const url = readRequestUrl(path, "kuma.invalid");
    if ("status" in url) return { status: url.status, body: undefined };
    return server.answer(method, url, undefined, body, { contentType: "application/json" });
  };
  return {
    answer(method, path, body) {
      const { status, body: json } = ask(method, path, Buffer.from(JSON.stringify(body) ?? ""));
      return { status, json };
    },
    prepare(objects) {
      for (const object of objects) controlPlane.store.put(object as never);
    },
    remove(kind, id) {
      const { pathname } = new URL(kind.path(id.split("/").map(encodeURIComponent)), `${URLS.kuma}/`);
      ask("DELETE", pathname, Buffer.alloc(0));
    },
  };
}

/** The addresses at which these servers are; nobody listens there. */
const URLS = { apisix: "http://apisix.invalid", kuma: "http://kuma.invalid" };

/** Whatever the provider sends from now on goes to this server. */
export function sendTo(server: Pick<InProcess, "answer">): void {
  vi.spyOn(HttpClient.prototype, "send").mockImplementation(async (method, url, _headers, body) => {
    const sent = body === undefined ? undefined : (JSON.parse(JSON.stringify(body)) as unknown);
    const { status, json } = server.answer(method, url.replace(/^http:\/\/\w+\.invalid/, ""), sent);
    // What comes back has been text on the way.
    const text = typeof json === "string" ? json : (JSON.stringify(json) ?? "");
    const isJson = typeof json !== "string" && text !== "";
    return { status, text, json: isJson ? JSON.parse(text) : undefined, headers: {} };
  });
}

/** How these servers are reached. */
export const CONFIG: Record<string, unknown> = {
  "apisix:adminUrl": URLS.apisix,
  "apisix:adminKey": "a-credential-of-the-administrator",
  "apisix:validation": "local",
  "kuma:url": URLS.kuma,
  "kuma:validation": "local",
};

/** A kind's lifecycle, configured for these servers or others. */
export function lifecycleOf(kind: Kind, config = CONFIG): Handler {
  const made = new Handler(kind);
  made.configure({ config: { get: (key) => config[key] } });
  return made;
}

/** What the engine gives to `check` beside the arguments. */
export const CONTEXT = { name: "made", stack: "ours.prod", owner: "0123456789abcdef" };
