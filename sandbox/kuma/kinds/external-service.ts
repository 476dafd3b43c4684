import type { Violation } from "../errors.ts";
import { isHost, splitHostPort } from "../go.ts";
import { dataSource, type Fields, flag, flagValue, map, message, text, textValue } from "../message.ts";
import { checkPort, type Kind } from "./kind.ts";

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
  addedLabels: "mesh",
  decode: message({
    networking: message({
      address: text,
      tls: message({
        enabled: flag,
        caCert: dataSource,
        clientCert: dataSource,
        clientKey: dataSource,
        allowRenegotiation: flagValue,
        serverName: textValue,
        skipHostnameVerification: flag,
      }),
      disableHostDNSEntry: flag,
    }),
    tags: map(textValue),
  }),
  check(fields) {
    const spec = fields as Spec;
    return [
      ...checkNetworking(spec.networking),
      ...checkProtocol(spec.tags ?? {}),
      ...checkTags(spec.tags ?? {}),
      ...checkService(spec),
    ];
  },
};

function checkNetworking(networking: Spec["networking"]): Violation[] {
  if (!networking) return [{ field: "networking", reason: "should have networking" }];
  const { address = "", tls = {} } = networking;
  return [
    ...checkAddress(address),
    ...(tls.serverName === "" ? [{ field: "networking.tls.serverName", reason: "cannot be empty" }] : []),
    ...(["caCert", "clientCert", "clientKey"] as const).flatMap((name) =>
      checkDataSource(`networking.tls.${name}`, tls[name]),
    ),
  ];
}

function checkAddress(address: string): Violation[] {
  const field = "networking.address";
  if (address === "") return [{ field, reason: "address can't be empty" }];
  const parts = splitHostPort(address);
  const { host, port } = parts ?? { host: "", port: "" };
  return [
    ...(parts ? [] : [{ field, reason: "unable to parse address" }]),
    ...(isHost(host) ? [] : [{ field, reason: "address has to be a valid IP address or a domain name" }]),
    ...(/^\d+$/.test(port) ? [] : [{ field, reason: "unable to parse port in address" }]),
    ...checkPort(field, Number.parseInt(port, 10) || 0),
  ];
}

function checkDataSource(field: string, source: Fields | undefined): Violation[] {
  if (!source) return [];
  const [entry] = Object.entries(source);
  if (!entry) return [{ field, reason: "data source cannot be empty" }];
  return entry[1] === "" ? [{ field: `${field}.${entry[0]}`, reason: "cannot be empty" }] : [];
}

function checkProtocol(tags: Record<string, string>): Violation[] {
  const protocol = tags["kuma.io/protocol"];
  const known = ["grpc", "http", "http2", "kafka", "tcp", "tls", "mysql"];
  if (protocol === undefined || known.includes(protocol.toLowerCase())) return [];
  const reason =
    `tag "kuma.io/protocol" has an invalid value ${JSON.stringify(protocol)}. ` +
    "Allowed values: grpc, http, http2, kafka, tcp";
  return [{ field: 'tags["kuma.io/protocol"]', reason }];
}

function checkTags(tags: Record<string, string>): Violation[] {
  const violations = Object.keys(tags)
    .sort()
    .flatMap((name) => {
      const reasons: string[] = [];
      if (name === "") reasons.push("tag name must be non-empty");
      else if (!/^[a-zA-Z0-9.\-_:/]+$/.test(name)) {
        reasons.push(
          "tag name must consist of alphanumeric characters, dots, dashes, slashes and underscores",
        );
      }
      if (tags[name] === "") reasons.push("tag value must be non-empty");
      else if (!/^[a-zA-Z0-9.\-_:]+$/.test(tags[name] ?? "")) {
        reasons.push("tag value must consist of alphanumeric characters, dots, dashes and underscores");
      }
      return reasons.map((reason) => ({ field: `tags[${JSON.stringify(name)}]`, reason }));
    });
  if (tags["kuma.io/service"] === undefined) {
    violations.push({ field: "tags", reason: 'mandatory tag "kuma.io/service" is missing' });
  }
  return violations;
}

function checkService({ tags = {}, networking = {} }: Spec): Violation[] {
  const service = tags["kuma.io/service"];
  if (!service || splitHostPort(networking.address ?? "")?.host !== service) return [];
  return [{ field: 'tags["kuma.io/service"]', reason: "cannot be the same as networking.address" }];
}
