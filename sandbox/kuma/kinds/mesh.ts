import type { Violation } from "../errors.ts";
import {
  duration,
  type FieldDecoder,
  type Fields,
  flag,
  flagValue,
  list,
  map,
  message,
  oneOfNames,
  struct,
  text,
  textValue,
} from "../message.ts";
import {
  complainIf,
  complaint,
  each,
  fields,
  isSet,
  list as items,
  text as textOf,
} from "../rules/checks.ts";
import { nameWarnings } from "../rules/names.ts";
import { checkSelector } from "../rules/tags.ts";
import { checkAuthorities, checkAuthorityChange } from "./authorities.ts";
import { checkBackendNames, checkChosenBackend } from "./backend-names.ts";
import type { Kind } from "./kind.ts";
import { checkLogging, checkTracing, logging, tracing } from "./mesh-backends.ts";
import { checkMetrics, metrics, withMetricsDefaults } from "./mesh-metrics.ts";

const backend = message({
  name: text,
  type: text,
  dpCert: message({ rotation: message({ expiration: text }), requestTimeout: duration }),
  conf: struct,
  mode: oneOfNames("kuma.mesh.v1alpha1.CertificateAuthorityBackend.Mode", "STRICT", "PERMISSIVE"),
  rootChain: message({ requestTimeout: duration }),
});

const tagged = message({ tags: map(textValue) });

/** A service mesh. Kuma 3 no longer knows zone egress among its routing fields. */
export function mesh(hasZoneEgress: boolean): Kind {
  const routing: Record<string, FieldDecoder> = {
    localityAwareLoadBalancing: flag,
    ...(hasZoneEgress && { zoneEgress: flag }),
    defaultForbidMeshExternalServiceAccess: flag,
  };
  return {
    type: "Mesh",
    path: "meshes",
    inMesh: false,
    writtenOn: "global",
    goesDown: true,
    keepsName: true,
    shortName: "m",
    decode: message({
      mtls: message({ enabledBackend: text, backends: list(backend), skipValidation: flag }),
      tracing,
      logging,
      metrics,
      networking: message({ outbound: message({ passthrough: flagValue }) }),
      routing: message(routing),
      constraints: message({
        dataplaneProxy: message({ requirements: list(tagged), restrictions: list(tagged) }),
      }),
      skipCreatingInitialPolicies: list(textValue),
      meshServices: message({
        mode: oneOfNames(
          "kuma.mesh.v1alpha1.Mesh.MeshServices.Mode",
          "Disabled",
          "Everywhere",
          "ReachableBackends",
          "Exclusive",
        ),
      }),
    }),
    check: (spec) => [
      ...checkMtls(fields(spec.mtls)),
      ...checkLogging(fields(spec.logging)),
      ...checkTracing(fields(spec.tracing)),
      ...checkMetrics(fields(spec.metrics)),
      ...checkConstraints(fields(spec.constraints)),
      ...checkZoneEgress(spec),
    ],
    warnings: (_spec, circumstances) => nameWarnings("Mesh", circumstances),
    complete: withMetricsDefaults,
    checkCreate: (object, store) => [
      ...complainIf(object.name.length > 63, "name", "cannot be longer than 63 characters"),
      ...checkAuthorities(object, store),
    ],
    checkUpdate: (before, after, store) => [
      ...checkAuthorityChange(before, after),
      ...checkAuthorities(after, store),
    ],
    checkDelete: ({ name }, store) =>
      complainIf(
        store.list("Dataplane", name).length > 0,
        "mesh",
        "unable to delete mesh, there are still some dataplanes attached",
      ),
  };
}

function checkMtls({ enabledBackend, backends }: Fields): Violation[] {
  return [
    ...complainIf(items(backends).length > 1, "mtls.backends", "cannot have more than 1 backends"),
    ...checkBackendNames(backends, "mtls.backends"),
    ...checkChosenBackend(
      enabledBackend,
      backends,
      "mtls.enabledBackend",
      "has to be set to one of the backends in the mesh",
    ),
    ...each(backends, "mtls.backends", ({ dpCert }) => {
      const expiration = textOf(fields(fields(dpCert).rotation).expiration);
      const isWrong = isSet(dpCert) && expiration !== "0" && !/^\d+(y|w|d|h|m|s|ms)$/.test(expiration);
      return complainIf(isWrong, "mtls.dpcert.rotation.expiration", "has to be a valid format");
    }),
  ];
}

function checkConstraints({ dataplaneProxy }: Fields): Violation[] {
  return ["requirements", "restrictions"].flatMap((name) =>
    each(fields(dataplaneProxy)[name], `constraints.dataplaneProxy.${name}`, ({ tags }, field) =>
      checkSelector(tags, `${field}.tags`, { some: true }),
    ),
  );
}

function checkZoneEgress({ routing, mtls }: Fields): Violation[] {
  const isLost = fields(routing).zoneEgress === true && textOf(fields(mtls).enabledBackend) === "";
  return isLost ? complaint("mtls", "has to be set when zoneEgress enabled") : [];
}
