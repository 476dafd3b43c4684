import type { Violation } from "../errors.ts";
import { DecodeError } from "../go/decode-error.ts";
import { splitHostPort } from "../go/network.ts";
import { parseUrl } from "../go/url.ts";
import {
  doubleValue,
  type FieldDecoder,
  type Fields,
  flag,
  flagValue,
  list,
  message,
  struct,
  text,
  uint32,
} from "../message.ts";
import { complainIf, complaint, each, fields, text as textOf } from "../rules/checks.ts";
import { checkBackendNames, checkChosenBackend } from "./backend-names.ts";
import { checkPort } from "./kind.ts";

/** Where a mesh sends its logs. */
export const logging: FieldDecoder = message({
  defaultBackend: text,
  backends: list(message({ name: text, format: text, type: text, conf: struct })),
});

/** Where a mesh sends its traces. */
export const tracing: FieldDecoder = message({
  defaultBackend: text,
  backends: list(message({ name: text, sampling: doubleValue, type: text, conf: struct })),
});

/** What is in the configuration of each type of backend; it is stored as it was sent. */
const configurations: Record<string, FieldDecoder> = {
  file: message({ path: text }),
  tcp: message({ address: text }),
  zipkin: message({ url: text, traceId128bit: flag, apiVersion: text, sharedSpanContext: flagValue }),
  datadog: message({ address: text, port: uint32, splitService: flag }),
};

/** Complaints about a mesh's logging. */
export function checkLogging({ backends, defaultBackend }: Fields): Violation[] {
  return [
    ...each(backends, "logging.backends", (backend, field) =>
      checkBackend(backend, field, { tcp: checkTcp, file: checkFile }),
    ),
    ...checkBackendNames(backends, "logging.backends"),
    ...checkChosenBackend(
      defaultBackend,
      backends,
      "logging.defaultBackend",
      "has to be set to one of the logging backend in mesh",
    ),
  ];
}

/** Complaints about a mesh's tracing. */
export function checkTracing({ backends, defaultBackend }: Fields): Violation[] {
  return [
    ...each(backends, "tracing.backends", (backend, field) => [
      ...complainIf(
        Number(backend.sampling ?? 0) < 0 || Number(backend.sampling ?? 0) > 100,
        `${field}.sampling`,
        "has to be in [0.0 - 100.0] range",
      ),
      ...checkBackend(backend, field, { zipkin: checkZipkin, datadog: checkDatadog }),
    ]),
    ...checkBackendNames(backends, "tracing.backends"),
    ...checkChosenBackend(
      defaultBackend,
      backends,
      "tracing.defaultBackend",
      "has to be set to one of the tracing backend in mesh",
    ),
  ];
}

type Check = (conf: Fields, field: string) => Violation[];

function checkBackend(backend: Fields, field: string, checks: Record<string, Check>): Violation[] {
  const { name, type, conf } = backend;
  const check = Object.hasOwn(checks, textOf(type)) ? checks[textOf(type)] : undefined;
  const known = Object.keys(checks).map((each) => JSON.stringify(each));
  const reason = `unknown backend type. Available backends: ${known.join(", ")}`;
  return [
    ...complainIf(textOf(name) === "", `${field}.name`, "cannot be empty"),
    ...(check
      ? checkConfiguration(textOf(type), conf, `${field}.config`, check)
      : complaint(`${field}.type`, reason)),
  ];
}

function checkConfiguration(type: string, conf: unknown, field: string, check: Check): Violation[] {
  try {
    return check(fields(configurations[type]?.(conf ?? {})), field);
  } catch (error) {
    if (error instanceof DecodeError) return complaint(field, `could not parse config: ${error.message}`);
    throw error;
  }
}

function checkTcp({ address }: Fields, field: string): Violation[] {
  if (textOf(address) === "") return complaint(`${field}.address`, "cannot be empty");
  const { host = "", port = "" } = splitHostPort(textOf(address)) ?? {};
  return complainIf(host === "" || port === "", `${field}.address`, "has to be in format of HOST:PORT");
}

const checkFile: Check = ({ path }, field) =>
  complainIf(textOf(path) === "", `${field}.path`, "cannot be empty");

function checkZipkin({ url, apiVersion }: Fields, field: string): Violation[] {
  const versions = ["httpJsonV1", "httpJson", "httpProto"];
  return [
    ...complainIf(
      textOf(apiVersion) !== "" && !versions.includes(textOf(apiVersion)),
      `${field}.apiVersion`,
      `has invalid value. Allowed values: ${versions.join(", ")}`,
    ),
    ...checkUrl(textOf(url), `${field}.url`),
  ];
}

function checkUrl(text: string, field: string): Violation[] {
  if (text === "") return complaint(field, "cannot be empty");
  const parsed = parseUrl(text, true);
  if (!parsed) return complaint(field, "invalid URL");
  return complainIf(parsed.port === "", field, "port has to be explicitly specified");
}

const checkDatadog: Check = ({ address, port }, field) => [
  ...complainIf(textOf(address) === "", `${field}.address`, "cannot be empty"),
  ...checkPort(`${field}.port`, Number(port ?? 0)),
];
