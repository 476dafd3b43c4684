import { toBytes } from "./bytes.ts";
import { judge } from "./expression.ts";
import { below, type Field, isMap, type Judged, type Stored, type Unclear, unclearValue } from "./objects.ts";
import { pattern } from "./pattern.ts";
import { ELSEWHERE, PROGRAMS } from "./plugin-roles.ts";
import type { Plugin } from "./plugins.ts";
import type { Seen } from "./request.ts";
import type { Variables } from "./variables.ts";

type Status = Judged<number | undefined>;

const NO_ANSWER: Status = { known: true, value: undefined };

/** The status with which a plugin answers in place of the upstream, undefined where it lets the request pass. */
export function statusOf(plugin: Plugin, request: Seen, variables: Variables): Status {
  const { name, field } = plugin;
  if (PROGRAMS.has(name) || ELSEWHERE.has(name))
    return { known: false, because: [{ field, why: "program" }] };
  const configuration = isMap(plugin.configuration) ? plugin.configuration : {};
  if (name === "cors") return request.method === "OPTIONS" ? { known: true, value: 200 } : NO_ANSWER;
  if (name === "mocking")
    return number(configuration.response_status ?? 200, below(field, "response_status"));
  if (name === "redirect") return redirectStatus(configuration, field, request);
  if (name === "fault-injection") return abortStatus(configuration.abort, below(field, "abort"), variables);
  return NO_ANSWER;
}

function number(value: unknown, field: Field): Status {
  const because = unclearValue(value, field);
  return because.length > 0 ? { known: false, because } : { known: true, value: Number(value) };
}

function redirectStatus(configuration: Stored, field: Field, request: Seen): Status {
  const { http_to_https: toHttps, uri, regex_uri: pairs } = configuration;
  const because = [
    ...unclearValue(toHttps, below(field, "http_to_https")),
    ...unclearValue(pairs, below(field, "regex_uri")),
  ];
  if (because.length > 0) return { known: false, because };
  if (toHttps === true && request.scheme !== "https") {
    return { known: true, value: ["GET", "HEAD"].includes(request.method) ? 301 : 308 };
  }
  const status = number(configuration.ret_code ?? 302, below(field, "ret_code"));
  if (uri !== undefined) return status;
  if (!Array.isArray(pairs)) return NO_ANSWER;
  const place = below(field, "regex_uri[0]");
  const unclear = unclearValue(pairs[0], place);
  if (unclear.length > 0) return { known: false, because: unclear };
  const expression = pattern(toBytes(String(pairs[0])));
  if (!expression) return { known: false, because: [{ field: place, why: "expression" }] };
  return expression.test(request.uri) ? status : NO_ANSWER;
}

function abortStatus(abort: unknown, field: Field, variables: Variables): Status {
  const because = unclearValue(abort, field);
  if (because.length > 0) return { known: false, because };
  if (!isMap(abort)) return NO_ANSWER;
  const holds = anyHolds(abort.vars, below(field, "vars"), variables);
  if (holds === false) return NO_ANSWER;
  if (holds !== true) return { known: false, because: holds };
  // With less than 100 percent chance decides.
  if ((abort.percentage ?? 100) !== 100) {
    const place = below(field, "percentage");
    const unclear = unclearValue(abort.percentage, place);
    return { known: false, because: unclear.length > 0 ? unclear : [{ field: place, why: "program" }] };
  }
  return number(abort.http_status, below(field, "http_status"));
}

function anyHolds(list: unknown, field: Field, variables: Variables): boolean | Unclear[] {
  const because = unclearValue(list, field);
  if (because.length > 0) return because;
  if (!Array.isArray(list)) return true;
  const truths = list.map((one, index) => judge(one, variables, below(field, `[${index}]`)));
  if (truths.some(({ holds }) => holds === true)) return true;
  const unclear = truths.flatMap((truth) => (truth.holds === "unclear" ? truth.because : []));
  return unclear.length > 0 ? unclear : false;
}
