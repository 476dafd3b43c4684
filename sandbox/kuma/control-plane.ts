import { checkAccess, type User } from "./access.ts";
import { KumaError, notFound, refuse } from "./errors.ts";
import { type Kind, kindsOf } from "./kinds/index.ts";
import { checkOrigin, type LabelPlace } from "./labels.ts";
import type { Fields } from "./message.ts";
import { releaseOf } from "./release.ts";
import type { Role } from "./role.ts";
import { at } from "./rules/checks.ts";
import { displayName } from "./rules/names.ts";
import { Store, type StoredObject } from "./store.ts";
import { defaultGenerators } from "./upkeep/default-generators.ts";
import { Upkeep } from "./upkeep/index.ts";
import type { Later } from "./upkeep/later.ts";
import { decode, stored, type Written, write } from "./write.ts";

export type { Role } from "./role.ts";

const readOnly = {
  global:
    "On global control plane you can not modify dataplane resources with 'kumactl apply' or via the HTTP API. " +
    "You can still use 'kumactl' or the HTTP API to modify them on the zone control plane.\n",
  zone:
    "On zone control plane you can only modify zone resources with 'kumactl apply' or via the HTTP API. " +
    "You can still use 'kumactl' or the HTTP API to modify the rest of the resource on the global control plane.\n",
  kubernetes:
    "On Kubernetes you cannot change the state of Kuma resources with 'kumactl apply' or via the HTTP API. " +
    "As a best practice, you should always be using 'kubectl apply' instead. You can still use 'kumactl' or the " +
    "HTTP API to make read-only operations. On Universal this limitation does not apply.\n",
};

/** What a control plane does with resources, without HTTP. */
export class ControlPlane {
  readonly role: Role;
  readonly kinds: Kind[];
  readonly store: Store;
  readonly labelPlace: LabelPlace;
  readonly #byType: Map<string, Kind>;

  /** Without a later, the control plane does nothing by itself but what it does at once. */
  constructor(role: Role, version: string, inKubernetes: boolean, later?: Later) {
    this.role = role;
    this.kinds = kindsOf(version);
    this.#byType = new Map(this.kinds.map((kind) => [kind.type, kind]));
    this.labelPlace = { role, zone: this.zone, release: releaseOf(version), inKubernetes };
    this.store = new Store((object) => this.kind(object.type).outlivesMesh?.(object) ?? false);
    new Upkeep(this, later);
    this.clear();
  }

  /** The zone's name; the global control plane has none. */
  get zone(): string {
    if (this.role.mode === "global") return "";
    return this.role.mode === "zone" ? this.role.zone : "default";
  }

  /** The part of its configuration that tells what it is. */
  get config(): Fields {
    return {
      mode: this.role.mode === "global" ? "global" : "zone",
      environment: this.labelPlace.inKubernetes ? "kubernetes" : "universal",
      multizone: {
        zone: {
          name: this.zone,
          ...(this.role.mode === "zone" ? { globalAddress: "grpcs://127.0.0.1:5685" } : {}),
        },
      },
    };
  }

  /** The kind with this name of a type. */
  kind(type: string): Kind {
    const kind = this.#byType.get(type);
    if (!kind) throw new Error(`Kuma has no type ${type}`);
    return kind;
  }

  /** Removes everything but zones, and what a control plane has when it starts. */
  clear(): void {
    for (const { type, mesh, name } of this.store.all()) {
      if (type !== "Zone" && type !== "ZoneInsight") this.store.delete(type, mesh, name);
    }
    const { mode } = this.role;
    const { release, inKubernetes } = this.labelPlace;
    if (mode !== "global") this.store.put({ type: "Zone", name: this.zone });
    if (release.hasMeshExternalService) {
      for (const generator of defaultGenerators(this.role, inKubernetes)) this.store.put(generator);
    }
    // A zone gets its meshes from the global control plane.
    if (mode !== "zone") this.store.put({ type: "Mesh", name: "default" });
  }

  /** Whether writes of this kind are refused here since another control plane, or Kubernetes, owns them. */
  isReadOnly({ readOnly: always, writtenOn }: Kind): boolean {
    const { mode } = this.role;
    const isElsewhere = mode !== "standalone" && writtenOn !== "either" && writtenOn !== mode;
    return always === true || this.labelPlace.inKubernetes || isElsewhere;
  }

  /** Refuses a write of a kind that is written elsewhere. */
  checkWritable(kind: Kind): void {
    if (!this.isReadOnly(kind)) return;
    const { mode } = this.role;
    const owner = this.labelPlace.inKubernetes ? "kubernetes" : mode === "standalone" ? "zone" : mode;
    throw new KumaError(405, "Method not allowed", readOnly[owner]);
  }

  /** Refuses what is in a mesh that does not exist. */
  checkMesh(mesh: string | undefined): void {
    if (mesh !== undefined && !this.store.get("Mesh", undefined, mesh))
      throw notFound("Failed to retrieve Mesh");
  }

  /** Does what a PUT asks for. */
  put(kind: Kind, mesh: string | undefined, name: string, user: User, body: Buffer): Written {
    this.checkWritable(kind);
    this.checkMesh(mesh);
    return write(this, kind, { mesh, name }, body, () => checkAccess(user, kind));
  }

  /** Does what a DELETE asks for. */
  delete(kind: Kind, mesh: string | undefined, name: string, user: User): void {
    this.checkWritable(kind);
    this.checkMesh(mesh);
    const title = "Could not delete a resource";
    const object = this.store.get(kind.type, mesh, name);
    if (!object) throw notFound(title);
    refuse(checkOrigin(object.labels ?? {}, kind, this.labelPlace, at("", "kuma.io/origin")), title);
    checkAccess(user, kind);
    refuse(kind.checkDelete?.(object, this.store) ?? [], title);
    this.store.delete(kind.type, mesh, name);
  }

  /** Decodes an object that somebody changed past the checks. */
  decodeUnchecked(object: Fields): StoredObject {
    const kind = this.kind(String(object.type));
    const { status = kind.status } = object;
    return {
      ...stored(this, kind, decode(this, kind, object)),
      ...(status !== undefined && { status: structuredClone(status) }),
    };
  }

  /** The object as answers show it. */
  render(object: StoredObject): Fields {
    const kind = this.kind(object.type);
    const { type, mesh, name, creationTime, modificationTime, labels = {}, status, ...spec } = object;
    return structuredClone({
      type,
      ...(mesh !== undefined && { mesh }),
      name,
      creationTime,
      modificationTime,
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(kind.shortName && this.labelPlace.release.hasKri && { kri: identifier(kind.shortName, object) }),
      ...kind.computed?.(object, { name, mesh: mesh ?? "", labels }),
      ...spec,
      ...(status !== undefined && { status }),
    });
  }

  /** The object as answers show it together with what is observed of it, which in the sandbox is nothing. */
  overview(object: StoredObject): Fields {
    const { type, mesh, name, creationTime, modificationTime, labels, kri, ...spec } = this.render(object);
    const field = String(type).replace(/^./, (letter) => letter.toLowerCase());
    return {
      type: `${type}Overview`,
      ...(mesh !== undefined && { mesh }),
      name,
      creationTime,
      modificationTime,
      ...(labels !== undefined && { labels }),
      ...(kri !== undefined && { kri }),
      [field]: spec,
      [`${field}Insight`]: {},
    };
  }
}

function identifier(shortName: string, { mesh = "", name, labels = {} }: StoredObject): string {
  const zone = labels["kuma.io/zone"] ?? "";
  const namespace = labels["k8s.kuma.io/namespace"] ?? "";
  return `kri_${shortName}_${mesh}_${zone}_${namespace}_${displayName({ name, labels })}_`;
}
