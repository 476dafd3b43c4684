import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { request } from "undici";
import { afterAll, afterEach, expect } from "vitest";
import { type ApisixOptions, type ApisixSandbox, startApisix } from "../../sandbox/apisix/index.ts";
import { type Backend, startBackend } from "../../sandbox/backend.ts";
import { type KumaOptions, type KumaSandbox, startKuma } from "../../sandbox/kuma/index.ts";
import {
  Engine,
  type EngineOptions,
  type OperationResult,
  type StackConfig,
  type StackOptions,
  type TestStack,
} from "../../tools/engine.ts";
import { plugins } from "./doors.ts";
import { CONSUMER } from "./kind-case.ts";

/** A configuration with which nothing is asked of the servers before it is time to write. */
export const LOCAL: StackConfig = { "apisix:validation": "local", "kuma:validation": "local" };

/** A list, a schema, or what a control plane is. */
const ONCE = /^GET (\/|\/config|.*\?size=1000|\/apisix\/admin\/(plugins\/list|schema\/.*|[a-z_]+))$/;

/** How {@link startWorld} sets up its parts; everything has a default. */
export interface WorldOptions {
  apisix?: ApisixOptions;
  kuma?: KumaOptions;
  engine?: EngineOptions;
}

/** What a test file works with: the engine, the servers of the sandbox, a backend called httpbin.org, and a consumer. */
export interface World {
  engine: Engine;
  apisix: ApisixSandbox;
  kuma: KumaSandbox;
  backend: Backend;
  /** The configuration by which a stack's resources reach the sandbox. */
  config: StackConfig;
  /** Makes a stack that is configured for the sandbox; a configuration in `options` goes on top. */
  stack(name: string, program: PulumiFn, options?: StackOptions): Promise<TestStack>;
  /** Sends a GET through the gateway. */
  get(host: string, path?: string): Promise<{ status: number; body: string }>;
  /**
   * What both servers were asked about objects while `action` ran, in order, each as `PUT /apisix/admin/routes/r1`; without
   * what is asked once per operation, whatever the number of objects: lists, schemas and what a control plane is.
   */
  requestsDuring(action: () => Promise<unknown>): Promise<string[]>;
}

/**
 * Starts what a test file needs and stops it after the file's last test. Called at the top of the file:
 * `const world = await startWorld();`
 */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const backend = await startBackend();
  const hosts = { "httpbin.org": { http: backend.httpPort, https: backend.httpsPort } };
  const apisix = await startApisix({ hosts, protocols: ["redis"], ...options.apisix });
  apisix.store.put("consumers", CONSUMER, { username: CONSUMER });
  // What a control plane writes later by itself would change objects between two looks of a test.
  const kuma = await startKuma({ upkeepDelay: 3_600_000, ...options.kuma });
  const engine = await Engine.start(options.engine);
  afterAll(async () => {
    await Promise.all([engine.close(), apisix.close(), kuma.close(), backend.close()]);
  });
  // A plugin may stand in one global rule only, so those of one test would be in the way of the next.
  afterEach(() => {
    for (const { id } of apisix.store.list("global_rules")) apisix.store.delete("global_rules", String(id));
  });

  const config: StackConfig = {
    "apisix:adminUrl": apisix.adminUrl,
    "apisix:adminKey": { value: apisix.adminKey, secret: true },
    "kuma:url": kuma.url,
  };
  return {
    engine,
    apisix,
    kuma,
    backend,
    config,
    stack: (name, program, own = {}) =>
      engine.stack(name, program, { plugins, ...own, config: { ...config, ...own.config } }),
    get: async (host, path = "/get") => {
      const { statusCode, body } = await request(new URL(path, apisix.gatewayUrl), { headers: { host } });
      return { status: statusCode, body: await body.text() };
    },
    requestsDuring: async (action) => {
      const before = [apisix.requests.length, kuma.requests.length];
      await action();
      return [...apisix.requests.slice(before[0]), ...kuma.requests.slice(before[1])]
        .map(({ method, path }) => `${method} ${path}`)
        .filter((request) => !ONCE.test(request));
    },
  };
}

/** The operation changes (in a preview: would change) nothing. */
export function expectNoChanges(result: OperationResult): void {
  expect(result.changes, result.output).toEqual({});
}

/** The operation does exactly this many of each; `same` is left out. */
export function expectChanges(result: OperationResult, changes: Record<string, number>): void {
  expect(result.changes, result.output).toEqual(changes);
}

/** An object of the server without what the server and this package wrote into it: times, id, status and owner labels. */
export function declaredPart(object: Record<string, unknown> | undefined): unknown {
  if (object === undefined) return undefined;
  const { id, create_time, update_time, creationTime, modificationTime, labels, status, ...rest } = object;
  const own = Object.entries((labels ?? {}) as Record<string, string>).filter(
    ([key]) => !/^(pulumi-(owner|stack)|kuma\.io\/.*)$/.test(key),
  );
  return own.length > 0 ? { ...rest, labels: Object.fromEntries(own) } : rest;
}

/** Whose an object is, as its label says: the owner's hash and the mark of the create that wrote it. */
export function ownerOf(object: Record<string, unknown> | undefined): { owner: string; mark: string } {
  const label = (object?.labels as Record<string, string> | undefined)?.["pulumi-owner"] ?? "";
  const [owner = "", mark = ""] = label.split(".");
  return { owner, mark };
}
