import * as z from "zod";
import { type FieldMeta, type Form, isObject, type Json, type JsonObject, sameJson } from "../fields.ts";
import type { Report } from "../kind.ts";
import { validate } from "../validate.ts";
import { certificateSource } from "./fields.ts";

/** A time with one unit, from years to milliseconds. */
const LIFE = /^(0|\d+(y|w|d|h|m|s|ms))$/;

/** A text that is a life, such as `"1d"`. */
export const life = z.string().regex(LIFE, 'is no time such as "1d" or "36h"');

/** Where the settings of a backend hold keys and tokens as text; certificates are no secrets. */
function keyTexts(value: Json, at: (string | number)[] = []): (string | number)[][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => keyTexts(item, [...at, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (/cert$|^ca$|certs$/i.test(key)) return [];
    return /^inline(String)?$/.test(key) ? [[...at, key]] : keyTexts(inner, [...at, key]);
  });
}

/** Settings whose fields depend on the type of the backend; {@link backendRules} judges those that are known. */
export const conf = z
  .record(z.string(), z.unknown())
  .optional()
  .meta({ sensitive: true, secretPaths: keyTexts } satisfies FieldMeta)
  .describe("Settings of this type of backend, as in Kuma's documentation.");

/** How a data plane serves its metrics; the first is the control plane's default. */
const TLS_MODES = ["activeMTLSBackend", "providedTLS", "disabled"] as const;

/** What a control plane writes into the settings of a prometheus backend where they are left out. */
const PROMETHEUS_DEFAULTS: JsonObject = {
  port: 5670,
  path: "/metrics",
  tags: { "kuma.io/service": "dataplane-metrics" },
};

function saysNothing(conf: JsonObject, key: string): boolean {
  const value = conf[key];
  if (key === "tls")
    return (
      sameJson(value, {}) || sameJson(value, { mode: conf.skipMTLS === true ? "disabled" : TLS_MODES[0] })
    );
  const isEmpty = (key === "tags" && sameJson(value, {})) || (key === "aggregate" && sameJson(value, []));
  return isEmpty || sameJson(value, PROMETHEUS_DEFAULTS[key]);
}

/** Settings of a prometheus backend with or without the control plane's defaults. */
export const prometheusForm: Form = {
  canonical: (conf) =>
    isObject(conf)
      ? Object.fromEntries(Object.entries(conf).filter(([key]) => !saysNothing(conf, key)))
      : conf,
  like: (conf, written) => {
    if (!isObject(conf) || !isObject(written)) return undefined;
    const said = Object.entries(written).filter(([key]) => saysNothing(written, key));
    return { ...Object.fromEntries(said), ...conf };
  },
};

const port = z.number().int().min(1).max(65535);
const text = z.string().min(1);

/** Bits of an RSA key: a control plane fails at fewer than these, and takes 0 for its default. */
const rsaBits = z
  .number()
  .int()
  .refine((bits) => bits === 0 || bits >= 1024, "is no length of a key: at least 1024");

/** An application's own metrics. */
const aggregate = z.strictObject({
  name: text,
  address: text.optional(),
  port: port.optional(),
  path: text.optional(),
  enabled: z.boolean().optional(),
});

function agree(skipMTLS: boolean | undefined, tls: { mode?: string | undefined } | undefined): boolean {
  if (skipMTLS === undefined || tls === undefined) return true;
  return (tls.mode ?? TLS_MODES[0]) === (skipMTLS ? "disabled" : TLS_MODES[0]);
}

/** The settings of each known type by the section of the mesh. What else is in them, a control plane ignores in silence. */
const CONFS: Record<string, Record<string, z.ZodObject>> = {
  mtls: {
    builtin: z.strictObject({
      caCert: z.strictObject({ RSAbits: rsaBits.optional(), expiration: life.optional() }).optional(),
    }),
    provided: z.strictObject({
      cert: certificateSource("Certificate of the authority").unwrap(),
      key: certificateSource("Key of the authority", { secret: true }).unwrap(),
    }),
  },
  logging: {
    file: z.strictObject({ path: text }),
    tcp: z.strictObject({
      address: z.string().regex(/^([^:[\]]+|\[[^[\]]+\]):[^:[\]]+$/, "is no HOST:PORT"),
    }),
  },
  tracing: {
    zipkin: z.strictObject({
      url: z.string().regex(/^[a-zA-Z][a-zA-Z\d+.-]*:\/\/[^/?#\s]*:\d+([/?#]|$)/, "is no URL with a port"),
      apiVersion: z.enum(["httpJson", "httpJsonV1", "httpProto"]).optional(),
      traceId128bit: z.boolean().optional(),
      sharedSpanContext: z.boolean().optional(),
    }),
    datadog: z.strictObject({ address: text, port, splitService: z.boolean().optional() }),
  },
  metrics: {
    prometheus: z
      .strictObject({
        port: port.optional(),
        path: text.optional(),
        tags: z.record(z.string(), z.string()).optional(),
        skipMTLS: z.boolean().optional(),
        tls: z.strictObject({ mode: z.enum(TLS_MODES).optional() }).optional(),
        envoy: z.strictObject({ filterRegex: text.optional(), usedOnly: z.boolean().optional() }).optional(),
        aggregate: z.array(aggregate).optional(),
      })
      .refine(({ skipMTLS, tls }) => agree(skipMTLS, tls), {
        path: ["tls"],
        error: "says another thing than skipMTLS",
      }),
  },
};

/** Judges the settings of the backends of a section of a mesh by their types. Quotes no value, since any may be a secret. */
export function backendRules(section: string, backends: readonly Json[], report: Report): void {
  const known = new Map(Object.entries(CONFS[section] ?? {}));
  for (const [index, backend] of backends.entries()) {
    if (!isObject(backend)) continue;
    const settings = backend.conf ?? {};
    const settingsOf = known.get(String(backend.type));
    if (!settingsOf || !isObject(settings)) continue;
    const schema = z.object({ conf: settingsOf.meta({ sensitive: true } satisfies FieldMeta) });
    for (const { path, reason } of validate({ schema }, { conf: settings })) {
      report(`${section}.backends[${index}].${path}`, reason);
    }
  }
}
