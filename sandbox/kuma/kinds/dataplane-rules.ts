import type { Violation } from "../errors.ts";
import { parseDuration } from "../go/duration.ts";
import { isIP } from "../go/network.ts";
import { quote } from "../go/quote.ts";
import { parseUrl } from "../go/url.ts";
import type { Fields } from "../message.ts";
import { at, complainIf, complaint, each, fields, isSet, list, text } from "../rules/checks.ts";
import { checkProtocolTag, checkTags, isProtocol, PROTOCOLS } from "../rules/tags.ts";
import { checkPort } from "./kind.ts";
import { checkMetricsBackend } from "./mesh-metrics.ts";
import { checkDataplaneAddress, isOnLoopback } from "./zone-proxies.ts";

/** Complaints about a data plane. */
export function checkDataplane(spec: Fields): Violation[] {
  if (!isSet(spec.networking)) return complaint("networking", "must be defined");
  const networking = fields(spec.networking);
  const { gateway } = networking;
  const says = [...checkAdmin(networking), ...checkNetworking(networking)];
  const not = (field: string, values: unknown, kind: string) =>
    complainIf(
      list(values).length > 0,
      `networking.${field}`,
      `${field} cannot be defined for ${kind} gateways`,
    );
  if (!isSet(gateway)) {
    return [
      ...says,
      ...checkProbes(spec.probes),
      ...(isSet(spec.metrics) ? checkMetricsBackend(fields(spec.metrics), "metrics") : []),
      ...checkListeners(networking),
    ];
  }
  const kind = fields(gateway).type === "BUILTIN" ? "builtin" : "delegated";
  return [
    ...says,
    ...not("inbound", networking.inbound, kind),
    ...not("listeners", networking.listeners, kind),
    ...checkGateway(fields(gateway)),
    ...(kind === "delegated"
      ? checkProbes(spec.probes)
      : [
          ...not("outbound", networking.outbound, kind),
          ...complainIf(
            isSet(spec.probes),
            "networking.probes",
            "probes cannot be defined for builtin gateways",
          ),
        ]),
  ];
}

/** The port of Envoy's administration is on the loopback interface, where services may be, too. */
function checkAdmin({ admin, address, inbound, outbound }: Fields): Violation[] {
  if (!isSet(admin)) return [];
  const port = fields(admin).port ?? 0;
  const field = "networking.admin.port";
  const isIn = list(inbound)
    .map(fields)
    .some((each) => {
      const own = each.address ?? address;
      const isOwn = isOnLoopback(own) && port === (each.port ?? 0);
      return (
        isOwn || (isOnLoopback(each.serviceAddress ?? own) && port === (each.servicePort ?? each.port ?? 0))
      );
    });
  const isOut = list(outbound)
    .map(fields)
    .some((each) => isOnLoopback(each.address ?? "127.0.0.1") && port === (each.port ?? 0));
  return [
    ...complainIf(isIn, field, "must differ from inbound"),
    ...complainIf(isOut, field, "must differ from outbound"),
  ];
}

function checkNetworking({ address, inbound, outbound, transparentProxying }: Fields): Violation[] {
  return [
    ...checkDataplaneAddress(address, "networking"),
    ...each(inbound, "networking.inbound", (one, field) => checkInbound(one, field, text(address))),
    ...each(outbound, "networking.outbound", checkOutbound),
    ...each(
      fields(fields(transparentProxying).reachableBackends).refs,
      "networking.transparentProxing.reachableBackends.refs",
      checkReachable,
    ),
  ];
}

function checkInbound(inbound: Fields, field: string, dataplane: string): Violation[] {
  const { port = 0, servicePort, tags, protocol } = inbound;
  const [address, serviceAddress] = [text(inbound.address), text(inbound.serviceAddress)];
  const isSamePort = servicePort === undefined || servicePort === port;
  const differs = "serviceAddress and servicePort has to differ from address and port";
  const hasTags = Object.keys(fields(tags)).length > 0;
  const known = PROTOCOLS.join(", ");
  return [
    ...checkPort(`${field}.port`, Number(port)),
    ...(isSet(servicePort) ? checkPort(`${field}.servicePort`, Number(servicePort)) : []),
    ...complainIf(
      serviceAddress !== "" && !isIP(serviceAddress),
      `${field}.serviceAddress`,
      "serviceAddress has to be valid IP address",
    ),
    ...complainIf(
      isSamePort && serviceAddress !== "" && [dataplane, address].includes(serviceAddress),
      `${field}.serviceAddress`,
      differs,
    ),
    ...complainIf(address !== "" && !isIP(address), `${field}.address`, "address has to be valid IP address"),
    ...checkProtocolTag(tags, `${field}.tags`),
    ...checkTags(tags, `${field}.tags`),
    ...complainIf(
      hasTags && !Object.hasOwn(fields(tags), "kuma.io/service"),
      at(`${field}.tags`, "kuma.io/service"),
      "tag has to exist",
    ),
    ...complainIf(
      isSet(protocol) && !isProtocol(text(protocol)),
      `${field}.protocol`,
      `has an invalid value ${quote(text(protocol))}. Allowed values: ${known}`,
    ),
    ...checkServiceProbe(fields(inbound.serviceProbe), `${field}.serviceProbe`),
  ];
}

function checkServiceProbe(probe: Fields, field: string): Violation[] {
  const isNone = (value: unknown) => (typeof value === "string" ? parseDuration(value) === 0n : value === 0);
  return ["interval", "timeout", "unhealthyThreshold", "healthyThreshold"].flatMap((name) =>
    complainIf(isNone(probe[name]), `${field}.${name}`, "must have a positive value"),
  );
}

const SERVICES = ["MeshExternalService", "MeshMultiZoneService", "MeshService"];
const WRONG_KIND = `invalid value. Available values are: ${SERVICES.join(",")}`;

function checkOutbound({ port = 0, address, tags, backendRef }: Fields, field: string): Violation[] {
  const hasTags = Object.keys(fields(tags)).length > 0;
  return [
    ...checkPort(`${field}.port`, Number(port)),
    ...complainIf(
      isSet(address) && !isIP(text(address)),
      `${field}.address`,
      "address has to be valid IP address",
    ),
    ...(isSet(backendRef)
      ? checkBackendRef(fields(backendRef), `${field}.backendRef`)
      : checkTags(tags, `${field}.tags`, { service: true })),
    ...complainIf(
      isSet(backendRef) && hasTags,
      `${field}.backendRef`,
      "both backendRef and tags/service cannot be defined",
    ),
  ];
}

function checkBackendRef({ kind, name, labels, port = 0 }: Fields, field: string): Violation[] {
  return [
    ...complainIf(!SERVICES.includes(text(kind)), `${field}.kind`, WRONG_KIND),
    ...complainIf(!isSet(name) && !isSet(labels), field, "either 'name' or 'labels' should be specified"),
    ...(kind === "MeshExternalService" ? [] : checkPort(`${field}.port`, Number(port))),
  ];
}

function checkReachable({ kind, name, namespace, labels }: Fields, field: string): Violation[] {
  const isName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text(name));
  const illegal =
    "invalid characters. A lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, " +
    "'-' or '.', and must start and end with an alphanumeric character";
  return [
    ...complainIf(!SERVICES.includes(text(kind)), `${field}.kind`, WRONG_KIND),
    ...complainIf(isSet(name) && !isName, `${field}.name`, illegal),
    ...complainIf(
      !isSet(name) && !isSet(namespace) && !isSet(labels),
      `${field}.name`,
      "name or labels are required",
    ),
    ...complainIf(
      !isSet(name) && isSet(namespace),
      `${field}.name`,
      "name is required, when namespace is defined",
    ),
    ...complainIf(
      (isSet(name) || isSet(namespace)) && isSet(labels),
      `${field}.labels`,
      "labels cannot be defined when name is specified",
    ),
  ];
}

function checkProbes(value: unknown): Violation[] {
  if (!isSet(value)) return [];
  const { port = 0, endpoints } = fields(value);
  return [
    ...checkPort("probes.port", Number(port)),
    ...each(endpoints, "probes.endpoints", (endpoint, field) => [
      ...checkPort(`${field}.inboundPort`, Number(endpoint.inboundPort ?? 0)),
      ...["inboundPath", "path"].flatMap((name) =>
        complainIf(!parseUrl(text(endpoint[name]), true), `${field}.${name}`, "should be a valid URL Path"),
      ),
    ]),
  ];
}

function checkGateway({ tags }: Fields): Violation[] {
  const protocol = fields(tags)["kuma.io/protocol"];
  const isOther = isSet(protocol) && text(protocol).toLowerCase() !== "tcp";
  const field = "networking.gateway.tags";
  const reason = `other values than tcp are not allowed, provided value ${quote(text(protocol))}`;
  return [
    ...complainIf(isOther, at(field, "kuma.io/protocol"), reason),
    ...checkTags(tags, field, Object.keys(fields(tags)).length > 0 ? { service: true } : {}),
  ];
}

/** The listeners of a zone's proxies within a data plane share neither names nor addresses. */
function checkListeners({ inbound, listeners, address: own }: Fields): Violation[] {
  const names = new Set(
    list(inbound)
      .map(fields)
      .map(({ name, port }) => text(name) || String(port ?? 0)),
  );
  const taken = list(inbound)
    .map(fields)
    .map(({ address, port }) => `${address ?? own}:${port ?? 0}`);
  const types = new Map<string, unknown>();
  return each(listeners, "networking.listeners", ({ type, address, port = 0, name }, field) => {
    const place = `${text(address)}:${port}`;
    const isKnownName = isSet(name) && names.has(text(name));
    const [isSeen, isSameType] = [types.has(place), types.get(place) === type];
    names.add(text(name));
    if (!isSeen) types.set(place, type);
    const shared = isSameType ? "already used by another listener" : "used by listeners of different types";
    return [
      ...complainIf(!isSet(type), `${field}.type`, "type must be ZoneIngress or ZoneEgress"),
      ...checkDataplaneAddress(address, field),
      ...checkPort(`${field}.port`, Number(port)),
      ...complainIf(
        isKnownName,
        `${field}.name`,
        `name ${quote(text(name))} must be unique across inbounds and listeners`,
      ),
      ...complainIf(isSeen, field, `address:port ${place} is ${shared}`),
      ...complainIf(taken.includes(place), field, `address:port ${place} collides with an inbound listener`),
    ];
  });
}
