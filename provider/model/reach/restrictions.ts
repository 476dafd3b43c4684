import { isMap, type Judged, type Stored } from "../serving/objects.ts";
import type { MeshExternalService } from "./mesh-external-service.ts";
import type { MeshFacts } from "./mesh-facts.ts";
import type { Name } from "./names.ts";
import { from, labelsOf, nameOf, read, textMap } from "./world.ts";

/** An outbound that a data plane without a transparent proxy declares. */
export interface Outbound {
  name: Name;
  /** The tag of the service, or the MeshExternalService that it names. */
  to: { tag: string } | { meshExternalService: string } | { labels: Record<string, string> };
}

/** Whether a data plane has a transparent proxy; one that is not given is taken to have one. */
export function isTransparent(dataplane: Stored | undefined): Judged<boolean> {
  if (!dataplane) return { known: true, value: true };
  return read(dataplane, (get) => isMap(get("networking", "transparentProxying")));
}

/** The outbounds that a data plane declares. With a transparent proxy they do not count. */
export function outboundsOf(dataplane: Stored): Judged<Outbound[]> {
  return read(dataplane, (get) => {
    const list = get("networking", "outbound");
    return (Array.isArray(list) ? list : []).flatMap((_, index): Outbound[] => {
      const at = (...path: string[]) => get("networking", "outbound", index, ...path);
      const name = { host: String(at("address") ?? "127.0.0.1"), port: Number(at("port") ?? 0) };
      if (!isMap(at("backendRef"))) {
        return [{ name, to: { tag: String(at("tags", "kuma.io/service") ?? at("service") ?? "") } }];
      }
      if (at("backendRef", "kind") !== "MeshExternalService") return [];
      const labels = textMap(at("backendRef", "labels"));
      if (Object.keys(labels).length > 0) return [{ name, to: { labels } }];
      return [{ name, to: { meshExternalService: String(at("backendRef", "name") ?? "") } }];
    });
  });
}

/** What a data plane with a transparent proxy is told about, of all that its mesh has. */
export interface Restrictions {
  tag: (tag: string) => boolean;
  meshExternalService: (service: MeshExternalService) => boolean;
}

/** Reads `reachableServices` and `reachableBackends`, and how the mesh takes MeshServices. */
export function restrictionsOf(mesh: MeshFacts, dataplane: Stored | undefined): Judged<Restrictions> {
  const lists = read(dataplane ?? {}, (get) => {
    const services = get("networking", "transparentProxying", "reachableServices");
    const backends = get("networking", "transparentProxying", "reachableBackends");
    const refs = get("networking", "transparentProxying", "reachableBackends", "refs");
    return {
      services: (Array.isArray(services) ? services : []).map((_, index) =>
        String(get("networking", "transparentProxying", "reachableServices", index)),
      ),
      backends: isMap(backends)
        ? (Array.isArray(refs) ? refs : []).map((_, index) => {
            const at = (name: string) =>
              get("networking", "transparentProxying", "reachableBackends", "refs", index, name);
            return { kind: at("kind"), name: at("name"), labels: textMap(at("labels")) };
          })
        : undefined,
    };
  });
  return from([lists, mesh.meshServices], ({ services, backends }, mode) => ({
    tag: (tag) => mode !== "Exclusive" && (services.length === 0 || services.includes(tag)),
    meshExternalService: (service) => {
      if (backends)
        return backends.some((ref) => ref.kind === "MeshExternalService" && refersTo(ref, service));
      return services.length === 0 && mode !== "ReachableBackends";
    },
  }));
}

function refersTo(
  ref: { name: unknown; labels: Record<string, string> },
  service: MeshExternalService,
): boolean {
  const labels = labelsOf(service.object);
  const wanted = Object.entries(ref.labels);
  if (wanted.length > 0) return wanted.every(([name, value]) => labels[name] === value);
  return ref.name === nameOf(service.object) || ref.name === service.displayName;
}
