import { ExternalBackend, kuma } from "pulumi-external-backends";
import { backends } from "./backends";

/** What is written at the global control plane: the mesh, and which external services it knows. */
export function declareGlobal(): void {
  const mesh = new kuma.Mesh("apps", {
    mtls: { enabledBackend: "ca-1", backends: [{ name: "ca-1", type: "builtin" }] },
    networking: { outbound: { passthrough: false } },
    routing: { zoneEgress: true, localityAwareLoadBalancing: true },
  });
  new kuma.Policy("allow-all", {
    mesh: mesh.name,
    type: "MeshTrafficPermission",
    spec: {
      targetRef: { kind: "Mesh" },
      from: [{ targetRef: { kind: "Mesh" }, default: { action: "Allow" } }],
    },
  });
  for (const [name, { gateway: _, ...backend }] of Object.entries(backends)) {
    if (!backend.mesh) continue;
    const use = { ...backend.mesh, meshes: ["apps"], meshResources: [mesh], egress: true };
    new ExternalBackend(name, { ...backend, mesh: use });
  }
}
