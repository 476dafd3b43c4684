import type * as pulumi from "@pulumi/pulumi";
import { isObject } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { externalService } from "../../provider/model/kuma/external-service.ts";
import { mesh } from "../../provider/model/kuma/mesh.ts";
import { meshExternalService } from "../../provider/model/kuma/mesh-external-service.ts";
import { zoneEgress } from "../../provider/model/kuma/zone-egress.ts";
import type { KindName } from "./kinds.ts";
import type { ManifestObject } from "./objects.ts";
import { type Args, checkArgs, given } from "./translation.ts";

const API_KINDS: Partial<Record<KindName, Kind>> = {
  ExternalService: externalService,
  MeshExternalService: meshExternalService,
  Mesh: mesh,
  ZoneEgress: zoneEgress,
};

/** An object of Kuma as arguments of the resource of its kind. */
export function kumaArgs(object: ManifestObject): Args {
  const { kind, name, spec, metadata } = object;
  const api = API_KINDS[kind];
  const meshless = kind === "Mesh" || kind === "ZoneEgress";
  if (meshless && object.mesh !== undefined)
    object.report("mesh", `says a mesh, to which no ${kind} belongs; leave it out`);
  const args = {
    ...spec,
    ...given({ name, mesh: meshless ? undefined : object.mesh }),
    ...(kind === "MeshExternalService" ? fromLabels(metadata.labels) : given({ labels: metadata.labels })),
  };
  if (api) checkArgs(api, object, args, originOf);
  return args;
}

/** A MeshExternalService says with labels in which mesh it is, and whether it belongs to a zone. */
function fromLabels(labels: unknown): Args {
  if (!isObject(labels)) return {};
  const { "kuma.io/mesh": _mesh, "kuma.io/origin": origin, ...own } = labels;
  return given({ labels: own, origin });
}

/** The arguments, in the mesh that the same manifests declare, so that it is made first and goes last. */
export function inMesh(args: Args, meshName: pulumi.Input<string> | undefined): Args {
  return meshName === undefined ? args : { ...args, mesh: meshName };
}

function originOf(path: string): string {
  if (/^mesh\b/.test(path)) return path;
  if (/^(name|labels)\b/.test(path)) return `metadata.${path}`;
  return path.startsWith("origin") ? 'metadata.labels["kuma.io/origin"]' : `spec.${path}`;
}
