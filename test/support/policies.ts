import type { PolicyResource, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
// @ts-expect-error: what policies are given is not among the types.
import { unknownCheckingProxy } from "@pulumi/policy/proxy.js";
import type { Policy } from "../../policies/index.ts";
import { UNKNOWN } from "../../provider/model/fields.ts";

/** A value that is not known yet. */
export { UNKNOWN };

/** A resource as the engine gives it to policies. */
export interface Declaration {
  /** As in `apisix:Route`, or a whole type of Pulumi's. */
  type: string;
  name: string;
  props: Record<string, unknown>;
  dependsOn?: string[];
}

type Door = "dynamic" | "plugin";

/** What policies report of a stack, a line each, as in `no-passthrough shop: …`, and after it why they could not judge. */
export async function reportsOf(
  policies: readonly Policy[],
  declarations: readonly Declaration[],
  { stack = "edge/prod", door = "dynamic" as Door, config = {} as Record<string, object> } = {},
): Promise<string[]> {
  const reports: string[] = [];
  const resources = declarations.map((one) => resourceOf(one, stack, door));
  const report = (name: string) => (message: string, urn?: string) => {
    reports.push(`${name} ${(urn ?? "").split("::").at(-1)}: ${message}`);
  };
  for (const policy of policies) {
    const getConfig = () => (config[policy.name] ?? {}) as never;
    if ("validateStack" in policy)
      await policy.validateStack(
        { resources, getConfig } as unknown as StackValidationArgs,
        report(policy.name),
      );
    else
      for (const one of resources)
        for (const validate of [policy.validateResource].flat())
          await validate?.({ ...one, getConfig } as unknown as ResourceValidationArgs, (message) =>
            report(policy.name)(message, one.urn),
          );
  }
  return reports;
}

/** The objects of a bundle as a door writes them. */
function bundled({ entries, ...props }: Record<string, unknown>, door: Door): Record<string, unknown> {
  if (entries === UNKNOWN) return { ...props, entries };
  const text = JSON.stringify(entries);
  return { ...props, entries: door === "dynamic" ? { routes: 1, __text: text } : text };
}

function resourceOf({ type, name, props }: Declaration, stack: string, door: Door) {
  const [project, stackName] = stack.split("/");
  const [dialect, kind] = type.split(":");
  const isOurs = /^(apisix|kuma):\w+$/.test(type);
  const token = !isOurs
    ? type
    : door === "dynamic"
      ? `pulumi-nodejs:dynamic/${type}`
      : `${dialect}:index:${kind}`;
  return {
    type: token,
    name,
    urn: `urn:pulumi:${stackName}::${project}::${token}::${name}`,
    props: unknownCheckingProxy(type.endsWith(":Bundle") ? bundled(props, door) : props),
    opts: {},
    dependencies: [],
    propertyDependencies: {},
  } as unknown as PolicyResource;
}
