import type { Violation } from "../errors.ts";
import { isCidr, isDnsName, isIP } from "../go/network.ts";
import type { Fields } from "../message.ts";
import { complainIf, each, fields, isSet, list, text } from "./checks.ts";
import { checkTop, type Rules } from "./policy.ts";

/** Protocols of which there can be one on a port. */
const ONE_PER_PORT = ["grpc", "http", "http2"];

/** Traffic out of the mesh: addresses, networks and domains, each with protocols that can be told apart. */
export const meshPassthrough: Rules = {
  typing: { unsigned: { "appendMatch.port": "Match" }, alwaysWritten: ["spec.default"] },
  check(spec, circumstances) {
    const { appendMatch } = fields(spec.default);
    const field = "spec.default.appendMatch";
    return [
      ...checkTop(spec, circumstances, ["Mesh", "MeshSubset", "Dataplane"], { noInbound: true }),
      ...each(appendMatch, field, checkMatch),
      ...checkPorts(list(appendMatch).map(fields), field),
    ];
  },
};

function checkMatch({ type, value, port, protocol }: Fields, field: string): Violation[] {
  const isPort = !isSet(port) || (Number(port) >= 1 && Number(port) <= 65535);
  return [
    ...complainIf(
      protocol === "mysql" && !isSet(port),
      `${field}.port`,
      "port must be defined for Mysql protocol",
    ),
    ...complainIf(!isPort, `${field}.port`, "port must be a valid (1-65535)"),
    ...complainIf(
      type === "CIDR" && !isCidr(text(value)),
      `${field}.value`,
      "provided CIDR has incorrect value",
    ),
    ...complainIf(type === "IP" && !isIP(text(value)), `${field}.value`, "provided IP has incorrect value"),
    ...(type === "Domain" ? checkDomain(text(value), port, text(protocol), field) : []),
  ];
}

function checkDomain(domain: string, port: unknown, protocol: string, field: string): Violation[] {
  const name = domain.replace(/^\*\./, "");
  const isWild = domain.startsWith("*");
  return [
    ...complainIf(
      protocol === "tcp" || protocol === "mysql",
      `${field}.protocol`,
      `protocol ${protocol} is not supported for a domain`,
    ),
    ...complainIf(
      /^\*[^.]+/.test(domain),
      `${field}.value`,
      "provided DNS has incorrect value, partial wildcard is currently not supported",
    ),
    ...complainIf(
      isWild && !isSet(port) && ONE_PER_PORT.includes(protocol),
      `${field}.port`,
      "wildcard domains doesn't work for all ports and layer 7 protocol",
    ),
    ...complainIf(
      !name.startsWith("*") && !isDnsName(name),
      `${field}.value`,
      "provided DNS has incorrect value",
    ),
  ];
}

/** What does not go together on one port. */
function checkPorts(matches: Fields[], field: string): Violation[] {
  const protocols = new Map<unknown, unknown>();
  const seen = new Set<string>();
  return matches.flatMap(({ port, protocol, value }, index) => {
    if (!isSet(port)) return [];
    const other = protocols.get(port);
    const isMixed = other !== undefined && other !== protocol && ONE_PER_PORT.includes(text(protocol));
    if (!isMixed) protocols.set(port, protocol);
    const key = JSON.stringify([port, protocol, value]);
    const isTwice = seen.has(key);
    seen.add(key);
    return [
      ...complainIf(
        isMixed,
        `${field}[${index}].port`,
        "using the same port in multiple matches requires the same protocol for the following protocols: " +
          "[grpc http http2]",
      ),
      ...complainIf(
        isTwice,
        `${field}[${index}].value`,
        `value ${text(value)} is already defiend for this port and protocol`,
      ),
    ];
  });
}
