import { isIpAddress, type Origination } from "./origination.ts";

/** Where a service leads to in the end. */
export interface Endpoint {
  /** The ExternalService or MeshExternalService that has it. */
  source: string;
  host: string;
  port: number;
  /** The zone of the service, where it has one. */
  zone?: string;
  /** Endpoints of a higher number are used only while those of a lower one fail. */
  priority: number;
  /** Undefined where Kuma begins no TLS. */
  tls: Origination | undefined;
}

/** Whether every endpoint is an address, so that no name has to be resolved. */
export function allAddresses(endpoints: readonly { host: string }[]): boolean {
  return endpoints.every(({ host }) => isIpAddress(host));
}

/** Whether addresses and names stand side by side, which the control plane cannot configure for ExternalServices. */
export function mixed(endpoints: readonly { host: string }[]): boolean {
  return !allAddresses(endpoints) && endpoints.some(({ host }) => isIpAddress(host));
}
