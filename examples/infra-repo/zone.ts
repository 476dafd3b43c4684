import * as pulumi from "@pulumi/pulumi";
import { ExternalBackend, kuma } from "pulumi-external-backends";
import { backends } from "./backends";

/** What is written in a zone: its way out of the mesh, and what its gateway offers. */
export function declareZone(zone: string): void {
  const address = new pulumi.Config().require("egressAddress");
  new kuma.ZoneEgress(`egress-${zone}`, { zone, networking: { address, port: 10002 } });
  for (const [name, { mesh: _, ...backend }] of Object.entries(backends)) {
    if (backend.gateway) new ExternalBackend(name, backend);
  }
}
