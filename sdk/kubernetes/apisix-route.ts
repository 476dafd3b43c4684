import type * as pulumi from "@pulumi/pulumi";
import { isObject } from "../../provider/model/fields.ts";
import { apisixRouteObject } from "../../provider/model/kubernetes/apisix-route.ts";
import { itemsOf } from "../../provider/model/kubernetes/object.ts";
import { type AcceptedArgs, waiting } from "./accepted.ts";
import type { ApisixRouteSpec } from "./arguments.ts";
import type { Known } from "./check.ts";
import { withIngressClass } from "./ingress-class.ts";
import { KubernetesObject, type ObjectArgs } from "./object.ts";
import { type Reference, relationsFor } from "./relations.ts";

/** The arguments of {@link ApisixRoute}. */
export interface ApisixRouteArgs extends ObjectArgs, AcceptedArgs {
  /** Which requests go where. */
  spec: pulumi.Input<ApisixRouteSpec>;
}

/**
 * Which requests go where, for the APISIX ingress controller. Defined by the Kubernetes CRD ApisixRoute
 * (`apisix.apache.org/v2`), whose spelling the fields keep; namespaced.
 *
 * @example
 * ```ts
 * new kubernetes.ApisixRoute("httpbin", {
 *   spec: { http: [{ name: "rule1", match: { paths: ["/*"] }, upstreams: [{ name: upstream.metadata.name }] }] },
 * });
 * ```
 */
export class ApisixRoute extends KubernetesObject {
  /** What was declared. */
  declare readonly spec: pulumi.Output<pulumi.Unwrap<ApisixRouteSpec>>;

  constructor(
    name: string,
    { waitForAccepted, ...args }: ApisixRouteArgs,
    options: pulumi.CustomResourceOptions = {},
  ) {
    const what = `kubernetes.ApisixRoute "${name}"`;
    const wait = waiting(what, waitForAccepted, options);
    const relations = relationsFor(options);
    super(apisixRouteObject, name, { ...args, spec: withIngressClass(args.spec) }, wait.options, {
      ...wait,
      relate: async (known) => relations.add([], upstreamReferences(what, known)),
    });
  }
}

function upstreamReferences(what: string, { args }: Known): Reference[] {
  const { spec, metadata } = args;
  if (!isObject(spec) || !isObject(metadata)) return [];
  return itemsOf(spec.http, "spec.http").flatMap(([rule, rulePath]) =>
    itemsOf(rule.upstreams, `${rulePath}.upstreams`).map(([{ name }, path]) => ({
      kind: "ApisixUpstream" as const,
      what,
      path: `${path}.name`,
      name,
      namespace: metadata.namespace,
    })),
  );
}
