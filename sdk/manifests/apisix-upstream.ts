import type * as pulumi from "@pulumi/pulumi";
import { upstream, upstreamShape } from "../../provider/model/apisix/upstream.ts";
import { isObject, type JsonObject, UNKNOWN } from "../../provider/model/fields.ts";
import { itemsOf } from "../../provider/model/kubernetes/object.ts";
import type { ManifestObject } from "./objects.ts";
import { type Args, checkArgs, given, idOf, seconds, timeouts } from "./translation.ts";

/** The domain behind a Service of the upstream's namespace; nothing when nobody says it. */
export type FindService = (name: string) => pulumi.Input<string> | undefined;

/** Nodes without a port get that of the scheme. */
const PORTS: Record<string, number> = { https: 443, grpcs: 443 };
const WEIGHT = 100;
const STREAM_SCHEMES = ["tcp", "tls", "udp"];
/** What a route of the API cannot do with an upstream, and the way out. */
const NOT_TRANSLATED: Record<string, string> = {
  portLevelSettings: "are for Kubernetes Services",
  subsets: "are for Kubernetes Services",
  tlsSecret:
    "is a Secret of Kubernetes, which the Admin API cannot read; declare an apisix.Upstream with tls",
};

/** An ApisixUpstream as arguments of apisix.Upstream, as the ingress controller would translate it. */
export function upstreamArgs(object: ManifestObject, findService: FindService): Args {
  const { spec, namespace = "", name, metadata } = object;
  for (const [field, reason] of Object.entries(NOT_TRANSLATED)) {
    if (spec[field] !== undefined) object.report(`spec.${field}`, `${reason}, or use target "kubernetes"`);
  }
  if (spec.externalNodes === undefined && spec.discovery === undefined) {
    object.report(
      "spec.externalNodes",
      'is missing; without it and discovery an ApisixUpstream holds settings for a Kubernetes Service, which need target "kubernetes"',
    );
  }
  const scheme = typeof spec.scheme === "string" ? spec.scheme : "http";
  if (STREAM_SCHEMES.includes(scheme)) {
    object.report("spec.scheme", `"${scheme}" is for stream rules; a rule for HTTP could not reach it`);
  }
  const { type, hashOn, key } = isObject(spec.loadbalancer) ? spec.loadbalancer : {};
  const args = given({
    upstreamId: idOf(namespace, name),
    labels: metadata.labels,
    scheme: spec.scheme,
    type,
    hashOn,
    key,
    retries: spec.retries,
    timeout: timeouts(spec.timeout),
    // Left out, it would become "node" with https; the controller leaves it to APISIX.
    passHost: spec.passHost ?? (scheme === "https" ? "pass" : undefined),
    upstreamHost: spec.upstreamHost,
    checks: checks(object),
    nodes: nodes(object, PORTS[scheme] ?? 80, findService),
    ...discovery(spec.discovery),
  });
  const hasTarget = spec.externalNodes !== undefined || spec.discovery !== undefined;
  if (hasTarget) checkArgs(upstream, object, args, originOf);
  return args;
}

function nodes(object: ManifestObject, defaultPort: number, findService: FindService): unknown[] {
  return itemsOf(object.spec.externalNodes, "spec.externalNodes").map(([node, path]) => {
    const { port = defaultPort, weight = WEIGHT } = node;
    const name = String(node.name);
    const host = node.type === "Service" ? findService(name) : name;
    if (host === undefined) {
      object.report(
        `${path}.name`,
        `"${name}" is a Service that is not among the files; say what it stands for with services: { "${name}": "DOMAIN" }, or use target "kubernetes"`,
      );
    }
    return { host: host ?? UNKNOWN, port, weight };
  });
}

/** The names of the Services that are nodes. */
export function serviceNames({ spec }: ManifestObject): string[] {
  return itemsOf(spec.externalNodes, "")
    .filter(([{ type }]) => type === "Service")
    .map(([{ name }]) => String(name));
}

function discovery(value: unknown): Args {
  if (!isObject(value)) return {};
  const { type, serviceName, args } = value;
  const { namespace_id, group_name, ...others } = isObject(args) ? args : {};
  return {
    serviceName,
    discoveryType: upstreamShape.discoveryType.safeParse(type).success ? type : { custom: type },
    discoveryArgs: given({ namespaceId: namespace_id, groupName: group_name, ...others }),
  };
}

const NANOSECONDS = 1_000_000_000;

function checks(object: ManifestObject): Args | undefined {
  const { healthCheck } = object.spec;
  if (!isObject(healthCheck) || !isObject(healthCheck.active)) return undefined;
  const { active, passive } = healthCheck;
  const { timeout, strictTLS, requestHeaders, healthy, unhealthy, ...same } = active;
  return {
    active: given({
      ...same,
      timeout: timeout === undefined ? undefined : probeTimeout(object, Number(timeout)),
      httpsVerifyCertificate: strictTLS,
      reqHeaders: requestHeaders,
      ...judgements(healthy, unhealthy),
    }),
    ...(isObject(passive)
      ? { passive: given({ type: passive.type, ...judgements(passive.healthy, passive.unhealthy) }) }
      : {}),
  };
}

/** The controller reads nanoseconds and cuts them to seconds; what is less than one would be lost. */
function probeTimeout(object: ManifestObject, nanoseconds: number): number | undefined {
  const whole = Math.floor(nanoseconds / NANOSECONDS);
  if (whole > 0) return whole;
  object.report(
    "spec.healthCheck.active.timeout",
    `${nanoseconds} is less than a second: the controller counts in nanoseconds; write ${NANOSECONDS} for one second`,
  );
  return undefined;
}

function judgements(healthy: unknown, unhealthy: unknown): Args {
  return { healthy: judgement(healthy), unhealthy: judgement(unhealthy) };
}

function judgement(value: unknown): Args | undefined {
  if (!isObject(value)) return undefined;
  const { interval, httpCodes, timeout, ...same } = value as JsonObject;
  return given({
    ...same,
    interval: interval === undefined ? undefined : seconds(interval),
    httpStatuses: httpCodes,
    timeouts: timeout,
  });
}

/** Where an argument comes from, in the order in which they are tried. */
const ORIGINS: [RegExp, string][] = [
  [/^upstreamId/, "metadata.name"],
  [/^labels/, "metadata.labels"],
  [/^nodes(\[\d+\])\.host/, "spec.externalNodes$1.name"],
  [/^nodes/, "spec.externalNodes"],
  [/^discoveryType.*/, "spec.discovery.type"],
  [/^discoveryArgs/, "spec.discovery.args"],
  [/^serviceName/, "spec.discovery.serviceName"],
  [/^(type|hashOn|key)/, "spec.loadbalancer.$1"],
  [/^checks\.active\.httpsVerifyCertificate/, "spec.healthCheck.active.strictTLS"],
  [/^checks\.active\.reqHeaders/, "spec.healthCheck.active.requestHeaders"],
  [/^checks(.*)\.httpStatuses/, "spec.healthCheck$1.httpCodes"],
  [/^checks(.*)\.timeouts/, "spec.healthCheck$1.timeout"],
  [/^checks/, "spec.healthCheck"],
  [/^/, "spec."],
];

function originOf(path: string): string {
  const [pattern, origin] = ORIGINS.find(([candidate]) => candidate.test(path)) ?? [/^/, ""];
  return path.replace(pattern, origin);
}
