import type { Fields } from "../message.ts";
import type { Role } from "../role.ts";
import type { StoredObject } from "../store.ts";

const generator = (name: string, kind: string, labels: Fields, template: string): StoredObject => ({
  type: "HostnameGenerator",
  name,
  spec: { selector: { [kind]: { matchLabels: labels } }, template },
});

const ofZone = { "kuma.io/origin": "zone" };
const ofGlobal = { "kuma.io/origin": "global" };
const ofKubernetes = (isHeadless: boolean) => ({
  "k8s.kuma.io/is-headless-service": String(isHeadless),
  "kuma.io/env": "kubernetes",
  ...ofGlobal,
});

/** The host name generators that a control plane makes when it starts. */
export function defaultGenerators({ mode }: Role, inKubernetes: boolean): StoredObject[] {
  if (mode !== "global") {
    const external = "{{ .DisplayName }}.extsvc.mesh.local";
    const own = [
      generator("local-mesh-external-service", "meshExternalService", ofZone, external),
      ...(inKubernetes
        ? []
        : [
            generator(
              "local-universal-mesh-service",
              "meshService",
              ofZone,
              "{{ .DisplayName }}.svc.mesh.local",
            ),
          ]),
    ];
    return own.map((each) => ({ ...each, labels: ofZone }));
  }
  const inCluster = ".{{ .Namespace }}.svc.{{ .Zone }}.mesh.local";
  const pod = '{{ label "statefulset.kubernetes.io/pod-name" }}.{{ label "k8s.kuma.io/service-name" }}';
  return [
    generator(
      "synced-mesh-multi-zone-service",
      "meshMultiZoneService",
      ofGlobal,
      "{{ .DisplayName }}.mzsvc.mesh.local",
    ),
    generator(
      "synced-kube-mesh-service",
      "meshService",
      ofKubernetes(false),
      `{{ .DisplayName }}${inCluster}`,
    ),
    generator("synced-headless-kube-mesh-service", "meshService", ofKubernetes(true), `${pod}${inCluster}`),
    generator(
      "synced-universal-mesh-service",
      "meshService",
      { "kuma.io/env": "universal", ...ofGlobal },
      "{{ .DisplayName }}.svc.{{ .Zone }}.mesh.local",
    ),
    generator(
      "synced-mesh-external-service",
      "meshExternalService",
      ofGlobal,
      "{{ .DisplayName }}.extsvc.mesh.local",
    ),
  ];
}
