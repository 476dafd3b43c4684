import type { Violation } from "../../errors.ts";
import {
  type Fields,
  list,
  map,
  message,
  oneOf,
  oneOfNames,
  text,
  textValue,
  uint32,
} from "../../message.ts";
import {
  complainIf,
  complaint,
  each,
  fields,
  isSet,
  list as items,
  text as textOf,
} from "../../rules/checks.ts";
import { checkSelector, checkSelectors } from "../../rules/tags.ts";
import type { Kind } from "../kind.ts";
import { checkFilter, filter } from "./mesh-gateway-filter.ts";
import { httpMethod, notEmpty, olderPolicy, selectorsOnly } from "./older-policy.ts";

const backend = message({ weight: uint32, destination: map(textValue) });

const matchType = (place: string, ...names: string[]) =>
  oneOfNames(`kuma.mesh.v1alpha1.MeshGatewayRoute.HttpRoute.Match.${place}.MatchType`, ...names);

const match = message({
  path: message({ match: matchType("Path", "EXACT", "PREFIX", "REGEX"), value: text }),
  method: (value) => {
    const method = httpMethod(value);
    return method === "NONE" ? undefined : method;
  },
  headers: list(
    message({ match: matchType("Header", "EXACT", "REGEX", "ABSENT", "PRESENT"), name: text, value: text }),
  ),
  query_parameters: list(message({ match: matchType("Query", "EXACT", "REGEX"), name: text, value: text })),
});

/** Where a gateway sends to. */
export const meshGatewayRoute: Kind = olderPolicy(
  "MeshGatewayRoute",
  "meshgatewayroutes",
  {
    ...selectorsOnly,
    conf: oneOf({
      tcp: message({ rules: list(message({ backends: list(backend) })) }),
      http: message({
        hostnames: list(textValue),
        rules: list(
          message({ matches: list(match), filters: list(filter(backend)), backends: list(backend) }),
        ),
      }),
    }),
  },
  ({ selectors, conf }) => [
    ...checkSelectors(selectors, "selectors", { some: true, service: true }),
    ...checkConf(fields(conf)),
  ],
);

function checkConf({ tcp, http }: Fields): Violation[] {
  if (!isSet(http)) return complainIf(!isSet(tcp), "conf", "cannot be empty");
  const { rules } = fields(http);
  if (items(rules).length === 0) return complaint("conf.http.rules", "cannot be empty");
  return each(rules, "conf.http.rules", checkRule);
}

function checkRule({ matches, filters, backends }: Fields, field: string): Violation[] {
  if (items(matches).length === 0) return complaint(`${field}.matches`, "cannot be empty");
  const all = items(filters).map(fields);
  const isToBackend = (each: Fields) => fields(each.rewrite).hostToBackendHostname === true;
  const circumstances = {
    hasPrefix: items(matches).some((each) => fields(fields(each).path).match === "PREFIX"),
    keepsHost: all.some(isToBackend),
  };
  const others = all.filter((each) => !isToBackend(each));
  const redirects = others.some(({ redirect }) => isSet(redirect));
  const says = [
    ...each(matches, `${field}.matches`, checkMatch),
    ...each(others, `${field}.filters`, (one, at) => checkFilter(one, at, circumstances, checkBackend)),
  ];
  if (redirects && all.length !== 1) {
    return [...says, ...complaint(`${field}.filters`, "redirects cannot be used with other filters")];
  }
  const isSome = items(backends).length > 0;
  return [
    ...says,
    ...complainIf(!isSome && !redirects, `${field}.backends`, "cannot be empty"),
    ...complainIf(isSome && redirects, `${field}.backends`, "must be empty when using redirect filters"),
    ...each(backends, `${field}.backends`, checkBackend),
  ];
}

function checkBackend(target: Fields, field: string): Violation[] {
  return checkSelector(target.destination, field, { some: true, service: true });
}

function checkMatch({ path, method, headers, queryParameters }: Fields, field: string): Violation[] {
  return [
    ...complainIf(![path, method, headers, queryParameters].some(isSet), field, "cannot be empty"),
    ...(isSet(path) ? checkPath(fields(path), `${field}.value`) : []),
    ...each(headers, `${field}.headers`, (header, at) => [
      ...notEmpty(header.name, `${at}.name`),
      ...(["ABSENT", "PRESENT"].includes(textOf(header.match))
        ? complainIf(isSet(header.value), `${at}.value`, "cannot be set")
        : notEmpty(header.value, `${at}.value`)),
    ]),
    ...each(queryParameters, `${field}.query_parameters`, ({ name, value }, at) => [
      ...notEmpty(name, `${at}.name`),
      ...notEmpty(value, `${at}.value`),
    ]),
  ];
}

function checkPath({ match: type, value }: Fields, field: string): Violation[] {
  if (type === "REGEX") return notEmpty(value, field);
  return complainIf(!textOf(value).startsWith("/"), field, "must be an absolute path");
}
