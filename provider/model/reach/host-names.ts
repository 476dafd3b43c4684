import { isMap, type Judged, type Stored } from "../serving/objects.ts";
import { displayName, from, labelsOf, nameOf, ofType, read, textMap, type World, zoneOf } from "./world.ts";

/** The template of the generators that Kuma makes itself. */
const BUILT_IN = "{{ .DisplayName }}.extsvc.mesh.local";

/**
 * The host names of a MeshExternalService: those that the control plane says it has given, else those that the
 * HostnameGenerators would give, with Kuma's own.
 */
export function hostNames(world: World, service: Stored): Judged<string[]> {
  const given = read(service, (get) => {
    const addresses = get("status", "addresses");
    if (!Array.isArray(addresses)) return undefined;
    return addresses.map((_, index) => String(get("status", "addresses", index, "hostname")));
  });
  if (!given.known || given.value) return from([given], (names) => names ?? []);
  const labels = withServerLabels(service, world);
  const generated = ofType(world, "HostnameGenerator").map((generator) =>
    read(generator, (get) => {
      const selector = get("spec", "selector", "meshExternalService");
      if (!isMap(selector)) return undefined;
      const wanted = Object.entries(textMap(get("spec", "selector", "meshExternalService", "matchLabels")));
      if (!wanted.every(([name, value]) => labels[name] === value)) return undefined;
      return fill(String(get("spec", "template") ?? ""), service, labels);
    }),
  );
  return from(generated, (...names) => {
    const all = [fill(BUILT_IN, service, labels), ...names].filter((name) => name !== undefined);
    return [...new Set(all)];
  });
}

/** The labels that selectors see: what was written, and what the server adds. */
function withServerLabels(service: Stored, world: World): Record<string, string> {
  return {
    "kuma.io/mesh": String(service.mesh ?? "default"),
    "kuma.io/origin": "zone",
    "kuma.io/zone": zoneOf(world),
    "kuma.io/env": "universal",
    ...labelsOf(service),
  };
}

function fill(template: string, service: Stored, labels: Readonly<Record<string, string>>): string {
  const values: Readonly<Record<string, string>> = {
    DisplayName: displayName(service),
    Name: nameOf(service),
    Mesh: String(service.mesh ?? "default"),
    Namespace: labels["k8s.kuma.io/namespace"] ?? "",
    Zone: labels["kuma.io/zone"] ?? "",
  };
  return template
    .replace(/\{\{-?\s*\.(\w+)\s*-?\}\}/g, (_, name: string) => values[name] ?? "")
    .replace(/\{\{-?\s*label\s+"([^"]*)"\s*-?\}\}/g, (_, name: string) => labels[name] ?? "");
}
