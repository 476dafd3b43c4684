import type { World } from "../reach/world.ts";
import { isNotKnown, notKnown } from "../serving/not-known.ts";
import { isMap, type Stored } from "../serving/objects.ts";
import type { Resource } from "./resource.ts";

/** A control plane with what it has been told, as far as the sources tell it. */
export interface KnownControlPlane {
  at: string;
  /** Its URL or id; undefined where no source tells it. */
  server: string | undefined;
  places: string[];
  /** Names of the meshes. */
  meshes: string[];
  /** Meshes of which no source tells the whole object. */
  unseen: string[];
  resources: Resource[];
  /** The zone that is asked about where none is named: the only one that an egress names, else Kuma's `default`. */
  zone: string;
  /** Every zone that an egress names; that one alone where none does. */
  zones: string[];
  /** What the control plane of a zone has been told. */
  world(zone: string): World;
}

/** What of a mesh says something about ways out of it. */
const FIELDS = ["mtls", "routing", "networking", "meshServices"];

/** The control planes of an inventory. */
export function controlPlanesOf(resources: readonly Resource[]): KnownControlPlane[] {
  const own = resources.filter(({ type }) => type.startsWith("kuma:")).map(named);
  return [...Map.groupBy(own, ({ at }) => at)].map(([at, members]) => {
    const objects = members.filter(({ type }) => type !== "kuma:MeshPatch").map(({ object }) => object);
    const declared = objects.filter(({ type }) => type === "Mesh").map(({ name }) => String(name));
    const used = objects
      .filter(({ type }) => type !== "Mesh")
      .flatMap(({ mesh }) => (typeof mesh === "string" ? [mesh] : []));
    const patches = members.filter(({ type }) => type === "kuma:MeshPatch");
    const patched = patches.map(({ id }) => id ?? "default");
    const meshes = [...new Set([...declared, ...used, ...patched])].sort();
    const unseen = meshes.filter((name) => !declared.includes(name));
    const all: Stored[] = [
      ...objects.filter(({ type }) => type !== "Mesh"),
      ...[...objects.filter(({ type }) => type === "Mesh"), ...unseen.map(unseenMesh)].map((mesh) =>
        patches
          .filter(({ id }) => id === mesh.name)
          .reduce((result, { object }) => patchedBy(result, object), mesh),
      ),
    ];
    const egresses = objects.filter(({ type }) => type === "ZoneEgress");
    const named = egresses.flatMap(({ zone }) => (typeof zone === "string" && zone !== "" ? [zone] : []));
    const zones = named.length > 0 ? [...new Set(named)].sort() : ["default"];
    // A source tells those secrets that it has; that a control plane lacks another one cannot be told from it.
    const secrets = [...new Set([...secretNames(all), ...all.flatMap(referredSecrets)])];
    return {
      at,
      server: members.find(({ server }) => server !== undefined)?.server,
      places: [...new Set(members.map(({ place }) => place))],
      meshes,
      unseen,
      resources: members,
      zone: zones.length === 1 ? (zones[0] ?? "default") : "default",
      zones,
      world: (zone) => ({ resources: all, secrets, zone }),
    };
  });
}

/** The resource with a name for people where its own is not known. */
function named(one: Resource): Resource {
  return isNotKnown(one.object.name) ? { ...one, object: { ...one.object, name: "(not known)" } } : one;
}

/** A mesh that is in no source: nothing that it says is known. */
function unseenMesh(name: string): Stored {
  return { type: "Mesh", name, ...Object.fromEntries(FIELDS.map((field) => [field, notKnown("unknown")])) };
}

/** Fields of a patch go before the mesh's own. Where those are not known, all that the patch does not say stays so. */
function patchedBy(mesh: Stored, patch: Stored): Stored {
  const merged = (old: unknown, next: unknown): unknown => {
    if (!isMap(next)) return next;
    if (!isMap(old) && old !== undefined) return withRest(next);
    const known: Stored = isMap(old) ? old : {};
    return {
      ...known,
      ...Object.fromEntries(Object.entries(next).map(([key, inner]) => [key, merged(known[key], inner)])),
    };
  };
  const { mesh: _, type: __, name: ___, ...fields } = patch;
  return merged(mesh, fields) as Stored;
}

/** What else may stand beside the fields of a patch, in an object that is not known. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  zoneEgress: ["localityAwareLoadBalancing", "defaultForbidMeshExternalServiceAccess"],
  localityAwareLoadBalancing: ["zoneEgress", "defaultForbidMeshExternalServiceAccess"],
  defaultForbidMeshExternalServiceAccess: ["zoneEgress", "localityAwareLoadBalancing"],
};

function withRest(fields: Stored): Stored {
  const others = Object.keys(fields).flatMap((key) => BESIDE[key] ?? []);
  return { ...Object.fromEntries(others.map((key) => [key, notKnown("unknown")])), ...fields };
}

function secretNames(objects: readonly Stored[]): string[] {
  return objects.filter(({ type }) => type === "Secret").map(({ name }) => String(name));
}

/** The secrets that certificates and keys of an object come from. */
function referredSecrets(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referredSecrets);
  if (!isMap(value)) return [];
  const own = typeof value.secret === "string" ? [value.secret] : [];
  return [...own, ...Object.values(value).flatMap(referredSecrets)];
}
