import { createHash } from "node:crypto";
import { isObject, type JsonObject } from "../fields.ts";

/** An id at the gateway: the parts joined by `_`. What APISIX would refuse is cut to size and told apart by a hash. */
export function idOf(...parts: readonly string[]): string {
  const id = parts.join("_");
  if (/^[a-zA-Z0-9\-_.]{1,64}$/.test(id)) return id;
  const hash = createHash("sha256").update(id).digest("hex").slice(0, 8);
  return `${id.replace(/[^a-zA-Z0-9\-_.]+/g, "-").slice(0, 55)}_${hash}`;
}

/** Seconds of a time such as `1m30s`, which has been checked; the controller's default is 60. */
export function seconds(duration: unknown): number {
  const [, hours = "0", minutes = "0", rest = "0"] =
    /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(String(duration)) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
}

/** The three timeouts in seconds; APISIX wants all of them, and the controller fills in 60. */
export function timeouts(timeout: unknown): JsonObject | undefined {
  if (!isObject(timeout)) return undefined;
  const fields = ["connect", "send", "read"].map((field) => {
    return [field, timeout[field] === undefined ? 60 : seconds(timeout[field])];
  });
  return Object.fromEntries(fields) as JsonObject;
}

/** Which plugin serves a type of authentication, and under which name its settings stand beside the type. */
export const AUTHENTICATION: Readonly<Record<string, [plugin: string, settings?: string]>> = {
  keyAuth: ["key-auth", "keyAuth"],
  basicAuth: ["basic-auth"],
  wolfRBAC: ["wolf-rbac"],
  jwtAuth: ["jwt-auth", "jwtAuth"],
  hmacAuth: ["hmac-auth"],
  ldapAuth: ["ldap-auth", "ldapAuth"],
};

/** The plugin that shares a route's traffic between its own upstream, which comes first, and others. */
export function trafficSplit(shares: readonly { upstreamId: unknown; weight: unknown }[]): {
  [plugin: string]: unknown;
} {
  const weighted = shares.map(({ upstreamId, weight }, index) =>
    index === 0 ? { weight } : { upstream_id: upstreamId, weight },
  );
  return { "traffic-split": { rules: [{ weighted_upstreams: weighted }] } };
}
