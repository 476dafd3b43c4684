import type { DialectName } from "./dialect.ts";
import type { Kind } from "./kind.ts";
import { SPECIFIED_KINDS } from "./kuma/policies/index.ts";

/**
 * Every kind of resource, by its type. A new one is a line here. A kind's file is loaded when its kind is first asked for:
 * making the schemas of all takes longer than all else at the start of the provider's process.
 */
const LOAD: Record<string, () => Kind> = {
  "apisix:Route": () => require("./apisix/route.ts").route,
  "apisix:Upstream": () => require("./apisix/upstream.ts").upstream,
  "apisix:Service": () => require("./apisix/service.ts").service,
  "apisix:PluginConfig": () => require("./apisix/plugin-config.ts").pluginConfig,
  "apisix:GlobalRule": () => require("./apisix/global-rule.ts").globalRule,
  "apisix:PluginMetadata": () => require("./apisix/plugin-metadata.ts").pluginMetadata,
  "apisix:Consumer": () => require("./apisix/consumer.ts").consumer,
  "apisix:Credential": () => require("./apisix/credential.ts").credential,
  "apisix:ConsumerGroup": () => require("./apisix/consumer-group.ts").consumerGroup,
  "apisix:Ssl": () => require("./apisix/ssl.ts").ssl,
  "apisix:StreamRoute": () => require("./apisix/stream-route.ts").streamRoute,
  "apisix:Proto": () => require("./apisix/proto.ts").proto,
  "apisix:Secret": () => require("./apisix/secret.ts").apisixSecret,
  "kuma:ExternalService": () => require("./kuma/external-service.ts").externalService,
  "kuma:ZoneEgress": () => require("./kuma/zone-egress.ts").zoneEgress,
  "kuma:Mesh": () => require("./kuma/mesh.ts").mesh,
  "kuma:MeshPatch": () => require("./kuma/mesh-patch.ts").meshPatch,
  "kuma:Secret": () => require("./kuma/secret.ts").secret,
  "kuma:MeshExternalService": () => require("./kuma/mesh-external-service.ts").meshExternalService,
  "kuma:Policy": () => require("./kuma/policy.ts").policy,
  ...Object.fromEntries(SPECIFIED_KINDS),
};

/** Every kind of resource. Loads them all, so that only what goes through all of them may use it. */
export const KINDS: readonly Kind[] = /* @__PURE__ */ Object.keys(LOAD).map(kindOf);

/** The types of all kinds of a product, without it: `Route`. */
export function typesOf(dialect: DialectName): string[] {
  return Object.keys(LOAD).flatMap((type) =>
    type.startsWith(`${dialect}:`) ? [type.slice(dialect.length + 1)] : [],
  );
}

/** Whether a type is one of a kind. */
export function isKind(type: string): boolean {
  return Object.hasOwn(LOAD, type);
}

/** The kind of a type such as `apisix:Route`. */
export function kindOf(type: string): Kind {
  const load = Object.hasOwn(LOAD, type) ? LOAD[type] : undefined;
  if (load) return load();
  throw new Error(
    `This version of pulumi-external-backends knows no resource "${type}": the stack was last run with a newer one.`,
  );
}

/** The hidden input `__provider`: the line that loads this package's code in the provider process. Stands in states for ever. */
export function handlerText(type: string): string {
  return `exports.handler = () => require("pulumi-external-backends/provider").handler(${JSON.stringify(type)});`;
}
