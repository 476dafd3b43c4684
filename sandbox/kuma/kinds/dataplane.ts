import { KumaError } from "../errors.ts";
import { olderLabelReasons } from "../go/names.ts";
import {
  duration,
  type Fields,
  flag,
  list,
  map,
  message,
  oneOfNames,
  text,
  textValue,
  uint32,
  uint32Value,
} from "../message.ts";
import { fields, isSet, list as items } from "../rules/checks.ts";
import { checkDataplane } from "./dataplane-rules.ts";
import type { Kind, Surroundings } from "./kind.ts";
import { metricsBackend } from "./mesh-metrics.ts";

const inbound = message({
  port: uint32,
  servicePort: uint32,
  serviceAddress: text,
  address: text,
  tags: map(textValue),
  health: message({ ready: flag }),
  serviceProbe: message({
    interval: duration,
    timeout: duration,
    unhealthy_threshold: uint32Value,
    healthy_threshold: uint32Value,
    tcp: message({}),
  }),
  state: oneOfNames("kuma.mesh.v1alpha1.Dataplane.Networking.Inbound.State", "Ready", "NotReady", "Ignored"),
  name: text,
  protocol: text,
});

const networking = message({
  address: text,
  advertisedAddress: text,
  gateway: message({
    tags: map(textValue),
    type: oneOfNames("kuma.mesh.v1alpha1.Dataplane.Networking.Gateway.GatewayType", "DELEGATED", "BUILTIN"),
  }),
  inbound: list(inbound),
  outbound: list(
    message({
      address: text,
      port: uint32,
      tags: map(textValue),
      backendRef: message({ kind: text, name: text, port: uint32, labels: map(textValue) }),
    }),
  ),
  transparent_proxying: message({
    redirect_port_inbound: uint32,
    redirect_port_outbound: uint32,
    direct_access_services: list(textValue),
    reachable_services: list(textValue),
    ip_family_mode: oneOfNames(
      "kuma.mesh.v1alpha1.Dataplane.Networking.TransparentProxying.IpFamilyMode",
      "UnSpecified",
      "DualStack",
      "IPv4",
      "IPv6",
    ),
    reachable_backends: message({
      refs: list(
        message({
          kind: text,
          name: text,
          namespace: text,
          port: uint32Value,
          labels: map(textValue),
        }),
      ),
    }),
  }),
  admin: message({ port: uint32 }),
  listeners: list(
    message({
      type: oneOfNames(
        "kuma.mesh.v1alpha1.Dataplane.Networking.Listener.Type",
        "Unspecified",
        "ZoneIngress",
        "ZoneEgress",
      ),
      address: text,
      port: uint32,
      name: text,
      state: oneOfNames("kuma.mesh.v1alpha1.Dataplane.Networking.Listener.State", "Ready", "NotReady"),
    }),
  ),
});

/** One instance of a service, or of a gateway. */
export const dataplane: Kind = {
  type: "Dataplane",
  path: "dataplanes",
  inMesh: true,
  writtenOn: "zone",
  goesUp: true,
  shortName: "dp",
  hasOverview: true,
  proxyLabels({ networking: given }) {
    const { gateway, listeners } = fields(given);
    const has = (type: string) => items(listeners).some((each) => fields(each).type === type);
    return {
      // A delegated gateway has a sidecar of the mesh in front of it.
      "kuma.io/proxy-type": fields(gateway).type === "BUILTIN" ? "gateway" : "sidecar",
      "kuma.io/listener-zoneingress": has("ZoneIngress") ? "enabled" : undefined,
      "kuma.io/listener-zoneegress": has("ZoneEgress") ? "enabled" : undefined,
    };
  },
  decode: message({
    networking,
    metrics: metricsBackend,
    probes: message({
      port: uint32,
      endpoints: list(message({ inbound_port: uint32, inbound_path: text, path: text })),
    }),
  }),
  check: checkDataplane,
  complete: completed,
  checkCreate({ labels = {} }) {
    checkWorkload(labels["kuma.io/workload"]);
    return [];
  },
};

/** A new data plane belongs to a workload by a name that can be one; this is said in words of its own. */
function checkWorkload(name = ""): void {
  const reasons = name === "" ? [] : olderLabelReasons(name);
  if (reasons.length === 0) return;
  const form =
    "must be a valid DNS-1035 label (at most 63 characters, matching regex [a-z]([-a-z0-9]*[a-z0-9])?)";
  const detail = `bad request: labels["kuma.io/workload"]: ${form}: ${reasons.join("; ")}`;
  throw new KumaError(400, "Bad Request", detail);
}

/** A data plane with the zone among its tags; where there is a probe, it first has to succeed. */
function completed(spec: Fields, { zone, mesh, isNew }: Surroundings): Fields {
  const { inbound: inbounds, gateway } = fields(spec.networking);
  const hasNoTags = fields(mesh?.meshServices).mode === "Exclusive";
  const inZone = (tags: unknown) => ({ ...fields(tags), "kuma.io/zone": zone });
  return {
    ...spec,
    networking: {
      ...fields(spec.networking),
      ...(isSet(gateway) && { gateway: { ...fields(gateway), tags: inZone(fields(gateway).tags) } }),
      ...(isSet(inbounds) && {
        inbound: items(inbounds)
          .map(fields)
          .map((each) => ({
            ...each,
            ...(isSet(each.tags) || !hasNoTags ? { tags: inZone(each.tags) } : {}),
            ...(isNew && isSet(each.serviceProbe) ? { health: {}, state: "NotReady" } : {}),
          })),
      }),
    },
  };
}
