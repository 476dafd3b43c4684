import { isIP } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { addressOf } from "./address.ts";
import type { BackendMesh, ExternalBackendArgs } from "./arguments.ts";
import { refusals } from "./check.ts";
import { ExternalBackendError } from "./error.ts";
import { atGateways } from "./gateway.ts";
import { inMeshes, type MeshUse, type Place, placesOf } from "./mesh.ts";
import { hostnameOf, type Made, portOf } from "./mesh-external-service.ts";

export type { BackendGateway, BackendMesh, BackendTls, ExternalBackendArgs, Protocol } from "./arguments.ts";
export { ExternalBackendError } from "./error.ts";

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
  /** Where it can be reached through a gateway that listens on port 80: a URL for each host and path. */
  readonly gatewayUrls: pulumi.Output<string[]>;
  /**
   * Where services of the mesh reach it: by its tag, on port 80, or by the host name of the MeshExternalService where there is
   * one. Absent without a mesh.
   */
  readonly meshUrl: pulumi.Output<string | undefined>;
  /**
   * Where services of the mesh reach it by its real name. Absent without a mesh, with `disableHostDNSEntry`, and where
   * there is no such name: for IP addresses, where zones have different addresses, or where it is a MeshExternalService
   * only.
   */
  readonly hostUrl: pulumi.Output<string | undefined>;

  constructor(name: string, args: ExternalBackendArgs, options?: pulumi.ComponentResourceOptions) {
    super("external-backends:index:ExternalBackend", name, {}, options);
    const what = `ExternalBackend "${name}"`;
    const tls = args.tls === true ? {} : args.tls || undefined;
    const refused = refusals(args, tls);
    if (refused.length > 0) throw new ExternalBackendError(what, refused);

    const { gateway, enabled = true } = args;
    const mesh = enabled ? args.mesh : undefined;
    const service = args.mesh?.service ?? name;
    const node = addressOf(what, "address", args.address);
    const places = mesh ? placesOf(what, mesh.zones, node) : [];
    if (gateway) atGateways(name, { ...args, gateway, tls, node }, this);
    const use = mesh && { ...args, mesh, tls, service, places, node };
    const services = use ? inMeshes(what, name, use, this) : [];

    // The sidecar speaks TLS, so services of the mesh speak without.
    const scheme = args.protocol === undefined || args.protocol === "http2" ? "http" : args.protocol;
    const offered = enabled && gateway ? gateway : { hosts: [] };
    this.gatewayUrls = pulumi
      .all([offered.hosts, offered.paths ?? ["/*"]])
      .apply(([hosts, paths]) =>
        hosts.flatMap((host) => paths.map((path) => `http://${host}${path.replace(/\*$/, "")}`)),
      );
    this.meshUrl = urlInMesh(scheme, use, services);
    this.hostUrl = hostOf(mesh, places).apply((host) =>
      host === undefined ? undefined : `${scheme}://${host}`,
    );
    this.registerOutputs({ gatewayUrls: this.gatewayUrls, meshUrl: this.meshUrl, hostUrl: this.hostUrl });
  }
}

/** The one name and port by which the backend is known in the mesh, if there is one. */
function hostOf(mesh: BackendMesh | undefined, places: Place[]): pulumi.Output<string | undefined> {
  return pulumi.all(places.map(({ address }) => address)).apply(([first, ...more]) => {
    if (!first || mesh?.kind === "MeshExternalService" || mesh?.disableHostDNSEntry) return undefined;
    if (more.some(({ text }) => text !== first.text)) return undefined;
    return isIP(first.host.replace(/^\[|\]$/g, "")) === 0 ? first.text : undefined;
  });
}

/** Where services of the mesh reach it; a caller that uses this moves to the MeshExternalService as soon as there is one. */
function urlInMesh(
  scheme: string,
  use: MeshUse | undefined,
  [made]: Made[],
): pulumi.Output<string | undefined> {
  if (!use) return pulumi.output(undefined);
  if (!made) return pulumi.output(use.service).apply((tag) => `${scheme}://${tag}.mesh`);
  return pulumi.all([made.name, made.hostnames, portOf(use)]).apply(([name, hostnames, port]) => {
    const isUsual = scheme === "http" && port === 80;
    return `${scheme}://${hostnameOf(name, hostnames)}${isUsual ? "" : `:${port}`}`;
  });
}
