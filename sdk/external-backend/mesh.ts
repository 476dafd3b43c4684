import * as pulumi from "@pulumi/pulumi";
import type * as kubernetes from "../kubernetes/index.ts";
import { ExternalService } from "../kuma/index.ts";
import { addressOf } from "./address.ts";
import type { BackendMesh, BackendTls, ExternalBackendArgs } from "./arguments.ts";

/** Makes the backend's external services: per mesh one for all zones, or one for each. */
export function inMeshes(
  what: string,
  name: string,
  args: ExternalBackendArgs & { mesh: BackendMesh },
  tls: BackendTls | undefined,
  parent: pulumi.Resource,
): void {
  const { meshes = ["default"], service = name, tags = {}, meshResources = [] } = args.mesh;
  if (meshes.length === 0) throw new Error(`${what}: mesh.meshes: is empty; leave mesh out instead.`);
  if (args.enabled === false) return;
  compareEgress(what, args.mesh);
  for (const mesh of meshes) {
    const resource = meshes.length === 1 ? name : `${name}-${mesh}`;
    for (const { suffix, zone, address } of placesOf(args)) {
      addressOf(what, zone === undefined ? "address" : `mesh.zones.${zone}`, address);
      const spec = {
        tags: {
          "kuma.io/service": service,
          "kuma.io/protocol": args.protocol ?? "http",
          ...(zone === undefined ? {} : { "kuma.io/zone": zone }),
          ...tags,
        },
        networking: {
          address,
          ...(tls ? { tls: { enabled: true, ...originationOf(tls) } } : {}),
          ...(args.mesh.disableHostDNSEntry ? { disableHostDNSEntry: true } : {}),
        },
      };
      const options = { parent, dependsOn: meshResources };
      if (args.mesh.target === "kubernetes") {
        // Only here, since @pulumi/kubernetes is an optional peer.
        const objects = require("../kubernetes/index.js") as typeof kubernetes;
        new objects.ExternalService(`${resource}${suffix}`, { mesh, spec }, options);
      } else {
        new ExternalService(`${resource}${suffix}`, { mesh, name: `${name}${suffix}`, ...spec }, options);
      }
    }
  }
}

/** One place for all zones, or each zone's. */
function placesOf({
  address,
  mesh,
}: ExternalBackendArgs): { suffix: string; zone?: string; address: pulumi.Input<string> }[] {
  const zones = mesh?.zones;
  if (zones === undefined) return [{ suffix: "", address }];
  const named = Array.isArray(zones) ? zones.map((zone) => [zone, address] as const) : Object.entries(zones);
  return named.map(([zone, own]) => ({ suffix: `-for-${zone}`, zone, address: own }));
}

function originationOf({ serverName, caCert, clientCert, clientKey, skipHostnameVerification }: BackendTls) {
  return { serverName, caCert, clientCert, clientKey, skipHostnameVerification };
}

/** Whether traffic goes through the egress is said by the mesh; a difference is an error. */
function compareEgress(what: string, { egress, meshResources = [] }: BackendMesh): void {
  if (egress === undefined) return;
  for (const mesh of meshResources) {
    pulumi.all([mesh.name, mesh.routing]).apply(([name, routing]) => {
      const actual = routing?.zoneEgress === true;
      if (actual === egress) return;
      throw new Error(
        `${what}: mesh.egress: is ${egress}, but the mesh "${name}" has routing.zoneEgress ${actual}; Kuma decides it for the whole mesh.`,
      );
    });
  }
}
