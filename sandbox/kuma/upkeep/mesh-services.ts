import { isDeepStrictEqual } from "node:util";
import type { ControlPlane } from "../control-plane.ts";
import type { Fields } from "../message.ts";
import { fields, list, text } from "../rules/checks.ts";
import type { StoredObject } from "../store.ts";
import { inboundsOf, isHealthy, selected, servicesOf, workloadOf } from "./dataplanes.ts";
import { identitiesOf, isUsable, spiffeId, trustDomain } from "./identities.ts";

const MANAGER = "meshservice-generator";
const GRACE = "kuma.io/deletion-grace-period-started-at";

/** Makes a service for each that data planes of a mesh speak of, and marks those that none speaks of any more. */
export function makeMeshServices({ store, zone }: ControlPlane, mesh: StoredObject): void {
  const wanted = servicesOf(store.list("Dataplane", mesh.name).filter(isLocal));
  const isOff = [undefined, "Disabled"].includes(fields(mesh.meshServices).mode as string | undefined);
  for (const service of store.list("MeshService", mesh.name)) {
    const labels = service.labels ?? {};
    if (!isLocal(service) || labels["kuma.io/managed-by"] !== MANAGER) continue;
    if (isOff) store.delete(service.type, mesh.name, service.name);
    else if (!wanted.has(service.name)) mark(store, service);
    else if (labels[GRACE]) {
      const { [GRACE]: _, ...others } = labels;
      store.put({ ...service, labels: others });
    }
  }
  if (isOff) return;
  for (const [name, ports] of wanted) {
    const existing = store.get("MeshService", mesh.name, name);
    const isOurs = existing?.labels?.["kuma.io/managed-by"] === MANAGER;
    if (existing && (!isOurs || isDeepStrictEqual(fields(existing.spec).ports, ports))) continue;
    store.put({
      type: "MeshService",
      mesh: mesh.name,
      name,
      labels: existing?.labels ?? {
        "kuma.io/mesh": mesh.name,
        "kuma.io/display-name": name,
        "kuma.io/managed-by": MANAGER,
        "kuma.io/env": "universal",
        "kuma.io/zone": zone,
        "kuma.io/origin": "zone",
      },
      spec: {
        selector: { dataplaneTags: { "kuma.io/service": name } },
        ports,
        state: "Unavailable",
      },
      status: existing?.status ?? { tls: {}, dataplaneProxies: {} },
    });
  }
}

function mark(store: ControlPlane["store"], service: StoredObject): void {
  if (service.labels?.[GRACE]) return;
  store.put({ ...service, labels: { ...service.labels, [GRACE]: new Date().toISOString() } });
}

/** Whether an object was made in this zone. */
export const isLocal = ({ labels }: StoredObject): boolean => labels?.["kuma.io/origin"] !== "global";

/** A service with what the control plane knows of its data planes. */
export function observed(controlPlane: ControlPlane, service: StoredObject): StoredObject {
  if (!isLocal(service)) return service;
  const { store, zone } = controlPlane;
  const { mesh: meshName = "" } = service;
  const mesh = fields(store.get("Mesh", undefined, meshName));
  const dataplanes = selected(service, store.list("Dataplane", meshName));
  const identities = store.list("MeshIdentity", meshName);
  const ports = list(fields(service.spec).ports).map(fields);
  const healthy = dataplanes.filter((each) => servesAll(each, ports)).length;
  const { identities: _, state: __, ...spec } = fields(service.spec);
  const values = identityValues(dataplanes, identities, zone);
  return {
    ...service,
    spec: {
      ...spec,
      state: healthy > 0 ? "Available" : "Unavailable",
      ...(values.length > 0 && { identities: values }),
    },
    status: {
      ...fields(service.status),
      tls: { status: tlsStatus(service, mesh, dataplanes, identities, controlPlane) },
      dataplaneProxies: {
        ...(healthy > 0 && { healthy }),
        ...(dataplanes.length > 0 && { total: dataplanes.length }),
      },
    },
  };
}

/** Whether a data plane has a healthy inbound for every port of a service. */
const servesAll = (dataplane: StoredObject, ports: Fields[]): boolean =>
  ports.every(({ targetPort }) =>
    inboundsOf(dataplane).some(
      ({ state, port, name }) =>
        state === undefined && (typeof targetPort === "string" ? name === targetPort : port === targetPort),
    ),
  );

function identityValues(dataplanes: StoredObject[], identities: StoredObject[], zone: string): Fields[] {
  const tags = dataplanes.flatMap((dataplane) => {
    const named = inboundsOf(dataplane).map(({ tags: own }) => text(fields(own)["kuma.io/service"]));
    const services = named.filter((service) => service !== "");
    return services.length > 0 ? services : [workloadOf(dataplane)].filter((name) => name !== undefined);
  });
  const ids = dataplanes.flatMap((dataplane) =>
    identitiesOf(dataplane, identities)
      .filter(isUsable)
      .map((identity) => spiffeId(identity, dataplane, zone))
      .filter((id) => id !== undefined),
  );
  const sorted = (values: string[]) => [...new Set(values)].sort();
  return [
    ...sorted(tags).map((value) => ({ type: "ServiceTag", value })),
    ...sorted(ids).map((value) => ({ type: "SpiffeID", value })),
  ];
}

function tlsStatus(
  { status }: StoredObject,
  { mtls }: Fields,
  dataplanes: StoredObject[],
  identities: StoredObject[],
  { store, zone }: ControlPlane,
): string {
  const isOn = text(fields(mtls).enabledBackend) !== "";
  if (!isOn && identities.length === 0) return "NotReady";
  // Once it is ready it stays so: new data planes begin with TLS.
  if (fields(fields(status).tls).status === "Ready") return "Ready";
  // Nobody connects to the sandbox's control plane, so that none has got a certificate from a backend.
  if (isOn) return dataplanes.length === 0 ? "Ready" : "NotReady";
  const domains = store.list("MeshTrust").map(({ spec }) => fields(spec).trustDomain);
  const isReady = dataplanes.every((dataplane) =>
    identitiesOf(dataplane, identities).some(
      (identity) => isUsable(identity) && domains.includes(trustDomain(identity, dataplane, zone)),
    ),
  );
  return isReady ? "Ready" : "NotReady";
}

/** Makes a workload for each that data planes of a mesh belong to, and removes those to which none belongs. */
export function makeWorkloads({ store, zone }: ControlPlane, mesh: StoredObject): void {
  const dataplanes = store.list("Dataplane", mesh.name);
  const wanted = new Set(dataplanes.map(workloadOf).filter((name) => name !== undefined));
  for (const { type, name } of store.list("Workload", mesh.name)) {
    if (!wanted.has(name)) store.delete(type, mesh.name, name);
  }
  for (const name of wanted) {
    const own = dataplanes.filter((dataplane) => workloadOf(dataplane) === name);
    const healthy = own.filter((dataplane) => inboundsOf(dataplane).some(isHealthy)).length;
    const existing = store.get("Workload", mesh.name, name);
    const status = { dataplaneProxies: { connected: 0, healthy, total: own.length } };
    if (existing && isDeepStrictEqual(existing.status, status)) continue;
    store.put({
      type: "Workload",
      mesh: mesh.name,
      name,
      labels: existing?.labels ?? {
        "kuma.io/env": "universal",
        "kuma.io/managed-by": "workload-generator",
        "kuma.io/mesh": mesh.name,
        "kuma.io/zone": zone,
      },
      spec: existing?.spec ?? {},
      status,
    });
  }
}

/** A service of several zones with the services that it consists of. */
export function withMembers({ store }: ControlPlane, service: StoredObject): StoredObject {
  const { matchLabels } = fields(fields(fields(service.spec).selector).meshService);
  const members = store
    .list("MeshService")
    .filter(({ labels = {} }) =>
      Object.entries(fields(matchLabels)).every(([key, value]) => labels[key] === value),
    )
    .map(({ mesh, name, labels = {} }) => ({
      name: labels["kuma.io/display-name"] ?? name,
      namespace: labels["k8s.kuma.io/namespace"] ?? "",
      zone: labels["kuma.io/zone"] ?? "",
      mesh,
    }));
  const isSome = members.length > 0;
  const condition = {
    type: "MeshServicesMatched",
    status: isSome ? "True" : "False",
    reason: isSome ? "MatchesFound" : "NoMatchesFound",
    message: isSome
      ? `Matched ${members.length} MeshService(s)`
      : "Selector does not match any MeshService in this zone",
  };
  const { meshServices: _, ...status } = fields(service.status);
  return {
    ...service,
    status: { ...status, ...(isSome && { meshServices: members }), conditions: [condition] },
  };
}
