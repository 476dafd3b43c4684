// Compiled, never run: what programs may write in `plugins`, and what an editor underlines.
import type * as pulumi from "@pulumi/pulumi";
import type { ConsumerPlugins, Plugins, RouteArgs } from "../../sdk/apisix/index.ts";

declare const secret: pulumi.Output<string>;
declare const count: pulumi.Output<number>;
declare const untyped: Record<string, { [name: string]: unknown }>;
declare const nested: Record<string, pulumi.Input<Record<string, pulumi.Input<unknown>>>>;
declare const eventual: pulumi.Output<Record<string, Record<string, unknown>>>;

export const inputsAtEveryLevel: Plugins = {
  "limit-count": { count, time_window: 60, policy: "redis", redis_host: "redis", redis_password: secret },
  "traffic-split": {
    rules: [{ weighted_upstreams: [{ upstream_id: secret, weight: 1 }, { weight: count }] }],
  },
  "proxy-rewrite": { headers: { set: { "X-A": secret }, remove: ["X-B"] }, uri: "/a" },
  "response-rewrite": { headers: { "X-A": "b" } },
  "ip-restriction": Promise.resolve({ whitelist: ["10.0.0.0/8"] }),
  redirect: { http_to_https: true, _meta: { disable: true } },
};

export const knownByNameOnly: Plugins = { "openid-connect": { client_id: "a", client_secret: secret } };
export const custom: Plugins = { "tenant-lookup": { url: secret, tenants: [1, 2] }, opentelemetry: {} };
export const built: RouteArgs[] = [
  { uri: "/", plugins: untyped },
  { uri: "/", plugins: nested },
  { uri: "/", plugins: eventual },
  { uri: "/", plugins: { ...untyped, cors: {} } },
];

export const credentials: ConsumerPlugins = {
  "key-auth": { key: secret },
  "basic-auth": { username: "jack", password: secret },
  "jwt-auth": { key: "jack", secret, algorithm: "HS512" },
  "hmac-auth": { key_id: "jack", secret_key: secret },
  "limit-count": { count: 1, time_window: 60 },
};

export const mistakes: Plugins[] = [
  // @ts-expect-error: the field is called rejected_code
  { "limit-count": { count: 1, time_window: 60, rejected_cod: 429 } },
  // @ts-expect-error: no such policy
  { "limit-count": { count: 1, time_window: 60, policy: "rediss" } },
  // @ts-expect-error: key is missing
  { "limit-req": { rate: 1, burst: 1 } },
  // @ts-expect-error: a list is wanted
  { "ip-restriction": { whitelist: "10.0.0.0/8" } },
  // @ts-expect-error: of a consumer, not of a route
  { "key-auth": { key: "a" } },
  // @ts-expect-error: a plugin has a configuration
  { cors: true },
  // @ts-expect-error: a custom one, too
  { "tenant-lookup": "on" },
];

// @ts-expect-error: a credential needs its key
export const incomplete: ConsumerPlugins = { "key-auth": {} };
