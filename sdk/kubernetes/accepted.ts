import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";

/** Waiting for the ingress controller. */
export interface WaitForAccepted {
  /** Seconds after which the deployment fails, a whole number of at least 1. */
  timeoutSeconds: number;
}

/** What objects of the ingress controller have besides metadata and spec. */
export interface AcceptedArgs {
  /**
   * Waits until the controller has written the condition `Accepted`, so that a deployment fails when no controller takes
   * the object. By default it does not wait. After an update, the condition of the former version may still be there.
   */
  waitForAccepted?: WaitForAccepted | undefined;
}

const HOOK = "pulumi-external-backends:accepted";
const hooks = new WeakMap<object, pulumi.ErrorHook>();

/** Annotations that make the Kubernetes provider wait, and a hook that explains a wait in vain. */
export function waiting(
  what: string,
  wait: WaitForAccepted | undefined,
  options: pulumi.CustomResourceOptions,
): { options: pulumi.CustomResourceOptions; annotations?: Record<string, string> } {
  if (wait === undefined) return { options };
  if (!Number.isInteger(wait.timeoutSeconds) || wait.timeoutSeconds < 1) {
    throw new Error(
      `${what}: waitForAccepted.timeoutSeconds ${wait.timeoutSeconds} is no whole number of seconds of at least 1`,
    );
  }
  const explanation = hook();
  const onError = [...(options.hooks?.onError ?? []), ...(explanation ? [explanation] : [])];
  return {
    options: { ...options, hooks: { ...options.hooks, onError } },
    annotations: {
      "pulumi.com/waitFor": "condition=Accepted",
      "pulumi.com/timeoutSeconds": String(wait.timeoutSeconds),
    },
  };
}

/**
 * One hook for all objects of a program, since the engine knows hooks by their names; none with Pulumi's mocks. Bound to
 * the program, or its messages would get lost when several programs run in one process.
 */
function hook(): pulumi.ErrorHook | undefined {
  const program = pulumi.runtime.hasMonitor() ? pulumi.runtime.getMonitor() : undefined;
  if (!program || !("registerErrorHook" in program)) return undefined;
  const known = hooks.get(program) ?? new pulumi.ErrorHook(HOOK, AsyncResource.bind(explain));
  hooks.set(program, known);
  return known;
}

/** How the Kubernetes provider says that an object was made and did not become ready. */
const TOO_LATE = /time(d|d )?-?out|deadline|accepted|condition|initializ|become live/i;

/** Says why the condition probably did not come; never asks for another try. @internal */
export async function explain({
  name,
  type,
  newInputs,
  failedOperation,
  errors,
}: pulumi.ErrorHookArgs): Promise<boolean> {
  if (failedOperation === "delete" || !TOO_LATE.test(errors.join("\n"))) {
    return false;
  }
  const { ingressClassName } = (newInputs?.spec ?? {}) as { ingressClassName?: unknown };
  const object = `kubernetes.${type.replace(/^.*:/, "")} "${name}"`;
  await pulumi.log.error(
    `${object}: the ingress controller has not accepted it in time. Likely causes:\n` +
      `- No ingress controller runs in the cluster: kubectl get pods --all-namespaces shows it.\n` +
      `- No running one takes spec.ingressClassName ${JSON.stringify(ingressClassName)}, so that none ever writes a status: ` +
      `kubectl get ingressclass lists the classes.\n` +
      `- It refuses the object: then the status of the object says why.`,
  );
  return false;
}
