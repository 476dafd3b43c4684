import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import type { input } from "@pulumi/kubernetes/types/index.js";
import * as pulumi from "@pulumi/pulumi";
import { externalNameServiceObject } from "../../provider/model/kubernetes/external-name-service.ts";
import { check } from "./check.ts";
import { mapInput } from "./inputs.ts";
import { gated, named, type ObjectArgs } from "./object.ts";
import { relationsFor, serviceTarget } from "./relations.ts";

/** The arguments of {@link ExternalNameService}. */
export interface ExternalNameServiceArgs extends ObjectArgs {
  /** Domain name that the Service stands for, lower case, without scheme and port. A new one changes the Service in place. */
  externalName: pulumi.Input<string>;
  /** What else a Service may have, such as `ports` and `sessionAffinity`. Kubernetes looks at little of it for this type. */
  spec?: pulumi.Input<Omit<input.core.v1.ServiceSpec, "type" | "externalName">> | undefined;
}

/**
 * A domain under a name of the cluster: a Kubernetes Service of type ExternalName. An {@link ApisixUpstream} in the same
 * namespace refers to it by a node of type Service. The ingress controller notices a new domain only when something about the
 * ApisixUpstream changes, so one of the same program carries the domain in an annotation.
 *
 * @example
 * ```ts
 * const service = new kubernetes.ExternalNameService("ext-httpbin", { externalName: "httpbin.org" });
 * ```
 */
export class ExternalNameService extends Service {
  constructor(name: string, args: ExternalNameServiceArgs, options: pulumi.CustomResourceOptions = {}) {
    if (options.id !== undefined) {
      super(name, {}, options);
      return;
    }
    const what = `kubernetes.ExternalNameService "${name}"`;
    const inputs = { ...args, metadata: named(name, args.metadata) };
    const verdict = check(externalNameServiceObject, what, inputs);
    const relations = relationsFor(options);
    relations.expect("Service");
    // The domain as Kubernetes has it: what is made of it changes after the Service.
    const { promise: made, resolve: makeKnown } = Promise.withResolvers<pulumi.Output<string>>();
    const domain = pulumi.output(made);
    const related = verdict.then((known) =>
      relations.add([serviceTarget(what, known.args.metadata, "ExternalName", domain)], [], "Service"),
    );
    const own = { type: "ExternalName", externalName: args.externalName };
    const spec = mapInput(args.spec ?? {}, (others: object) => ({ ...others, ...own }));
    super(name, gated({ metadata: inputs.metadata, spec }, related), options);
    makeKnown(this.spec.externalName);
  }
}
