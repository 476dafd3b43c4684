import type { ExternalBackendArgs } from "pulumi-external-backends";

/** Zones whose services may use the backends; each has a stack of its name. */
export const zones = ["zone-1", "zone-2"];

/** All external backends of the company, by name. Most pull requests change this file and no other. */
export const backends: Record<string, ExternalBackendArgs> = {
  httpbin: {
    address: "httpbin.org:80",
    gateway: { hosts: ["httpbin.shop.example"], passHost: "node", retries: 1 },
    mesh: { zones },
  },
  // Not at the gateways: only services of the mesh may use it.
  warehouse: {
    address: "warehouse.example:5432",
    protocol: "tcp",
    mesh: { zones: ["zone-1"] },
  },
};
