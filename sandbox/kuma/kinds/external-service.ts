import type { Violation } from "../errors.ts";
import { isHost, splitHostPort } from "../go/network.ts";
import { dataSource, type Fields, flag, flagValue, map, message, text, textValue } from "../message.ts";
import { complainIf, complaint } from "../rules/checks.ts";
import { checkProtocolTag, checkTags } from "../rules/tags.ts";
import { checkPort, type Kind } from "./kind.ts";
import { checkLimitedService } from "./limited-services.ts";

interface Spec {
  tags?: Record<string, string>;
  networking?: {
    address?: string;
    tls?: { serverName?: string; caCert?: Fields; clientCert?: Fields; clientKey?: Fields };
  };
}

/** A service outside the mesh. */
export const externalService: Kind = {
  type: "ExternalService",
  path: "external-services",
  inMesh: true,
  writtenOn: "global",
  goesDown: true,
  outlivesMesh: () => true,
  decode: message({
    networking: message({
      address: text,
      tls: message({
        enabled: flag,
        ca_cert: dataSource,
        client_cert: dataSource,
        client_key: dataSource,
        allowRenegotiation: flagValue,
        server_name: textValue,
        skipHostnameVerification: flagValue,
      }),
      disableHostDNSEntry: flag,
    }),
    tags: map(textValue),
  }),
  check(fields) {
    const spec = fields as Spec;
    return [
      ...checkNetworking(spec.networking),
      ...checkProtocolTag(spec.tags, "tags"),
      ...checkTags(spec.tags, "tags", { service: true }),
      ...checkService(spec),
    ];
  },
  checkCreate: checkLimitedService,
  checkUpdate: (_before, after, store) => checkLimitedService(after, store),
};

function checkNetworking(networking: Spec["networking"]): Violation[] {
  if (!networking) return complaint("networking", "should have networking");
  const { address = "", tls = {} } = networking;
  return [
    ...checkAddress(address),
    ...complainIf(tls.serverName === "", "networking.tls.serverName", "cannot be empty"),
    ...(["caCert", "clientCert", "clientKey"] as const).flatMap((name) =>
      checkDataSource(`networking.tls.${name}`, tls[name]),
    ),
  ];
}

function checkAddress(address: string): Violation[] {
  const field = "networking.address";
  if (address === "") return complaint(field, "address can't be empty");
  const parts = splitHostPort(address);
  const { host, port } = parts ?? { host: "", port: "" };
  const isNumber = /^\d+$/.test(port) && Number(port) <= 0xffffffff;
  return [
    ...complainIf(!parts, field, "unable to parse address"),
    ...complainIf(!isHost(host), field, "address has to be a valid IP address or a domain name"),
    ...complainIf(!isNumber, field, "unable to parse port in address"),
    ...checkPort(field, isNumber ? Number(port) : 0),
  ];
}

function checkDataSource(field: string, source: Fields | undefined): Violation[] {
  if (!source) return [];
  const isEmpty = Object.values(source).every((value) => value === "");
  return complainIf(isEmpty, field, "data source cannot be empty");
}

function checkService({ tags = {}, networking = {} }: Spec): Violation[] {
  const service = tags["kuma.io/service"];
  const isSame = service !== undefined && splitHostPort(networking.address ?? "")?.host === service;
  return complainIf(isSame, 'tags["kuma.io/service"]', "cannot be the same as networking.address");
}
