import type { Violation } from "../errors.ts";
import { isUrl } from "../go/network.ts";
import { parseUrl } from "../go/url.ts";
import type { Fields } from "../message.ts";
import { complainIf, complaint, decimalOf, each, fields, isSet, list, text } from "./checks.ts";
import { checkTop, policyWarnings, type Rules, TOP } from "./policy.ts";
import { checkTelemetry, telemetryWarnings } from "./telemetry.ts";

const SAMPLINGS = ["client", "random", "overall"];

/** Traces: one backend with the part that its type asks for, and tags that have one source. */
export const meshTrace: Rules = {
  typing: {
    intOrString: Object.fromEntries(SAMPLINGS.map((name) => [`sampling.${name}`, "Sampling"])),
    omittedWhenEmpty: ["backendRef.labels"],
    alwaysWritten: ["spec.default"],
  },
  check(spec, circumstances) {
    const { backends, tags, sampling } = fields(spec.default);
    const field = "spec.default";
    const [backend] = list(backends);
    return [
      ...checkTop(spec, circumstances, TOP, { byRole: true, noInbound: true, noListeners: true }),
      ...complainIf(!isSet(backends), `${field}.backends`, "must be defined"),
      ...(backend ? checkBackend(fields(backend), `${field}.backends[0]`) : []),
      ...each(tags, `${field}.tags`, ({ name, header, literal }, at) => [
        ...complainIf(name === "", `${at}.name`, "must not be empty"),
        ...complainIf(
          isSet(header) === isSet(literal),
          at,
          "tag must have only one type defined: header, literal",
        ),
      ]),
      ...SAMPLINGS.flatMap((name) => checkSampling(fields(sampling)[name], `${field}.sampling.${name}`)),
    ];
  },
  warnings: (spec) => [...telemetryWarnings([spec.default]), ...policyWarnings(spec)],
};

function checkBackend({ type, datadog, zipkin, openTelemetry }: Fields, field: string): Violation[] {
  if (type === "Datadog") {
    if (!isSet(datadog)) return complaint(`${field}.datadog`, "must be defined");
    return checkDatadogUrl(text(fields(datadog).url), `${field}.datadog.url`);
  }
  if (type === "Zipkin") {
    if (!isSet(zipkin)) return complaint(`${field}.zipkin`, "must be defined");
    const url = text(fields(zipkin).url);
    if (url === "") return complaint(`${field}.zipkin.url`, "must not be empty");
    return complainIf(!isUrl(url), `${field}.zipkin.url`, "must be a valid url");
  }
  if (!isSet(openTelemetry)) return complaint(`${field}.openTelemetry`, "must be defined");
  return checkTelemetry(openTelemetry, `${field}.openTelemetry`);
}

function checkDatadogUrl(text: string, field: string): Violation[] {
  const url = parseUrl(text, true);
  if (!url) return complaint(field, "must be a valid url");
  const port = Number(url.port);
  const { opaque, user, path, query } = url;
  const others = { opaque, user, path, query };
  return [
    ...complainIf(url.scheme !== "http", field, "scheme must be http"),
    ...(url.port === ""
      ? complaint(field, "port must be defined")
      : complainIf(port === 0 || port > 65535, field, "port must be a valid (1-65535)")),
    ...Object.entries(others).flatMap(([name, value]) =>
      complainIf(value !== undefined && value !== "", field, `${name} must not be defined`),
    ),
  ];
}

function checkSampling(value: unknown, field: string): Violation[] {
  if (!isSet(value)) return [];
  const number = decimalOf(value);
  if (number === undefined) return complaint(field, "string is not a number");
  return complainIf(number < 0 || number > 100, field, "must be between 0 and 100");
}
