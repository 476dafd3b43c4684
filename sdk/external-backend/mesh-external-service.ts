import * as pulumi from "@pulumi/pulumi";
import type * as kubernetes from "../kubernetes/index.ts";
import type { MeshExternalServiceArgs } from "../kuma/arguments.ts";
import { MeshExternalService } from "../kuma/index.ts";
import type { Address } from "./address.ts";
import type { BackendMesh, BackendTls, ExternalBackendArgs, Protocol } from "./arguments.ts";

/** The protocols of a MeshExternalService. */
export const PROTOCOLS = ["http", "http2", "grpc", "tcp"] as const satisfies readonly Protocol[];

/** What a mesh is to know as a MeshExternalService. */
export interface MeshExternalUse extends ExternalBackendArgs {
  mesh: BackendMesh;
  tls: BackendTls | undefined;
  /** Its name. */
  service: pulumi.Input<string>;
  /** The same as `address`, in its parts. */
  node: pulumi.Output<Address>;
}

/** A MeshExternalService that was made. */
export interface Made {
  name: pulumi.Output<string>;
  /** What the control plane has given to it, where it was asked. */
  hostnames: pulumi.Output<string[] | undefined>;
}

/** The port under which services of the mesh reach it: HTTP's, or the backend's own. */
export function portOf({ mesh, protocol = "http", node }: MeshExternalUse): pulumi.Output<number> {
  if (mesh.port !== undefined) return pulumi.output(mesh.port);
  return protocol === "tcp" ? node.port : pulumi.output(80);
}

/** Makes the backend's MeshExternalService in each mesh. */
export function asMeshExternalServices(
  name: string,
  use: MeshExternalUse,
  options: pulumi.CustomResourceOptions,
): Made[] {
  const { meshes = ["default"], target, namespace = "kuma-system", origin, waitForHostname } = use.mesh;
  return meshes.map((mesh) => {
    const suffix = mesh === "default" ? "" : `-${mesh}`;
    const own = `${name}${suffix}`;
    const protocol = (use.protocol ?? "http") as (typeof PROTOCOLS)[number];
    const spec = {
      match: { port: portOf(use), protocol },
      endpoints: [{ address: use.node.host.apply(withoutBrackets), port: use.node.port }],
      ...(use.tls && { tls: tlsOf(use.tls) }),
    } satisfies Partial<MeshExternalServiceArgs>;
    if (target === "kubernetes") {
      // Only here, since @pulumi/kubernetes is an optional peer.
      const objects = require("../kubernetes/index.js") as typeof kubernetes;
      // In Kubernetes those of all meshes are in one namespace.
      const full = pulumi.interpolate`${use.service}${suffix}`;
      new objects.MeshExternalService(own, { mesh, metadata: { name: full, namespace }, spec }, options);
      return { name: full, hostnames: pulumi.output(undefined) };
    }
    const args = { mesh, name: use.service, ...spec, origin, waitForHostname };
    const { hostnames } = new MeshExternalService(own, args, options);
    // Not known in previews, so only where they are asked for.
    return {
      name: pulumi.output(use.service),
      hostnames: waitForHostname === undefined ? pulumi.output(undefined) : hostnames,
    };
  });
}

function tlsOf({ skipHostnameVerification, ...verification }: BackendTls) {
  const mode = pulumi
    .output(skipHostnameVerification)
    .apply((skip): "SkipSAN" | "Secured" => (skip ? "SkipSAN" : "Secured"));
  return {
    enabled: true,
    verification: { ...verification, ...(skipHostnameVerification !== undefined && { mode }) },
  };
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}

/** The name that Kuma's own generator gives; another one only where that has given none. */
export function hostnameOf(name: string, given: readonly string[] | undefined): string {
  const usual = `${name}.extsvc.mesh.local`;
  return given === undefined || given.includes(usual) ? usual : (given[0] ?? usual);
}
