import type { Violation } from "../errors.ts";
import { isHost } from "../go.ts";
import { message, text, uint32 } from "../message.ts";
import { checkPort, type Kind } from "./kind.ts";

interface Spec {
  networking?: { address?: string; port?: number; admin?: { port?: number } };
}

/** The proxy through which a zone's traffic leaves. */
export const zoneEgress: Kind = {
  type: "ZoneEgress",
  path: "zoneegresses",
  inMesh: false,
  writtenOn: "zone",
  addedLabels: "all",
  moreLabels: { "kuma.io/proxy-type": "zoneegress" },
  shortName: "ze",
  decode: message({
    zone: text,
    networking: message({ address: text, port: uint32, admin: message({ port: uint32 }) }),
  }),
  check(fields) {
    const { address = "", port = 0, admin } = (fields as Spec).networking ?? {};
    const adminPort = admin?.port ?? 0;
    return [
      ...checkAddress(address),
      ...checkPort("networking.port", port),
      ...(adminPort > 65535 ? checkPort("networking.admin.port", adminPort) : []),
      ...(adminPort !== 0 && adminPort === port
        ? [{ field: "networking.admin.port", reason: "must differ from port" }]
        : []),
    ];
  },
};

function checkAddress(address: string): Violation[] {
  const field = "networking.address.address";
  if (address === "") return [];
  if (address === "0.0.0.0" || address === "::") return [{ field, reason: "must not be 0.0.0.0 or ::" }];
  return isHost(address) ? [] : [{ field, reason: "address has to be valid IP address or domain name" }];
}
