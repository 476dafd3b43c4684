import { bundleOf } from "../../provider/model/bundle/types.ts";
import type { DialectName } from "../../provider/model/dialect.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { className, PRODUCTS } from "./kinds.ts";
import type { PropertySpec } from "./schema-types.ts";

const EXAMPLES: Record<DialectName, string> = {
  apisix: '{"routes": {"payments": {"uri": "/*", "upstreamId": "payments"}}, "upstreams": {"payments": {…}}}',
  kuma: '{"externalServices": {"billing": {"tags": {…}, "networking": {…}}}}',
};

/** The bundle of a plugin, for its schema: many objects as one resource. */
export function bundleResource(plugin: DialectName): [string, object] {
  const type = `${plugin}:Bundle`;
  const tables = Object.entries(bundleOf(type)?.tables ?? {});
  const kinds = tables.map(([table, kind]) => `\`${table}\` (as of ${className(kindOf(kind))})`).join(", ");
  const summary: PropertySpec = {
    type: "string",
    description: "What the last run has changed, as in `12 added, 3 changed, 1 removed of 1,480`.",
  };
  const inputs: Record<string, PropertySpec> = {
    entries: {
      type: "string",
      description:
        `The objects by kind and key, as a JSON text, such as \`${EXAMPLES[plugin]}\`. Kinds: ${kinds}. The key is the id, unless ` +
        "the object says another; a reference to a key of the same bundle is one to its id. An entry that is `null` is none. Where the text is secret, nothing of it is shown.",
    },
    adopt: {
      type: "boolean",
      description:
        "Takes over objects that exist already at the server, whoever made them. What carries the bundle's own label and is in no " +
        "entry, as after a first run that died, is removed. Default: false.",
    },
    ignore: {
      type: "array",
      items: { type: "string" },
      description:
        "Paths at which the values of the state stay, such as `routes.*.status`: what `ignoreChanges` is for other resources.",
    },
  };
  const resource = {
    description:
      `Many objects of one ${PRODUCTS[plugin]} as one resource, for stacks of hundreds or thousands of them. Each is checked, ` +
      "compared, owned and refreshed as a resource of its own would be; previews print what changes entry by entry.",
    properties: { ...inputs, summary },
    required: ["entries", "summary"],
    inputProperties: inputs,
    requiredInputs: ["entries"],
  };
  return [`${plugin}:index:Bundle`, resource];
}
