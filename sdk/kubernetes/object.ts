import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type { input } from "@pulumi/kubernetes/types/index.js";
import type * as pulumi from "@pulumi/pulumi";
import { isPlain } from "../../provider/dynamic/eventual.ts";
import type { ObjectKind } from "../../provider/model/kubernetes/object.ts";
import { check, type Known } from "./check.ts";
import { mapInput, protect } from "./inputs.ts";

/** What every object's arguments have. */
export interface ObjectArgs {
  /**
   * Kubernetes' metadata. `name` defaults to the resource's name, without a random suffix, since other objects refer
   * to it.
   */
  metadata?: pulumi.Input<input.meta.v1.ObjectMeta> | undefined;
}

/** Metadata with the name filled in. @internal */
export function named(
  name: string,
  metadata: ObjectArgs["metadata"],
): pulumi.Input<input.meta.v1.ObjectMeta> {
  return mapInput(metadata ?? {}, (given: input.meta.v1.ObjectMeta) =>
    given.name === undefined && given.generateName === undefined ? { ...given, name } : given,
  );
}

/** Inputs that reach the engine only when `verdict` says that they are right. @internal */
export function gated(inputs: pulumi.Inputs, verdict: Promise<unknown>): pulumi.Inputs {
  return { ...inputs, spec: verdict.then(() => inputs.spec) };
}

/** How one kind of object differs from the others. @internal */
export interface ObjectSetup {
  /** What is still to be checked of an object that is right by itself. */
  relate?(known: Known): Promise<void>;
  /** Another way to write something, turned into the one that the server knows, when it is right. */
  change?(spec: pulumi.Input<unknown>): pulumi.Input<unknown>;
  /** Annotations for the Kubernetes provider. */
  annotations?: Record<string, string>;
}

/** A custom resource of Kubernetes whose arguments are checked before anything is registered. */
export abstract class KubernetesObject extends CustomResource {
  /** @internal */
  protected constructor(
    kind: ObjectKind,
    name: string,
    args: ObjectArgs & Record<string, unknown>,
    options: pulumi.CustomResourceOptions = {},
    { relate, change, annotations }: ObjectSetup = {},
  ) {
    const { apiVersion, kind: title } = kind;
    if (options.id !== undefined) {
      super(name, { apiVersion, kind: title }, options);
      return;
    }
    const inputs: pulumi.Inputs = { ...args, metadata: named(name, args.metadata) };
    const verdict = check(kind, `kubernetes.${title} "${name}"`, inputs);
    const related = relate ? verdict.then(relate) : verdict;
    const spec = change ? change(inputs.spec) : inputs.spec;
    const metadata = annotations ? annotated(inputs.metadata, annotations) : inputs.metadata;
    const right = { ...inputs, ...(protect(kind.schema, { spec }) as pulumi.Inputs), metadata };
    super(
      name,
      { apiVersion, kind: title, ...(relate || !isPlain(inputs) ? gated(right, related) : right) },
      options,
    );
  }
}

function annotated(metadata: pulumi.Input<unknown>, more: Record<string, string>): pulumi.Input<unknown> {
  return mapInput(
    metadata as pulumi.Input<object>,
    (given: { annotations?: pulumi.Input<Record<string, string>> }) => ({
      ...given,
      annotations: mapInput(given.annotations ?? {}, (own: Record<string, string>) => ({ ...own, ...more })),
    }),
  );
}
