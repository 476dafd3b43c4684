import * as pulumi from "@pulumi/pulumi";
import { addressOf } from "./address.ts";
import type { ExternalBackendArgs } from "./arguments.ts";
import { atGateways } from "./gateway.ts";
import { inMeshes } from "./mesh.ts";

export type { BackendGateway, BackendMesh, BackendTls, ExternalBackendArgs, Protocol } from "./arguments.ts";

/**
 * A backend outside cluster and mesh, declared once: an upstream and a route at the gateway or gateways, and an
 * external service in the meshes. Each part can be left out, or adjusted with Pulumi's transforms. What one side cannot
 * do is an error, not a silent difference.
 *
 * @example
 * ```ts
 * const payments = new ExternalBackend("payments", {
 *   address: "api.payments.example:443",
 *   tls: true,
 *   gateway: { hosts: ["payments.example.org"], retries: 2 },
 *   mesh: { service: "payments" },
 * });
 * export const insideTheMesh = payments.meshUrl; // http://payments.mesh
 * ```
 */
export class ExternalBackend extends pulumi.ComponentResource {
  /** Where it can be reached through the gateway: a URL for each host and path. Empty without a gateway. */
  readonly gatewayUrls: pulumi.Output<string[]>;
  /** Where services of the mesh reach it, on port 80. Absent without a mesh, or when it is switched off. */
  readonly meshUrl: pulumi.Output<string | undefined>;
  /** Where services of the mesh reach it by its real name; absent with `disableHostDNSEntry`, too. */
  readonly hostUrl: pulumi.Output<string | undefined>;

  constructor(name: string, args: ExternalBackendArgs, options?: pulumi.ComponentResourceOptions) {
    super("external-backends:index:ExternalBackend", name, {}, options);
    const what = `ExternalBackend "${name}"`;
    const { gateway, mesh, enabled = true } = args;
    if (!gateway && !mesh) throw new Error(`${what}: gateway, mesh or both are needed.`);
    if (args.gateways && !gateway)
      throw new Error(`${what}: gateways: needs gateway, which says what is offered there.`);
    const tls = args.tls === true ? {} : args.tls;
    const address = addressOf(what, "address", args.address);
    if (gateway) atGateways(what, name, { ...args, gateway }, tls, this);
    if (mesh) inMeshes(what, name, { ...args, mesh }, tls, this);
    // The sidecar speaks TLS, so services of the mesh speak without.
    const scheme = args.protocol === undefined || args.protocol === "http2" ? "http" : args.protocol;
    const inMesh = mesh !== undefined && enabled;
    const urls = pulumi.all([gateway?.hosts ?? [], gateway?.paths ?? ["/*"]]);
    this.gatewayUrls = urls.apply(([hosts, paths]) =>
      enabled ? hosts.flatMap((host) => paths.map((path) => `http://${host}${path.replace(/\*$/, "")}`)) : [],
    );
    this.meshUrl = pulumi
      .output(mesh?.service ?? name)
      .apply((tag) => (inMesh ? `${scheme}://${tag}.mesh` : undefined));
    this.hostUrl = address.apply(({ host, port }) =>
      inMesh && !mesh.disableHostDNSEntry ? `${scheme}://${host}:${port}` : undefined,
    );
    this.registerOutputs({ gatewayUrls: this.gatewayUrls, meshUrl: this.meshUrl, hostUrl: this.hostUrl });
  }
}
