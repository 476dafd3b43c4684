import type { Violation } from "../errors.ts";
import { DecodeError } from "../go/decode-error.ts";
import { isGoPattern } from "../go/pattern.ts";
import {
  type FieldDecoder,
  type Fields,
  flagValue,
  list,
  map,
  message,
  oneOfNames,
  struct,
  text,
  textValue,
  uint32,
} from "../message.ts";
import {
  complainIf,
  complaint,
  each,
  fields,
  isSet,
  list as items,
  text as textOf,
} from "../rules/checks.ts";
import { checkBackendNames, checkChosenBackend } from "./backend-names.ts";

/** One way to collect a mesh's or a data plane's metrics. */
export const metricsBackend: FieldDecoder = message({ name: text, type: text, conf: struct });

/** How a mesh's metrics are collected. */
export const metrics: FieldDecoder = message({ enabledBackend: text, backends: list(metricsBackend) });

const prometheus = message({
  port: uint32,
  path: text,
  tags: map(textValue),
  skipMTLS: flagValue,
  aggregate: list(message({ name: text, port: uint32, path: text, enabled: flagValue, address: text })),
  envoy: message({ filterRegex: text, usedOnly: flagValue }),
  tls: message({
    mode: oneOfNames(
      "kuma.mesh.v1alpha1.PrometheusTlsConfig.Mode",
      "activeMTLSBackend",
      "providedTLS",
      "disabled",
    ),
  }),
});

/** Complaints about a mesh's metrics. */
export function checkMetrics({ backends, enabledBackend }: Fields): Violation[] {
  return [
    ...checkBackendNames(backends, "metrics.backends"),
    ...each(backends, "metrics.backends", checkMetricsBackend),
    ...checkChosenBackend(
      enabledBackend,
      backends,
      "metrics.enabledBackend",
      "has to be set to one of the backends in the mesh",
    ),
  ];
}

/** Complaints about one way to collect metrics. */
export function checkMetricsBackend({ type, conf }: Fields, field: string): Violation[] {
  if (type !== "prometheus") {
    return complaint(`${field}.type`, 'unknown backend type. Available backends: "prometheus"');
  }
  return checkPrometheus(conf, `${field}.conf`);
}

function checkPrometheus(conf: unknown, field: string): Violation[] {
  let decoded: Fields;
  try {
    decoded = prometheus(conf ?? {});
  } catch (error) {
    if (error instanceof DecodeError) return complaint(field, `could not parse config: ${error.message}`);
    throw error;
  }
  const { skipMTLS, tls, envoy, aggregate } = decoded;
  const mode = fields(tls).mode;
  const agrees = skipMTLS === true ? mode === "disabled" : mode === undefined;
  if (isSet(skipMTLS) && isSet(tls) && !agrees) {
    return complaint(field, "skipMTLS and tls configuration cannot be defined together");
  }
  const pattern = textOf(fields(envoy).filterRegex);
  if (!isGoPattern(pattern)) {
    return complaint(`${field}.envoy.filterRegex`, "provided regexp isn't correct");
  }
  const names = items(aggregate).map((each) => textOf(fields(each).name));
  return names.flatMap((name, index) =>
    complainIf(
      names.indexOf(name) < index,
      `${field}.aggregate[${index}].name`,
      `duplicate entry: ${name}, values have to be unique`,
    ),
  );
}

/** A mesh whose metrics have the defaults that they are stored with. */
export function withMetricsDefaults(mesh: Fields): Fields {
  const { metrics: given } = mesh;
  const backends = items(fields(given).backends).map(fields);
  if (backends.length === 0) return mesh;
  const completed = backends.map((backend) =>
    backend.type === "prometheus" ? { ...backend, conf: withDefaults(backend.conf) } : backend,
  );
  return { ...mesh, metrics: { ...fields(given), backends: completed } };
}

function withDefaults(conf: unknown): Fields {
  const { skipMTLS, tls, ...rest } = prometheus(conf ?? {});
  const isProvided = fields(tls).mode === "providedTLS";
  return {
    port: 5670,
    path: "/metrics",
    tags: { "kuma.io/service": "dataplane-metrics" },
    ...rest,
    ...(isSet(skipMTLS) && !isProvided && { skipMTLS }),
    tls: tls ?? (skipMTLS === true ? { mode: "disabled" } : {}),
  };
}
