import type { Violation } from "../errors.ts";
import {
  type Decoder,
  flag,
  flagValue,
  list,
  message,
  oneOfNames,
  open,
  text,
  textValue,
} from "../message.ts";
import type { Kind } from "./kind.ts";

interface Spec {
  routing?: { zoneEgress?: boolean };
  mtls?: {
    enabledBackend?: string;
    backends?: { name?: string; dpCert?: { rotation?: { expiration?: string } } }[];
  };
}

const duration = /^(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/;

/** A service mesh. Kuma 3 no longer knows zone egress among its routing fields. */
export function mesh(hasZoneEgress: boolean): Kind {
  const routing: Record<string, Decoder> = {
    localityAwareLoadBalancing: flag,
    ...(hasZoneEgress && { zoneEgress: flag }),
    defaultForbidMeshExternalServiceAccess: flag,
  };
  const backend = message({
    name: text,
    type: text,
    dpCert: message({ rotation: message({ expiration: text }), requestTimeout: open }),
    conf: open,
    mode: oneOfNames("kuma.mesh.v1alpha1.CertificateAuthorityBackend_Mode", "STRICT", "PERMISSIVE"),
    rootChain: open,
  });
  return {
    type: "Mesh",
    path: "meshes",
    inMesh: false,
    writtenOn: "global",
    addedLabels: "none",
    shortName: "m",
    decode: message({
      mtls: message({ enabledBackend: text, backends: list(backend), skipValidation: flag }),
      tracing: open,
      logging: open,
      metrics: open,
      networking: message({ outbound: message({ passthrough: flagValue }) }),
      routing: message(routing),
      constraints: open,
      skipCreatingInitialPolicies: list(textValue),
      meshServices: message({
        mode: oneOfNames(
          "kuma.mesh.v1alpha1.Mesh_MeshServices_Mode",
          "Disabled",
          "Everywhere",
          "ReachableBackends",
          "Exclusive",
        ),
      }),
    }),
    check: (fields) => checkMesh(fields as Spec),
  };
}

function checkMesh({ mtls, routing }: Spec): Violation[] {
  const violations: Violation[] = [];
  const names = new Set<string>();
  const backends = mtls?.backends ?? [];
  backends.forEach(({ name = "" }, index) => {
    if (names.has(name)) {
      const reason = `"${name}" name is already used for another backend`;
      violations.push({ field: `mtls.backends[${index}].name`, reason });
    }
    names.add(name);
  });
  if (mtls?.enabledBackend && !names.has(mtls.enabledBackend)) {
    violations.push({
      field: "mtls.enabledBackend",
      reason: "has to be set to one of the backends in the mesh",
    });
  }
  if (backends.some(({ dpCert }) => !duration.test(dpCert?.rotation?.expiration ?? ""))) {
    violations.push({ field: "mtls.dpcert.rotation.expiration", reason: "has to be a valid format" });
  }
  if (routing?.zoneEgress && !mtls?.enabledBackend) {
    violations.push({ field: "mtls", reason: "has to be set when zoneEgress enabled" });
  }
  return violations;
}
