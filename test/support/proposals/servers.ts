import { vi } from "vitest";
import { Handler } from "../../../provider/dynamic/handler.ts";
import { isObject, type Json, type JsonObject } from "../../../provider/model/fields.ts";
import { kindOf } from "../../../provider/model/kinds.ts";
import { SECRET_KEY } from "../../../provider/model/marks.ts";
import { type ApisixSandbox, startApisix } from "../../../sandbox/apisix/index.ts";
import { type KumaSandbox, startKuma } from "../../../sandbox/kuma/index.ts";

/** The servers at which rows meet their errors. */
export interface Servers {
  newer: ApisixSandbox;
  /** An APISIX of an earlier release. */
  older: ApisixSandbox;
  kuma: KumaSandbox;
  /** A control plane that wants a user token, "good". */
  guarded: KumaSandbox;
  /** What has been printed since the begin. */
  printed: string[];
}

/** The user tokens of the guarded control plane. */
export const TOKENS = { admin: "good", viewer: "theirs" };

/** Starts them, and keeps what is printed. */
export async function startServers(): Promise<Servers> {
  const printed: string[] = [];
  vi.spyOn(console, "log").mockImplementation((text) => void printed.push(String(text)));
  return {
    newer: await startApisix({ viewerKey: "a-key-that-only-reads" }),
    older: await startApisix({ storesDefaults: true }),
    kuma: await startKuma(),
    guarded: await startKuma({ tokens: TOKENS, localhostIsAdmin: false }),
    printed,
  };
}

/** Makes them what they were after the start. */
export function clearServers({ newer, older, kuma, printed }: Servers): void {
  printed.length = 0;
  newer.intercept = undefined;
  for (const { store } of [newer, older, kuma]) store.clear();
}

/** Ends them. */
export async function stopServers({ newer, older, kuma, guarded }: Servers): Promise<void> {
  await Promise.all([newer, older, kuma, guarded].map((server) => server.close()));
}

/** A stack's configuration. */
export type Config = Record<string, string>;

/** The configuration for a gateway. */
export function at({ adminUrl, adminKey }: ApisixSandbox, more: Config = {}): Config {
  return { "apisix:adminUrl": adminUrl, "apisix:adminKey": adminKey, "apisix:validation": "local", ...more };
}

/** The configuration for a control plane. */
export function atKuma({ url }: KumaSandbox, more: Config = {}): Config {
  return { "kuma:url": url, "kuma:validation": "local", ...more };
}

function received(value: unknown): Json {
  if (Array.isArray(value)) return value.map(received);
  if (!isObject(value)) return value as Json;
  if (SECRET_KEY in value) return received(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, received(inner)]));
}

/** A resource in an operation of its own. */
export function resource(config: Config, type: string, args: JsonObject, owner = "0123456789abcdef") {
  const lifecycle = new Handler(kindOf(type));
  lifecycle.configure({ config: { get: (key) => config[key] } });
  const given = { ...args, __context: { name: "made", stack: "ours.prod", owner } };
  const checked = async () => {
    const { inputs, failures } = await lifecycle.check({}, given);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    return received(inputs) as JsonObject;
  };
  return {
    preview: checked,
    create: async () => {
      const { id, outs } = await lifecycle.create(await checked());
      return { id, state: received(outs) as JsonObject };
    },
    update: async (id: string, state: JsonObject) => lifecycle.update(id, state, await checked()),
    read: (id: string, state: JsonObject) => lifecycle.read(id, state),
    get: (id: string) => lifecycle.read(id, {}),
    remove: (id: string, state: JsonObject) => lifecycle.delete(id, state),
  };
}

/** An upstream's arguments. */
export const UPSTREAM = { nodes: { "a.example:80": 1 } };

/** Creates a resource in an operation of its own. */
export function made(config: Config, type: string, args: JsonObject, owner?: string) {
  return resource(config, type, args, owner).create();
}

/** Creates an upstream. */
export function oneUpstream(config: Config, args: JsonObject = {}) {
  return made(config, "apisix:Upstream", { ...UPSTREAM, ...args });
}
