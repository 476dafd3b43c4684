import * as pulumi from "@pulumi/pulumi";
import * as kuma from "pulumi-external-backends/kuma";

/** A zone: its control plane, and where data planes of the zone reach its egress. */
interface Zone {
  url: string;
  egressAddress: string;
}

const zones = new pulumi.Config().requireObject<Record<string, Zone>>("zones");

// The mesh lets nothing out by itself, and sends what it knows through the egress, which needs mTLS.
const mesh = new kuma.Mesh("apps", {
  mtls: { enabledBackend: "ca-1", backends: [{ name: "ca-1", type: "builtin" }] },
  networking: { outbound: { passthrough: false } },
  routing: { zoneEgress: true },
});

// With mTLS nothing passes without a permission; the egress asks for it, too.
new kuma.Policy("allow-all", {
  mesh: mesh.name,
  type: "MeshTrafficPermission",
  spec: {
    targetRef: { kind: "Mesh" },
    from: [{ targetRef: { kind: "Mesh" }, default: { action: "Allow" } }],
  },
});

// Who asked for what, in the sidecars' logs.
new kuma.Policy("outgoing", {
  mesh: mesh.name,
  type: "MeshAccessLog",
  spec: {
    targetRef: { kind: "Mesh" },
    to: [
      {
        targetRef: { kind: "Mesh" },
        default: { backends: [{ type: "File", file: { path: "/dev/stdout" } }] },
      },
    ],
  },
});

// An egress in each zone, written at the zone's own control plane.
const egresses = Object.entries(zones).map(([zone, { url, egressAddress }]) => {
  const provider = new kuma.Provider(zone, { zoneUrl: url });
  const networking = { address: egressAddress, port: 10002 };
  return new kuma.ZoneEgress(`egress-${zone}`, { zone, networking }, { provider });
});

// Programs speak TLS themselves, as in `curl https://example.com`, so for the mesh it is tcp. The ways out come first.
const example = new kuma.ExternalService(
  "example",
  {
    mesh: mesh.name,
    tags: { "kuma.io/service": "example", "kuma.io/protocol": "tcp" },
    networking: { address: "example.com:443", tls: { enabled: false } },
  },
  { dependsOn: egresses },
);

export const meshName = mesh.name;
export const serviceName = example.name;
