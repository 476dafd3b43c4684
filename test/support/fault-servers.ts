import type { IncomingMessage } from "node:http";
import { Handler } from "../../provider/dynamic/handler.ts";
import { upstream } from "../../provider/model/apisix/upstream.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { externalService } from "../../provider/model/kuma/external-service.ts";
import { type Intercept, startApisix } from "../../sandbox/apisix/index.ts";
import { startKuma } from "../../sandbox/kuma/index.ts";

/** Seconds for one call: far more than the repetitions of a refused call take, also on a machine that is busy. */
const PATIENT = 60;
/** What must be in no text. */
export const CREDENTIAL = "a-credential-of-the-administrator";

/** One kind at one server of the sandbox, to which each object may see a fault of its own. */
export interface FaultyServer {
  product: string;
  kind: Kind;
  /** The configuration of a stack, with another URL and another deadline than usual. */
  config(other?: { url?: string; requestTimeout?: number }): Record<string, unknown>;
  /** As a process of its own would start: nothing is remembered. */
  lifecycle(): Handler;
  /** Arguments as a program writes them; two versions that differ. */
  args(version: number): JsonObject;
  /** The same as the engine gives them to check. */
  given(name: string, version: number, owner?: string): JsonObject;
  /** Arguments as the engine gives them to create and update. */
  inputs(name: string, version: number, owner?: string): Promise<JsonObject>;
  stored(name: string): JsonObject | undefined;
  /** Puts an object there that another stack has made. */
  placeForeign(name: string): void;
  /** Puts an object there, over one that is there, as another person would. */
  put(name: string, object: JsonObject): void;
  /** Removes an object as another person would. */
  remove(name: string): void;
  /** Requests for this object are answered by the fault from now on. */
  break(name: string, intercept: Intercept | undefined): void;
  close(): Promise<void>;
}

/** A URL on loopback where nobody listens: the port of a service that is no more. */
export const CLOSED_URL = "http://127.0.0.1:1";

const FOREIGN = { "pulumi-owner": "ffffffffffffffff.abcdefgh", "pulumi-stack": "theirs.prod" };

interface Parts extends Omit<FaultyServer, "lifecycle" | "given" | "inputs" | "break" | "close"> {
  sandbox: { intercept: Intercept | undefined; close(): Promise<void> };
}

function faulty(parts: Parts): FaultyServer {
  const { kind, sandbox } = parts;
  const broken = new Map<string, Intercept>();
  sandbox.intercept = (request, response) => broken.get(nameOf(request))?.(request, response) ?? false;
  const lifecycle = () => {
    const made = new Handler(kind);
    const config = parts.config();
    made.configure({ config: { get: (key) => config[key] } });
    return made;
  };
  const given: FaultyServer["given"] = (name, version, owner = "0123456789abcdef") => ({
    ...parts.args(version),
    __context: { name, stack: "ours.prod", owner },
  });
  return {
    ...parts,
    lifecycle,
    given,
    async inputs(...named) {
      const { inputs, failures } = await lifecycle().check({}, given(...named));
      if (failures.length > 0) throw new Error(JSON.stringify(failures));
      return inputs;
    },
    break(name, intercept) {
      if (intercept) broken.set(name, intercept);
      else broken.delete(name);
    },
    close: () => sandbox.close(),
  };
}

function nameOf({ url = "" }: IncomingMessage): string {
  return url.slice(url.lastIndexOf("/") + 1);
}

/** An APISIX of the sandbox, with upstreams. */
export async function faultyApisix(): Promise<FaultyServer> {
  const sandbox = await startApisix({ adminKey: CREDENTIAL });
  const { store, adminUrl: url } = sandbox;
  return faulty({
    product: "APISIX",
    kind: upstream,
    config: (other) => ({
      "apisix:adminUrl": other?.url ?? url,
      "apisix:adminKey": CREDENTIAL,
      "apisix:gatewayId": url,
      "apisix:requestTimeout": other?.requestTimeout ?? PATIENT,
      "apisix:maxConcurrency": 500,
      "apisix:validation": "local",
    }),
    args: (version) => ({ nodes: { "a.example:80": 1 }, retries: version }),
    put: (name, object) => store.put("upstreams", name, object),
    remove: (name) => store.delete("upstreams", name),
    stored: (name) => store.get("upstreams", name) as JsonObject | undefined,
    placeForeign: (name) =>
      store.put("upstreams", name, { nodes: { "their.example:80": 1 }, labels: FOREIGN }),
    sandbox,
  });
}

/** A Kuma control plane of the sandbox, with external services. */
export async function faultyKuma(): Promise<FaultyServer> {
  const sandbox = await startKuma({ tokens: { admin: CREDENTIAL } });
  const { store, url } = sandbox;
  return faulty({
    product: "Kuma",
    kind: externalService,
    config: (other) => ({
      "kuma:url": other?.url ?? url,
      "kuma:token": CREDENTIAL,
      "kuma:controlPlaneId": url,
      "kuma:requestTimeout": other?.requestTimeout ?? PATIENT,
      "kuma:maxConcurrency": 500,
      "kuma:validation": "local",
    }),
    args: (version) => ({
      tags: { "kuma.io/service": "billing" },
      networking: { address: `billing.example:${version}` },
    }),
    put: (name, object) => store.put({ ...object, type: "ExternalService", mesh: "default", name }),
    remove: (name) => store.delete("ExternalService", "default", name),
    stored: (name) => store.get("ExternalService", "default", name) as JsonObject | undefined,
    placeForeign: (name) =>
      store.put({
        type: "ExternalService",
        mesh: "default",
        name,
        labels: FOREIGN,
        tags: { "kuma.io/service": "theirs" },
        networking: { address: "their.example:1" },
      }),
    sandbox,
  });
}
