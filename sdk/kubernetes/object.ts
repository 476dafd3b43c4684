import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type { input } from "@pulumi/kubernetes/types/index.js";
import type * as pulumi from "@pulumi/pulumi";
import { isPlain } from "../../provider/dynamic/eventual.ts";
import { lookAtObject } from "../../provider/dynamic/stack-view.ts";
import { type JsonObject, UNKNOWN } from "../../provider/model/fields.ts";
import { hasLints } from "../../provider/model/inventory/kubernetes.ts";
import type { ObjectKind } from "../../provider/model/kubernetes/object.ts";
import { withValueAt } from "../../provider/model/paths.ts";
import { check, type Known, quiet } from "./check.ts";
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
  /** Annotations that are made of other objects of the program. */
  annotate?(known: Known): Promise<Record<string, pulumi.Input<string>>>;
}

/** A custom resource of Kubernetes whose arguments are checked before anything is registered. */
export abstract class KubernetesObject extends CustomResource {
  /** @internal */
  protected constructor(
    kind: ObjectKind,
    name: string,
    args: ObjectArgs & Record<string, unknown>,
    options: pulumi.CustomResourceOptions = {},
    { relate, change, annotations, annotate }: ObjectSetup = {},
  ) {
    const { apiVersion, kind: title } = kind;
    if (options.id !== undefined) {
      super(name, { apiVersion, kind: title }, options);
      return;
    }
    const inputs: pulumi.Inputs = { ...args, metadata: named(name, args.metadata) };
    const verdict = check(kind, `kubernetes.${title} "${name}"`, inputs);
    const looked = hasLints(title) ? lintOf(title, name, options, verdict) : undefined;
    const related = Promise.all([relate ? verdict.then(relate) : verdict, looked]);
    const spec = change ? change(inputs.spec) : inputs.spec;
    const own = annotations ? annotated(inputs.metadata, annotations) : inputs.metadata;
    // What is wrong is told once, by the spec.
    const more = annotate ? related.then(() => verdict.then(annotate)).catch(() => ({})) : undefined;
    const metadata = more ? more.then((added) => annotated(own, added)) : own;
    const right = { ...inputs, ...(protect(kind.schema, { spec }) as pulumi.Inputs), metadata };
    super(
      name,
      { apiVersion, kind: title, ...(relate || looked || !isPlain(inputs) ? gated(right, related) : right) },
      options,
    );
  }
}

/** Throws why the object cannot work together with others of the program. */
async function lintOf(
  kind: string,
  name: string,
  options: pulumi.CustomResourceOptions,
  verdict: Promise<Known>,
): Promise<void> {
  const provider = options.provider ?? options.parent?.getProvider("kubernetes:core/v1:Service");
  const args = verdict.then(({ args: known, marked }) =>
    marked.reduce<JsonObject>((all, path) => withValueAt(all, path, UNKNOWN) as JsonObject, known),
  );
  const wrong = await lookAtObject({ kind, title: `kubernetes.${kind}`, name, provider, args });
  if (wrong !== undefined) throw quiet(wrong);
}

function annotated(
  metadata: pulumi.Input<unknown>,
  more: Record<string, pulumi.Input<string>>,
): pulumi.Input<unknown> {
  if (Object.keys(more).length === 0) return metadata;
  return mapInput(
    metadata as pulumi.Input<object>,
    (given: { annotations?: pulumi.Input<Record<string, pulumi.Input<string>>> }) => ({
      ...given,
      annotations: mapInput(given.annotations ?? {}, (own: Record<string, pulumi.Input<string>>) => ({
        ...own,
        ...more,
      })),
    }),
  );
}
