import { KumaError, malformed, notFound, notValid } from "./errors.ts";
import { type Kind, kindsOf } from "./kinds/index.ts";
import { DecodeError, type Fields, isFields } from "./message.ts";
import { checkAddress, checkLabels, checkNames, decodeMeta, type Meta } from "./meta.ts";
import { type Release, releaseOf } from "./release.ts";
import { Store, type StoredObject } from "./store.ts";

/** What a control plane is within its federation; a standalone one is a zone of its own. */
export type Role = { mode: "standalone" } | { mode: "global" } | { mode: "zone"; zone: string };

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
  readonly store = new Store();
  readonly #inKubernetes: boolean;
  readonly #release: Release;

  constructor(role: Role, version: string, inKubernetes: boolean) {
    this.role = role;
    this.#release = releaseOf(version);
    this.kinds = kindsOf(version);
    this.#inKubernetes = inKubernetes;
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
      environment: this.#inKubernetes ? "kubernetes" : "universal",
      multizone: {
        zone: {
          name: this.zone,
          ...(this.role.mode === "zone" ? { globalAddress: "grpcs://127.0.0.1:5685" } : {}),
        },
      },
    };
  }

  /** Removes everything but the default mesh, and a global one's zones. */
  clear(): void {
    for (const { type, mesh, name } of this.store.all()) {
      if (type !== "Zone" && !(type === "Mesh" && name === "default")) this.store.delete(type, mesh, name);
    }
    this.store.put({ type: "Mesh", name: "default" });
  }

  /** Refuses a write of this kind where another control plane, or Kubernetes, owns it. */
  checkWritable({ writtenOn }: Kind): void {
    const { mode } = this.role;
    const reason = this.#inKubernetes
      ? readOnly.kubernetes
      : mode !== "standalone" && writtenOn !== "either" && writtenOn !== mode && readOnly[mode];
    if (reason) throw new KumaError(405, "Method not allowed", reason);
  }

  /** Refuses what is in a mesh that does not exist. */
  checkMesh(mesh: string | undefined): void {
    if (mesh !== undefined && !this.store.get("Mesh", undefined, mesh))
      throw notFound("Failed to retrieve Mesh");
  }

  /** Reads a body that was sent for the resource at this address, and checks everything about it. */
  decode(kind: Kind, mesh: string | undefined, name: string, body: unknown): StoredObject {
    const { meta, spec } = this.#decoding(kind, body);
    const violations = kind.check?.(spec) ?? [];
    if (violations.length > 0) throw notValid(violations);
    const isNew = !this.store.get(kind.type, mesh, name);
    const metaViolations = [
      ...checkAddress(meta, { type: kind.type, mesh, name }),
      ...this.#checkOrigin(kind, meta),
      ...checkLabels(meta.labels),
      ...(isNew ? checkNames(meta, kind.inMesh) : []),
    ];
    if (metaViolations.length > 0) throw notValid(metaViolations);
    return this.#complete(kind, meta, spec);
  }

  /** Decodes an object that somebody changed past the checks. */
  decodeUnchecked(object: Fields): StoredObject {
    const kind = this.kinds.find(({ type }) => type === object.type);
    if (!kind) throw new Error(`Kuma has no type ${String(object.type)}`);
    const { meta, spec } = this.#decoding(kind, object);
    return this.#complete(kind, meta, spec);
  }

  /** The object as answers show it. */
  render(object: StoredObject): Fields {
    const kind = this.kinds.find(({ type }) => type === object.type);
    const { type, mesh, name, creationTime, modificationTime, labels = {}, ...spec } = object;
    const zone = labels["kuma.io/zone"] ?? "";
    const displayName = labels["kuma.io/display-name"] ?? name;
    return structuredClone({
      type,
      ...(mesh !== undefined && { mesh }),
      name,
      creationTime,
      modificationTime,
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(kind?.shortName &&
        this.#release.hasKri && { kri: `kri_${kind.shortName}_${mesh ?? ""}_${zone}__${displayName}_` }),
      ...kind?.computed?.(object, zone),
      ...spec,
    });
  }

  #decoding(kind: Kind, given: unknown): { meta: Meta; spec: Fields } {
    const body = isFields(given) && !this.#release.keepsLabels ? { ...given, labels: undefined } : given;
    try {
      return { meta: decodeMeta(body), spec: kind.decode(isFields(body) ? body : {}) };
    } catch (error) {
      throw error instanceof DecodeError ? malformed(kind.type, error.message) : error;
    }
  }

  #checkOrigin({ needsOriginOnZone }: Kind, { labels }: Meta) {
    if (this.role.mode !== "zone" || !needsOriginOnZone || labels["kuma.io/origin"] === "zone") return [];
    return [{ field: 'labels["kuma.io/origin"]', reason: "the origin label must be set to 'zone'" }];
  }

  #complete(kind: Kind, meta: Meta, spec: Fields): StoredObject {
    const labels: Record<string, string> = {};
    const { addsMeshLabel, keepsLabels } = this.#release;
    if (addsMeshLabel && kind.addedLabels !== "none" && kind.inMesh) labels["kuma.io/mesh"] = meta.mesh;
    if (keepsLabels && kind.addedLabels === "all" && this.role.mode !== "global") {
      labels["kuma.io/env"] = this.#inKubernetes ? "kubernetes" : "universal";
      labels["kuma.io/origin"] = "zone";
      labels["kuma.io/zone"] = this.zone;
      Object.assign(labels, kind.moreLabels);
    }
    Object.assign(labels, meta.labels);
    return {
      type: kind.type,
      ...(kind.inMesh && { mesh: meta.mesh }),
      name: meta.name,
      ...(Object.keys(labels).length > 0 && { labels }),
      ...spec,
    };
  }
}
