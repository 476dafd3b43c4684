import { isObject, type Json, type JsonObject } from "../../provider/model/fields.ts";
import type { WordCase } from "./word-cases.ts";

const mesh: JsonObject = { kind: "Mesh" };
const sidecars: JsonObject = { targetRef: { kind: "Mesh", proxyTypes: ["Sidecar"] } };

/** A spec with one entry in each of these lists. */
function listed(lists: readonly string[], conf: JsonObject): JsonObject {
  const entry = (list: string): JsonObject => ({
    ...(list === "rules" ? {} : { targetRef: mesh }),
    default: conf,
  });
  return Object.fromEntries(lists.map((list) => [list, [entry(list)]]));
}

/** The places of fields of the configurations in lists. */
function within(lists: readonly string[], names: readonly string[]): string[] {
  return lists.flatMap((list) => names.map((name) => `${list}[].default.${name}`));
}

/** An object with a value at a place such as `to[].default.interval`, where every list has one element. */
function placed(object: Json | undefined, place: string, value: Json): Json {
  const [name = "", ...rest] = place.split(".");
  const field = name.replace("[]", "");
  const outer = isObject(object) ? object : {};
  const at = (inner: Json | undefined) => (rest.length === 0 ? value : placed(inner, rest.join("."), value));
  const inner = outer[field];
  const isList = name.endsWith("[]");
  return { ...outer, [field]: isList ? [at(Array.isArray(inner) ? inner[0] : undefined)] : at(inner) };
}

/** Durations in a spec, and what stands beside them; `needed` ones cannot be left out. */
function durations(type: string, base: JsonObject, places: readonly string[], needed = false): WordCase {
  const said = (text: string) =>
    places.reduce<JsonObject>((spec, place) => placed(spec, place, text) as JsonObject, base);
  const paths = places.map((place) => place.replaceAll("[]", "[0]"));
  return {
    type: `kuma:${type}`,
    fields: places.map((place) => `spec.${place} form`),
    at: "spec",
    around: (spec) => ({ spec }),
    words: said("90s"),
    respelled: said("1m30s"),
    changed: said("2m0s"),
    ...(needed ? {} : { gone: base }),
    ignored: [{ paths, changed: said("2m0s"), ...(needed ? {} : { isWhole: true }) }],
  };
}

/** The fields of the kinds that have a CRD. */
export function policyCases(): WordCase[] {
  const twoWays = [["to", "from"], ["rules"]];
  const cookie = { type: "Cookie", cookie: { name: "a" } };
  const rates = { http: { requestRate: { num: 1 } }, tcp: { connectionRate: { num: 1 } } };
  const rateNames = ["local.http.requestRate.interval", "local.tcp.connectionRate.interval"];
  const limited = { resetHeaders: [{ name: "a", format: "Seconds" }] };
  const retries = (backOff: string) => {
    const conf = { numRetries: 1, backOff: { [backOff]: "7s" }, rateLimitedBackOff: limited };
    return listed(["to"], { http: conf, grpc: conf });
  };
  const ofBoth = (...names: string[]) =>
    within(
      ["to"],
      ["http", "grpc"].flatMap((protocol) => names.map((name) => `${protocol}.${name}`)),
    );
  const faults = { http: [{ delay: { percentage: 1 } }] };
  return [
    ...twoWays.flatMap((lists) => [
      durations(
        "MeshTimeout",
        listed(lists, { http: { requestTimeout: "7s" } }),
        within(lists, [
          ...["connectionTimeout", "idleTimeout", "http.streamIdleTimeout", "http.requestHeadersTimeout"],
          ...["http.maxStreamDuration", "http.maxConnectionDuration"],
        ]),
      ),
      durations(
        "MeshTimeout",
        listed(lists, { http: { streamIdleTimeout: "7s" } }),
        within(lists, ["http.requestTimeout"]),
      ),
      durations(
        "MeshCircuitBreaker",
        listed(lists, { outlierDetection: { detectors: { totalFailures: {} } } }),
        within(lists, ["outlierDetection.interval", "outlierDetection.baseEjectionTime"]),
      ),
    ]),
    ...["to", "from", "rules"].flatMap((list) => {
      const target = list === "to" ? {} : sidecars;
      return [
        durations(
          "MeshFaultInjection",
          { ...target, ...listed([list], faults) },
          within([list], ["http[].delay.value"]),
          true,
        ),
        durations(
          "MeshRateLimit",
          { ...target, ...listed([list], { local: rates }) },
          within([list], rateNames),
          true,
        ),
      ];
    }),
    durations(
      "MeshHealthCheck",
      listed(["to"], { tcp: {} }),
      within(["to"], ["interval", "timeout", "initialJitter", "intervalJitter", "noTrafficInterval"]),
    ),
    durations(
      "MeshIdentity",
      {
        provider: {
          type: "Bundled",
          bundled: { autogenerate: { enabled: true }, certificateParameters: {} },
        },
      },
      ["provider.bundled.certificateParameters.expiry"],
    ),
    durations("MeshIdentity", { provider: { type: "Spire", spire: { agent: {} } } }, [
      "provider.spire.agent.timeout",
    ]),
    durations(
      "MeshLoadBalancingStrategy",
      listed(["to"], { hashPolicies: [cookie] }),
      within(["to"], ["hashPolicies[].cookie.ttl"]),
    ),
    ...["RingHash", "Maglev"].map((balancer) => {
      const field = balancer === "Maglev" ? "maglev" : "ringHash";
      return durations(
        "MeshLoadBalancingStrategy",
        listed(["to"], { loadBalancer: { type: balancer, [field]: { hashPolicies: [cookie] } } }),
        within(["to"], [`loadBalancer.${field}.hashPolicies[].cookie.ttl`]),
      );
    }),
    durations(
      "MeshMetric",
      { default: { backends: [{ type: "OpenTelemetry", openTelemetry: { endpoint: "a.example:4317" } }] } },
      ["default.backends[].openTelemetry.refreshInterval"],
    ),
    durations(
      "MeshRetry",
      retries("baseInterval"),
      ofBoth("perTryTimeout", "backOff.maxInterval", "rateLimitedBackOff.maxInterval"),
    ),
    durations("MeshRetry", retries("maxInterval"), ofBoth("backOff.baseInterval")),
    {
      type: "kuma:MeshService",
      fields: ["spec.ports[].appProtocol form"],
      at: "spec",
      around: (spec) => ({ spec }),
      words: { ports: [{ port: 80, appProtocol: "tcp" }] },
      respelled: { ports: [{ port: 80, appProtocol: "" }] },
      changed: { ports: [{ port: 80, appProtocol: "http" }] },
      gone: {},
      ignored: [{ paths: ["ports[0].appProtocol"], changed: { ports: [{ port: 80, appProtocol: "http" }] } }],
    },
  ];
}
