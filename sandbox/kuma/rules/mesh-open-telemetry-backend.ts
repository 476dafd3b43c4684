import type { Violation } from "../errors.ts";
import { isHost } from "../go/network.ts";
import { complainIf, complaint, fields, isSet, port, text } from "./checks.ts";
import type { Rules } from "./policy.ts";

/** Backends of OpenTelemetry: where they are, in parts that can be put together. */
export const meshOpenTelemetryBackend: Rules = {
  check({ endpoint, protocol }) {
    const { address, port: number, path } = fields(endpoint);
    const field = "spec.endpoint";
    return [
      ...(isSet(address) ? checkAddress(text(address), `${field}.address`) : []),
      ...(isSet(number) ? port(number, `${field}.port`) : []),
      ...checkPath(text(path), `${field}.path`, text(protocol)),
    ];
  },
};

function checkAddress(address: string, field: string): Violation[] {
  if (address === "") return complaint(field, "must not be empty");
  return complainIf(!isHost(address), field, "address has to be a valid IP or hostname");
}

function checkPath(path: string, field: string, protocol: string): Violation[] {
  if (path === "") return [];
  if (protocol !== "http") return complaint(field, "must not be set when protocol is grpc");
  return [
    ...complainIf(!path.startsWith("/"), field, "must start with /"),
    ...complainIf(/[?#]/.test(path), field, "must not contain query or fragment"),
  ];
}
