import * as z from "zod";
import { host } from "./fields.ts";

/** The key of a node in the map form: host, and port or not. */
export const NODE_ADDRESS = /^(\*?[0-9a-zA-Z\-._]+|\[[0-9a-fA-F:.]+\])(?::(\d{1,5}))?$/;

/** A host, and a port or not. */
export function isNodeAddress(address: string): boolean {
  const match = NODE_ADDRESS.exec(address);
  const port = Number(match?.[2] ?? 80);
  return match !== null && port >= 1 && port <= 65535;
}

/** A node in the list form. */
export const node = z.strictObject({
  host: host().describe("Domain name or address; an IPv6 address stands in brackets."),
  port: z.int().min(1).max(65535).optional().describe("Port. Server's default: that of the scheme."),
  weight: z.int().min(0).describe("Share of the traffic; 0 takes the node out."),
  priority: z
    .int()
    .default(0)
    .describe("Nodes of lower priority are used when all higher ones fail. Server's default: 0."),
  metadata: z.record(z.string(), z.unknown()).optional().describe("Free data, for discovery and plugins."),
});
