import { join } from "node:path";
import { type BundleType, bundleOf } from "../../provider/model/bundle/types.ts";
import type { DialectName } from "../../provider/model/dialect.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { repository } from "../repository.ts";
import { className, PRODUCTS } from "./kinds.ts";
import { comment, documentation, format, HEADER } from "./text.ts";

const EXAMPLES: Record<DialectName, string> = {
  apisix: `
new apisix.Bundle("edge", {
  upstreams: { payments: { nodes: [{ host: "payments.example.org", port: 443 }] } },
  routes: { payments: { host: "pay.example.org", uri: "/*", upstreamId: "payments" } },
});
`,
  kuma: `
new kuma.Bundle("backends", {
  externalServices: {
    billing: { tags: { "kuma.io/service": "billing" }, networking: { address: "billing.example.org:443" } },
  },
});
`,
};

/** What the arguments say besides, where the server has more than one place. */
const PLACES: Partial<Record<DialectName, string>> = {
  kuma: "All are at one control plane: in a federation those of the global one and those of a zone's are two bundles.",
};

/** Where the class of a server's bundle is committed. */
export function bundleFile(dialect: DialectName): string {
  return join(repository, "sdk", dialect, "bundle.ts");
}

/** The TypeScript source of the class of a server's bundle, and of its arguments. */
export function bundleClass(dialect: DialectName): string {
  const { type, tables } = bundleOf(`${dialect}:Bundle`) as BundleType;
  const product = PRODUCTS[dialect];
  const classes = Object.entries(tables).map(([table, kind]) => [table, className(kindOf(kind))] as const);
  const fields = classes.map(
    ([table, name]) =>
      `${comment(`Each as the arguments of {@link ${name}}.`)}${table}?: Entries<${name}Args> | undefined;`,
  );
  const imports = [
    'import type * as pulumi from "@pulumi/pulumi";',
    'import { type BundleOptions, BundleResource } from "../../provider/dynamic/bundle-resource.ts";',
    `import type { ${classes
      .map(([, name]) => `${name}Args`)
      .sort()
      .join(", ")} } from "./arguments.ts";`,
  ];
  const argumentsDoc = documentation(
    [
      `Arguments of {@link Bundle}: the objects of ${product} by kind and key.${PLACES[dialect] ? ` ${PLACES[dialect]}` : ""}`,
    ],
    [],
  );
  const classDoc = documentation(
    [
      `Many objects of one ${product} as one Pulumi resource, for stacks of hundreds or thousands of them. Each is checked, ` +
        "compared, owned and refreshed as a resource of its own would be; a reference to a key of the same bundle is one to its object.",
    ],
    [EXAMPLES[dialect]],
  );
  return format(
    `${HEADER}${imports.join("\n")}

${comment("Objects by their keys; the key names the object, unless its arguments do.")}export type Entries<Args> = pulumi.Input<{ [key: string]: pulumi.Input<Args> }>;

${argumentsDoc}export interface BundleArgs extends BundleOptions {
${fields.join("\n")}
}

${classDoc}export class Bundle extends BundleResource {
  constructor(name: string, args: BundleArgs, options?: pulumi.CustomResourceOptions) {
    super("${type}", name, args, options);
  }
}
`,
    bundleFile(dialect),
  );
}
