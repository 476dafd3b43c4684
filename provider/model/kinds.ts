import { consumer } from "./apisix/consumer.ts";
import { consumerGroup } from "./apisix/consumer-group.ts";
import { credential } from "./apisix/credential.ts";
import { globalRule } from "./apisix/global-rule.ts";
import { pluginConfig } from "./apisix/plugin-config.ts";
import { pluginMetadata } from "./apisix/plugin-metadata.ts";
import { proto } from "./apisix/proto.ts";
import { route } from "./apisix/route.ts";
import { apisixSecret } from "./apisix/secret.ts";
import { service } from "./apisix/service.ts";
import { ssl } from "./apisix/ssl.ts";
import { streamRoute } from "./apisix/stream-route.ts";
import { upstream } from "./apisix/upstream.ts";
import type { Kind } from "./kind.ts";
import { externalService } from "./kuma/external-service.ts";
import { mesh } from "./kuma/mesh.ts";
import { meshExternalService } from "./kuma/mesh-external-service.ts";
import { meshPatch } from "./kuma/mesh-patch.ts";
import { policy } from "./kuma/policy.ts";
import { secret } from "./kuma/secret.ts";
import { zoneEgress } from "./kuma/zone-egress.ts";

/** Every kind of resource. A new one is a line here. */
export const KINDS: readonly Kind[] = [
  route,
  upstream,
  service,
  pluginConfig,
  globalRule,
  pluginMetadata,
  consumer,
  credential,
  consumerGroup,
  ssl,
  streamRoute,
  proto,
  apisixSecret,
  externalService,
  zoneEgress,
  mesh,
  meshPatch,
  secret,
  meshExternalService,
  policy,
];

/** The kind of a type such as `apisix:Route`. */
export function kindOf(type: string): Kind {
  const kind = KINDS.find((candidate) => candidate.type === type);
  if (kind) return kind;
  throw new Error(
    `This version of pulumi-external-backends knows no resource "${type}": the stack was last run with a newer one.`,
  );
}

/** The hidden input `__provider`: the line that loads this package's code in the provider process. Stands in states for ever. */
export function handlerText(type: string): string {
  return `exports.handler = () => require("pulumi-external-backends/provider").handler(${JSON.stringify(type)});`;
}
