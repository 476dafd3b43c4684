import type * as pulumi from "@pulumi/pulumi";
import { runtime } from "@pulumi/pulumi";
import { isObject, UNKNOWN } from "../../provider/model/fields.ts";
import { quiet } from "./check.ts";

/** The kinds of object that others refer to by name. */
export type TargetKind = "Service" | "ApisixUpstream";

/** An object that others may refer to by name. */
export interface Target {
  kind: TargetKind;
  /** What messages call it. */
  what: string;
  name: unknown;
  namespace: unknown;
  /** Why nobody may refer to it, with the way out. */
  unusable?: string | undefined;
  /** The domain that a Service stands for. */
  domain?: pulumi.Input<string> | undefined;
}

/** A reference from one object to another by name; the ingress controller looks in the same namespace only. */
export interface Reference {
  kind: TargetKind;
  what: string;
  path: string;
  name: unknown;
  namespace: unknown;
}

/**
 * The objects of a program that belong to one cluster, and who refers to whom. Objects may be declared in any order,
 * and become known in any order: each is entered when it is known, and a reference is judged when no object to which it
 * may be meant is still to come. What the program does not declare is not judged.
 */
export class Relations {
  readonly #targets: Target[] = [];
  #references: Reference[] = [];
  readonly #pending: Record<TargetKind, number> = { Service: 0, ApisixUpstream: 0 };

  /** Announces an object that is not known yet. */
  expect(kind: TargetKind): void {
    this.#pending[kind]++;
  }

  /** Enters objects and references, one of them announced, and throws what shows to be wrong by them. */
  add(targets: Target[], references: Reference[], announced?: TargetKind): void {
    if (announced) this.#pending[announced]--;
    this.#targets.push(...targets.filter(({ name }) => isKnown(name)));
    this.#references.push(...references.filter(({ name }) => isKnown(name)));
    this.#judge();
  }

  /** The Services of these names in a namespace, as far as they are known. */
  services(names: readonly unknown[], namespace: unknown): Target[] {
    return this.#targets.filter(
      (target) =>
        target.kind === "Service" && names.includes(target.name) && isSame(target.namespace, namespace),
    );
  }

  #judge(): void {
    const open: Reference[] = [];
    const errors: string[] = [];
    for (const reference of this.#references) {
      const error = this.#errorOf(reference);
      if (error === "open") open.push(reference);
      else if (error) errors.push(error);
    }
    this.#references = open;
    if (errors.length > 0) throw quiet(errors.join("\n"));
  }

  /** What is wrong with a reference; `"open"` while that may still show. */
  #errorOf({ kind, what, path, name, namespace }: Reference): string | "open" {
    const named = this.#targets.filter((target) => target.kind === kind && target.name === name);
    const here = named.filter((target) => isSame(target.namespace, namespace));
    const unusable = here.find((target) => target.unusable);
    if (unusable) return `${what}: ${path} ${JSON.stringify(name)} is ${unusable.what}, ${unusable.unusable}`;
    const elsewhere = named[0];
    if (here.length > 0 || !elsewhere || this.#pending[kind] > 0) return "open";
    return (
      `${what}: ${path} ${JSON.stringify(name)} is ${elsewhere.what} in the namespace "${elsewhere.namespace}", ` +
      `but the ingress controller looks for it in "${namespace}" only; give both the same metadata.namespace`
    );
  }
}

/** Without a namespace it is the provider's own, which the program does not know. */
function isSame(left: unknown, right: unknown): boolean {
  return !isKnown(left) || !isKnown(right) || left === right;
}

function isKnown(value: unknown): boolean {
  return value !== undefined && value !== UNKNOWN;
}

/** The name and namespace in some metadata. */
export function namesOf(metadata: unknown): Pick<Target, "name" | "namespace"> {
  const { name, namespace } = isObject(metadata) ? metadata : {};
  return { name, namespace };
}

/** A Service as those who refer to it see it. */
export function serviceTarget(
  what: string,
  metadata: unknown,
  type: unknown,
  domain?: pulumi.Input<string>,
): Target {
  const wrong = isKnown(type) && type !== "ExternalName";
  return {
    kind: "Service",
    what,
    ...namesOf(metadata),
    ...(domain === undefined ? {} : { domain }),
    unusable: wrong
      ? `which is of type ${type}, and the controller takes ExternalName only; make it with kubernetes.ExternalNameService, or name it in the rule's backends instead`
      : undefined,
  };
}

const programs = new WeakMap<object, Map<unknown, Relations>>();
const NO_PROGRAM = {};

/** The relations of the running program's objects in the cluster to which these options lead. */
export function relationsFor(options: pulumi.CustomResourceOptions): Relations {
  const program = (runtime.hasMonitor() && runtime.getMonitor()) || NO_PROGRAM;
  const clusters = programs.get(program) ?? new Map<unknown, Relations>();
  programs.set(program, clusters);
  const cluster = options.provider ?? options.parent?.getProvider("kubernetes:core/v1:Service");
  const relations = clusters.get(cluster) ?? new Relations();
  clusters.set(cluster, relations);
  return relations;
}
