import * as pulumi from "@pulumi/pulumi";
import { isObject } from "../../provider/model/fields.ts";
import { apisixUpstreamObject } from "../../provider/model/kubernetes/apisix-upstream.ts";
import { itemsOf } from "../../provider/model/kubernetes/object.ts";
import { type AcceptedArgs, waiting } from "./accepted.ts";
import type { ApisixUpstreamSpec } from "./arguments.ts";
import { type Known, resolve } from "./check.ts";
import { withIngressClass } from "./ingress-class.ts";
import { KubernetesObject, type ObjectArgs } from "./object.ts";
import {
  namesOf,
  type Reference,
  type Relations,
  relationsFor,
  serviceTarget,
  type Target,
} from "./relations.ts";

/** The arguments of {@link ApisixUpstream}. */
export interface ApisixUpstreamArgs extends ObjectArgs, AcceptedArgs {
  /** Backends and how APISIX talks to them. */
  spec: pulumi.Input<ApisixUpstreamSpec>;
}

/**
 * Backends outside the cluster and how APISIX talks to them, for the APISIX ingress controller. Defined by the
 * Kubernetes CRD ApisixUpstream (`apisix.apache.org/v2`); namespaced. Without `externalNodes` and `discovery` it holds
 * settings for the Kubernetes Service of its name. Where a node is an ExternalName Service of the same program, an annotation
 * has the domain of that Service: a new one changes both in one update, or the controller would keep the old one.
 *
 * @example
 * ```ts
 * const upstream = new kubernetes.ApisixUpstream("httpbin", {
 *   spec: { externalNodes: [{ type: "Domain", name: "httpbin.org" }] },
 * });
 * ```
 */
export class ApisixUpstream extends KubernetesObject {
  /** What was declared. */
  declare readonly spec: pulumi.Output<pulumi.Unwrap<ApisixUpstreamSpec>>;

  constructor(
    name: string,
    { waitForAccepted, ...args }: ApisixUpstreamArgs,
    options: pulumi.CustomResourceOptions = {},
  ) {
    const what = `kubernetes.ApisixUpstream "${name}"`;
    const wait = waiting(what, waitForAccepted, options);
    const relations = relationsFor(options);
    relations.expect("ApisixUpstream");
    super(apisixUpstreamObject, name, { ...args, spec: withIngressClass(args.spec) }, wait.options, {
      ...wait,
      relate: async (known) => {
        const targets = [targetOf(what, known), ...(await servicesOf(what, known))];
        relations.add(targets, nodeReferences(what, known), "ApisixUpstream");
      },
      annotate: (known) => followed(known, relations),
    });
  }
}

/** The annotation that changes with the domains of the Services among the nodes. */
const FOLLOWED = "pulumi-external-backends/external-names";

/**
 * What the object carries of the Services among its nodes. The ingress controller looks at a Service again when something
 * about the ApisixUpstream changes, and not when the Service alone does.
 */
async function followed(known: Known, relations: Relations): Promise<Record<string, pulumi.Input<string>>> {
  const nodes = nodeReferences("", known);
  if (nodes.length === 0) return {};
  // What is declared after it in the same turn, and is known, counts, too.
  await new Promise((resolve) => setImmediate(resolve));
  const names = nodes.map(({ name }) => name);
  const services = relations.services(names, namesOf(known.args.metadata).namespace);
  const domains = services.flatMap(({ name, domain }) =>
    domain === undefined ? [] : [pulumi.interpolate`${String(name)}=${domain}`],
  );
  if (domains.length === 0) return {};
  return { [FOLLOWED]: pulumi.all(domains).apply((all) => [...new Set(all)].sort().join(",")) };
}

function targetOf(what: string, { args: { spec, metadata } }: Known): Target {
  const hasNodes = isObject(spec) && (spec.externalNodes !== undefined || spec.discovery !== undefined);
  return {
    kind: "ApisixUpstream",
    what,
    ...namesOf(metadata),
    unusable: hasNodes
      ? undefined
      : "which has neither externalNodes nor discovery, so that the rule would have no backend; give it externalNodes, or name the Kubernetes Service in the rule's backends",
  };
}

function nodeReferences(what: string, { args: { spec, metadata } }: Known): Reference[] {
  return itemsOf(isObject(spec) ? spec.externalNodes : undefined, "spec.externalNodes")
    .filter(([{ type }]) => type === "Service")
    .map(([{ name }, path]) => ({
      kind: "Service",
      what,
      path: `${path}.name`,
      name,
      namespace: namesOf(metadata).namespace,
    }));
}

/** The Services whose outputs stand in the arguments, as they are, whoever declared them. */
async function servicesOf(what: string, { resources }: Known): Promise<Target[]> {
  const services = [...resources].flatMap((resource) => (isService(resource) ? [resource] : []));
  return Promise.all(
    services.map(async ({ metadata, spec }) => {
      const { args } = await resolve(what, { metadata, spec });
      const type = isObject(args.spec) ? args.spec.type : undefined;
      const domain = pulumi
        .output(spec as pulumi.Input<{ externalName?: string }>)
        .apply((own) => own?.externalName ?? "");
      return serviceTarget("a Service of the program", args.metadata, type ?? "ClusterIP", domain);
    }),
  );
}

interface Service {
  metadata: pulumi.Input<unknown>;
  spec: pulumi.Input<unknown>;
}

function isService(resource: object): resource is object & Service {
  return "__pulumiType" in resource && resource.__pulumiType === "kubernetes:core/v1:Service";
}
