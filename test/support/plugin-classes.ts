import * as pulumi from "@pulumi/pulumi";
import type { DialectName } from "../../provider/model/kind.ts";
import { KINDS } from "../../provider/model/kinds.ts";
import { settingsOf } from "../../provider/model/settings.ts";

type Args = Record<string, unknown>;
type ResourceClass = (new (
  name: string,
  args?: Args,
  options?: pulumi.CustomResourceOptions,
) => pulumi.CustomResource) & {
  get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): pulumi.CustomResource;
};

/** The classes of a plugin's resources by name, as a generated package has them. */
export function resourceClasses(plugin: DialectName): Record<string, ResourceClass> {
  const kinds = KINDS.filter(({ dialect }) => dialect === plugin);
  return Object.fromEntries(
    kinds.map(({ type, schema, outputs = {} }) => {
      // What is no input is an output all the same, and has to be announced to Pulumi.
      const names = [...Object.keys(schema.shape), ...Object.keys(outputs)];
      const announced = Object.fromEntries(names.map((field) => [field, undefined]));
      const token = type.replace(":", ":index:");
      class Resource extends pulumi.CustomResource {
        static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions) {
          return new Resource(name, {}, { ...options, id });
        }
        constructor(name: string, args: Args = {}, options?: pulumi.CustomResourceOptions) {
          super(token, name, { ...announced, ...args }, options);
        }
      }
      return [type.slice(type.indexOf(":") + 1), Resource];
    }),
  );
}

/** The class of a plugin's provider; it takes what that of the dynamic resources takes. */
export function providerClass(plugin: DialectName) {
  const credential = settingsOf(plugin).find(({ role }) => role === "credential")?.name ?? "";
  return class Provider extends pulumi.ProviderResource {
    constructor(name: string, args: Args = {}, options?: pulumi.ResourceOptions) {
      const { [credential]: given, ...others } = args;
      const isReference = typeof given === "object" && !pulumi.Output.isInstance(given);
      const { env, file } = (isReference ? given : {}) as { env?: string; file?: string };
      const reference = { [`${credential}Env`]: env, [`${credential}File`]: file };
      const inputs = env || file ? { ...others, ...reference } : { ...others, [credential]: given };
      const json = Object.entries(inputs).map(([key, value]) => [
        key,
        value === undefined || typeof value === "string" ? value : textOf(value),
      ]);
      super(plugin, name, Object.fromEntries(json), options);
    }
  };
}

/** What is no text reaches a provider as JSON text. */
function textOf(value: unknown): pulumi.Output<string> {
  const known: pulumi.Output<unknown> = pulumi.output(value);
  return known.apply((given) => (typeof given === "string" ? given : JSON.stringify(given)));
}
