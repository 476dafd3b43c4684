import type * as pulumi from "@pulumi/pulumi";
import { type ConnectionArgs, type Credential, ServerProvider } from "../../provider/dynamic/provider.ts";

/** The arguments of {@link Provider}. */
export interface ProviderArgs extends ConnectionArgs {
  /** URL of a control plane that serves everything, a standalone one. Default: `KUMA_URL`. */
  url?: pulumi.Input<string> | undefined;
  /** URL of the global control plane, for external services. Default: `url`, else `KUMA_GLOBAL_URL`. */
  globalUrl?: pulumi.Input<string> | undefined;
  /** URL of the zone's control plane, for zone egresses. Default: `url`, else `KUMA_ZONE_URL`. */
  zoneUrl?: pulumi.Input<string> | undefined;
  /** User token. Secret. Default: `KUMA_TOKEN`. */
  token?: Credential | undefined;
  /** What tells this control plane from others when its URL changes. Default: origin and path of the URL. */
  controlPlaneId?: pulumi.Input<string> | undefined;
}

const KNOWN = [
  "url",
  "globalUrl",
  "zoneUrl",
  "token",
  "controlPlaneId",
  "tls",
  "headers",
  "requestTimeout",
  "maxConcurrency",
  "deleteUnreachable",
  "idPrefix",
  "validation",
];

/**
 * A Kuma control plane, or a global one with one of its zones. Without one, resources use the stack's configuration
 * (`kuma:url`, or `kuma:globalUrl` and `kuma:zoneUrl`, and `kuma:token`).
 *
 * @example
 * ```ts
 * const mesh = new kuma.Provider("zone-1", { globalUrl: "https://global:5682", zoneUrl: "https://zone-1:5682", token: { env: "KUMA_ZONE_1" } });
 * new kuma.ZoneEgress("egress", { networking: { address: "10.0.0.7", port: 10002 } }, { provider: mesh });
 * ```
 */
export class Provider extends ServerProvider {
  constructor(name: string, args: ProviderArgs = {}, options?: pulumi.ResourceOptions) {
    super("kuma", name, KNOWN, "token", { ...args }, options);
  }

  override getPackage(): "kuma" {
    return "kuma";
  }
}
