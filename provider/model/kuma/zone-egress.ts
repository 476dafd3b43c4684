import * as z from "zod";
import type { JsonObject } from "../fields.ts";
import { isObject } from "../fields.ts";
import type { Kind, RuleContext } from "../kind.ts";
import { isAddress, labels, port, resourceName } from "./fields.ts";

const schema = z.strictObject({
  name: resourceName()
    .optional()
    .describe(
      "Name at the control plane: an RFC 1123 subdomain. Default: the resource's name. A new one replaces the egress.",
    ),
  zone: resourceName()
    .optional()
    .describe("Zone that the egress belongs to. Server's default: the control plane's own."),
  labels,
  networking: z
    .strictObject({
      address: z
        .string()
        .refine(
          (address) => !["0.0.0.0", "::"].includes(address),
          "must be an address at which the zone can reach the egress",
        )
        .refine(
          isAddress,
          "is no address or host name (no port, which belongs in networking.port; no brackets)",
        )
        .optional()
        .describe("Address or host name at which data planes of the zone reach the egress."),
      port: port().describe("Port, 1 to 65535."),
      admin: z
        .strictObject({
          port: port()
            .optional()
            .describe(
              "Port of Envoy's admin interface, 1 to 65535; another than `port` where `address` is 127.0.0.1.",
            ),
        })
        .prefault({})
        .describe("Envoy's admin interface."),
    })
    .describe("Where the egress listens."),
});

function rules({ networking }: JsonObject, { report, known }: RuleContext): void {
  if (!isObject(networking) || !isObject(networking.admin)) return;
  const { address, port, admin } = networking;
  // Envoy's admin interface listens at this address.
  if (address !== "127.0.0.1" || !known("networking.port", "networking.admin.port")) return;
  if (port === admin.port)
    report("networking.admin.port", "is the same as networking.port", "at 127.0.0.1 the two differ");
}

/** The proxy through which a zone's traffic leaves. */
export const zoneEgress: Kind = {
  type: "kuma:ZoneEgress",
  title: "zone egress",
  doc: "The proxy through which a zone's traffic to the outside leaves.",
  docs: "https://kuma.io/docs/latest/production/cp-deployment/zoneegress/",
  examples: [
    `
new kuma.ZoneEgress("egress", { zone: "zone-1", networking: { address: "10.0.0.7", port: 10002 } });
`,
  ],
  dialect: "kuma",
  side: "zone",
  identity: ["name"],
  schema,
  path: ([name]) => `zoneegresses/${name}`,
  rules,
  toServer: (body) => ({ type: "ZoneEgress", ...body }),
  releases: { until: "3.0", instead: "MeshExternalService with an egress of Kuma 3" },
  serverMade: ["type", "creationTime", "modificationTime", "kri"],
};
