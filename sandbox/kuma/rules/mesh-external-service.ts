import type { Violation } from "../errors.ts";
import { isDnsName, isHost } from "../go/network.ts";
import { complainIf, each, fields, isSet, port, text } from "./checks.ts";
import { checkTlsVersions } from "./mesh-tls.ts";
import { checkNameLength, nameWarnings, serverNameWarnings } from "./names.ts";
import type { Rules } from "./policy.ts";

/** External services: hosts, ports and TLS; an extension checks its own. */
export const meshExternalService: Rules = {
  typing: { unsigned: { "endpoints.priority": "Endpoint" } },
  check(spec, circumstances) {
    const { match, endpoints, tls, extension } = spec;
    return [
      ...checkNameLength(circumstances),
      ...port(fields(match).port, "spec.match.port"),
      // An extension checks its own endpoints and TLS.
      ...(isSet(extension)
        ? complainIf(text(fields(extension).type) === "", "spec.extension.type", "must not be empty")
        : [...each(endpoints, "spec.endpoints", checkEndpoint), ...checkTls(tls, "spec.tls")]),
    ];
  },
  warnings(spec, circumstances) {
    const { port: number, name } = fields(spec.match);
    return [
      ...nameWarnings("MeshExternalService", circumstances),
      ...serverNameWarnings("MeshExternalService", "extsvc", [String(name ?? number)], circumstances),
    ];
  },
};

function checkEndpoint({ address, port: number }: Record<string, unknown>, field: string): Violation[] {
  if (!isHost(text(address))) {
    return [{ field: `${field}.address`, reason: "address has to be a valid IP or hostname" }];
  }
  return port(number, `${field}.port`);
}

function checkTls(value: unknown, field: string): Violation[] {
  const { version, verification } = fields(value);
  const { serverName, clientCert, clientKey } = fields(verification);
  const at = `${field}.verification`;
  return [
    ...checkTlsVersions(version, `${field}.version`),
    ...complainIf(
      isSet(serverName) && !isDnsName(text(serverName)),
      `${at}.serverName`,
      "must be a valid DNS name",
    ),
    ...complainIf(
      isSet(clientCert) && !isSet(clientKey),
      `${at}.clientKey`,
      "must be defined when clientCert is defined",
    ),
    ...complainIf(
      !isSet(clientCert) && isSet(clientKey),
      `${at}.clientCert`,
      "must be defined when clientKey is defined",
    ),
  ];
}
