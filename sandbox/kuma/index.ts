import { type KumaOptions, type KumaSandbox, startControlPlane } from "./start.ts";

export type { Tokens } from "./access.ts";
export { type FederationOptions, type KumaFederation, startKumaFederation } from "./federation.ts";
export type { RecordedRequest } from "./server.ts";
export type { KumaOptions, KumaSandbox, KumaStore } from "./start.ts";

/** Starts a standalone control plane on the loopback interface. */
export async function startKuma(options: KumaOptions = {}): Promise<KumaSandbox> {
  return (await startControlPlane({ mode: "standalone" }, options)).sandbox;
}
