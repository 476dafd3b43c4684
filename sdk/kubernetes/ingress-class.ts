import * as pulumi from "@pulumi/pulumi";
import { mapInput } from "./inputs.ts";

/** A spec with the configuration's `apisix:ingressClassName`, unless it has one of its own. */
export function withIngressClass<T extends { ingressClassName?: unknown }>(
  spec: pulumi.Input<T>,
): pulumi.Input<T> {
  const ingressClassName = new pulumi.Config("apisix").get("ingressClassName");
  if (ingressClassName === undefined) return spec;
  return mapInput<T, T>(spec, (given) =>
    given === undefined || given.ingressClassName !== undefined ? given : { ...given, ingressClassName },
  );
}
