import type { Violation } from "../errors.ts";
import { isHost } from "../go/network.ts";
import { type Fields, flag, list, map, message, text, textValue, uint32 } from "../message.ts";
import { complainIf, each, fields, isSet, text as textOf } from "../rules/checks.ts";
import { checkTags } from "../rules/tags.ts";
import { checkPort, type Kind } from "./kind.ts";

const admin = message({ port: uint32 });

/** The proxy through which a zone's traffic leaves. */
export const zoneEgress: Kind = {
  type: "ZoneEgress",
  path: "zoneegresses",
  inMesh: false,
  writtenOn: "zone",
  goesUp: true,
  proxyLabels: () => ({ "kuma.io/proxy-type": "zoneegress" }),
  shortName: "ze",
  hasOverview: true,
  decode: message({
    zone: text,
    networking: message({ address: text, port: uint32, admin }),
  }),
  check: ({ networking }) => [
    ...checkAdmin(fields(networking)),
    ...checkProxyAddress(fields(networking).address, "networking.address"),
    ...checkPort("networking.port", Number(fields(networking).port ?? 0)),
  ],
};

/** The proxy through which traffic comes into a zone. */
export const zoneIngress: Kind = {
  type: "ZoneIngress",
  path: "zoneingresses",
  otherPath: "zone-ingresses",
  inMesh: false,
  writtenOn: "zone",
  goesUp: true,
  goesAcross: true,
  proxyLabels: () => ({ "kuma.io/proxy-type": "zoneingress" }),
  shortName: "zi",
  hasOverview: true,
  decode: message({
    zone: text,
    networking: message({
      address: text,
      advertisedAddress: text,
      port: uint32,
      advertisedPort: uint32,
      admin,
    }),
    availableServices: list(
      message({ tags: map(textValue), instances: uint32, mesh: text, externalService: flag }),
    ),
  }),
  check({ networking, availableServices }) {
    const { address, advertisedAddress, port, advertisedPort } = fields(networking);
    const field = "networking.advertisedPort";
    return [
      ...checkAdmin(fields(networking)),
      ...complainIf(
        !isSet(advertisedAddress) && isSet(advertisedPort),
        "networking.advertisedAddress",
        "has to be defined with advertisedPort",
      ),
      ...complainIf(
        isSet(advertisedAddress) && !isSet(advertisedPort),
        field,
        "has to be defined with advertisedAddress",
      ),
      ...checkProxyAddress(address, "networking.address"),
      ...checkProxyAddress(advertisedAddress, "networking.advertisedAddress"),
      ...checkPort("networking.port", Number(port ?? 0)),
      ...(isSet(advertisedPort) ? checkPort(field, Number(advertisedPort)) : []),
      ...each(availableServices, "availableService", ({ tags }, place) =>
        checkTags(tags, `${place}.tags`, { service: true }),
      ),
    ];
  },
};

/** The port of Envoy's administration is on the loopback interface, where the proxy may be, too. */
function checkAdmin({ address, port = 0, admin: given }: Fields): Violation[] {
  const isSame = isSet(given) && isOnLoopback(address) && (fields(given).port ?? 0) === port;
  return complainIf(isSame, "networking.admin.port", "must differ from port");
}

/** Whether what listens at this address takes its port from the loopback interface. */
export const isOnLoopback = (address: unknown): boolean =>
  ["127.0.0.1", "0.0.0.0", "::"].includes(textOf(address));

function checkProxyAddress(value: unknown, field: string): Violation[] {
  return isSet(value) ? checkDataplaneAddress(value, field) : [];
}

/** Complaints about the address of a data plane. */
export function checkDataplaneAddress(value: unknown, parent: string): Violation[] {
  const address = textOf(value);
  const field = `${parent}.address`;
  if (address === "") return [{ field, reason: "address can't be empty" }];
  return [
    ...complainIf(address === "0.0.0.0" || address === "::", field, "must not be 0.0.0.0 or ::"),
    ...complainIf(!isHost(address), field, "address has to be valid IP address or domain name"),
  ];
}
