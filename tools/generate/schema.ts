import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bare } from "../../provider/model/fields.ts";
import type { DialectName, Kind } from "../../provider/model/kind.ts";
import { PROVIDERS, type Setting, settingsOf } from "../../provider/model/settings.ts";
import { repository } from "../repository.ts";
import { insideObjects } from "./arguments.ts";
import {
  className,
  EXCLUSIVE,
  idForm,
  isLabelled,
  kindsOf,
  outputsOf,
  PRODUCTS,
  releasesOf,
  UNLABELLED,
  withoutLinks,
  writtenAt,
} from "./kinds.ts";
import { sentenceOf } from "./providers.ts";
import { togetherness } from "./reference.ts";
import { bundleResource } from "./schema-bundle.ts";
import { exampleSection, npmName } from "./schema-examples.ts";
import { addPluginTypes, pluginMaps } from "./schema-plugins.ts";
import { type PropertySpec, SchemaTypes } from "./schema-types.ts";
import { article, format } from "./text.ts";

const ADOPT: PropertySpec = {
  type: "boolean",
  description:
    "Takes over an object that exists already at the server and is not this resource's, instead of refusing: it is overwritten with what is declared here. Default: false.",
};

/** Where the schema of a plugin is committed. */
export function schemaFile(plugin: DialectName): string {
  return join(repository, "schemas", `${plugin}.json`);
}

/**
 * The schema of a plugin, of which Pulumi makes its packages for all languages and by which it checks YAML programs.
 *
 * Defaults of a server stand in descriptions only. As `default` of a property they would be written into the inputs of some
 * languages and not of others, and would say something there: a patch would set them, and `status: 1` contradicts
 * `enabled: false`.
 */
export function pluginSchema(plugin: DialectName): string {
  const kinds = kindsOf(plugin);
  const types = new SchemaTypes(plugin, kinds.map(className), plugin === "apisix" ? pluginMaps() : {});
  if (plugin === "apisix") addPluginTypes(types);
  for (const [kind, { name, schema, documentation }] of insideObjects(kinds))
    types.object(name, schema, documentation, className(kind));
  const resources = kinds.map((kind) => [`${plugin}:index:${className(kind)}`, resource(kind, types)]);
  const settings = settingProperties(plugin, types);
  const { doc, example } = PROVIDERS[plugin];
  const schema = {
    ...about(plugin),
    language: languages(plugin),
    config: { variables: plainEnumerations(settings, types) },
    provider: {
      description: [withoutLinks(doc), exampleSection(plugin, "A provider of its own", [example])].join(
        "\n\n",
      ),
      type: "object",
      inputProperties: settings,
    },
    types: types.all(),
    resources: Object.fromEntries([...resources, bundleResource(plugin)]),
  };
  return format(JSON.stringify(schema), schemaFile(plugin));
}

/** What the package says of itself. */
function about(plugin: DialectName) {
  const { version, license, keywords } = manifest();
  const product = PRODUCTS[plugin];
  return {
    name: plugin,
    displayName: product,
    version,
    description: `Backends outside the cluster or mesh, made real at ${product}: ${kindsOf(plugin)
      .map(({ title }) => title)
      .join(", ")}.`,
    keywords: [...keywords, "kind/native", "category/network"],
    license,
  };
}

/** How the packages are called in the languages, and what they need. */
function languages(plugin: DialectName) {
  const { peerDependencies } = manifest();
  const title = PRODUCTS[plugin] === "APISIX" ? "Apisix" : PRODUCTS[plugin];
  // Otherwise a package calls itself version 0.0.0.
  const respectSchemaVersion = true;
  return {
    nodejs: {
      packageName: npmName(plugin),
      dependencies: { "@pulumi/pulumi": peerDependencies["@pulumi/pulumi"] },
      respectSchemaVersion,
    },
    python: {
      packageName: `pulumi_${plugin}`,
      pyproject: { enabled: true },
      requires: { pulumi: ">=3.139.0,<4.0.0" },
      respectSchemaVersion,
    },
    go: {
      importBasePath: `${npmName(plugin)}/sdk/go/${plugin}`,
      rootPackageName: plugin,
      generateResourceContainerTypes: true,
      respectSchemaVersion,
    },
    csharp: {
      rootNamespace: "ExternalBackends",
      namespaces: { [plugin]: title },
      packageReferences: { Pulumi: "3.*" },
      respectSchemaVersion,
    },
    java: { basePackage: "externalbackends", packages: { [plugin]: plugin }, buildFiles: "gradle" },
  };
}

function resource(kind: Kind, types: SchemaTypes) {
  const name = className(kind);
  const { properties, required } = types.properties(name, kind.schema.shape);
  const inputs = Object.entries(properties).map(([key, property]) => [
    key,
    kind.identity.includes(key) ? { ...property, willReplaceOnChanges: true } : property,
  ]);
  const outputs = outputsOf(kind).map(([key, sentence]): [string, PropertySpec] => {
    const { description: _, ...argument } = properties[key] ?? reportedType(kind, key);
    return [key, { ...argument, description: withoutLinks(sentence) }];
  });
  const identity = kind.identity.at(-1);
  return {
    description: [
      ...paragraphs(kind),
      exampleSection(kind.dialect, `${article(kind.title).replace(/^a/, "A")}`, kind.examples),
    ].join("\n\n"),
    properties: { ...properties, ...Object.fromEntries(outputs) },
    required: [
      ...new Set([...required, ...outputs.map(([key]) => key).filter((key) => !isReported(kind, key))]),
    ],
    inputProperties: { ...Object.fromEntries(inputs), ...(kind.patch ? {} : { adopt: ADOPT }) },
    requiredInputs: required.filter((key) => key !== identity),
    // Nothing but the kind says what is listed; without this there is no `pulumi do TYPE list`.
    ...(kind.patch ? {} : { listInputs: { type: "object" } }),
  };
}

/** Whether an output comes from the server, and so is not there at first. */
function isReported({ reported }: Kind, output: string): boolean {
  return reported !== undefined && output in reported.outputs;
}

function reportedType({ reported }: Kind, output: string): PropertySpec {
  return reported?.outputs[output] === "texts"
    ? { type: "array", items: { type: "string" } }
    : { type: "string" };
}

/** What is said of a kind before its examples. */
function paragraphs(kind: Kind): string[] {
  const product = PRODUCTS[kind.dialect];
  const written = `Written at: ${writtenAt(kind)}.`;
  const links = `See the [documentation of ${product}](${kind.docs}).`;
  const exclusions = (bare(kind.schema).meta.exclusions ?? []).map(togetherness);
  const id = `\`pulumi import ${kind.dialect}:index:${className(kind)} NAME ID\` imports one; the id is \`${idForm(kind)}\`.`;
  return [
    withoutLinks(kind.doc),
    [releasesOf(kind), written, links].filter((text) => text).join(" "),
    ...exclusions,
    ...(isLabelled(kind) || kind.patch ? [] : [UNLABELLED]),
    ...(kind.exclusive ? [EXCLUSIVE] : []),
    ...(kind.patch ? [] : [id]),
  ];
}

/** The settings as inputs of the provider and as the stack's configuration. */
function settingProperties(plugin: DialectName, types: SchemaTypes): Record<string, PropertySpec> {
  const settings = settingsOf(plugin).flatMap((setting): [string, PropertySpec][] => {
    const property = settingProperty(setting, types);
    if (setting.role !== "credential") return [[setting.name, property]];
    const reference = (what: string): PropertySpec => ({
      type: "string",
      description: `${what} that holds \`${setting.name}\`, which is then in no state: it is read when it is needed. Goes before \`${setting.name}\`.`,
    });
    return [
      [setting.name, property],
      [`${setting.name}Env`, reference("Name of an environment variable")],
      [`${setting.name}File`, reference("Path of a file")],
    ];
  });
  return Object.fromEntries(settings);
}

function settingProperty(setting: Setting, types: SchemaTypes): PropertySpec {
  const { name, schema, variable, secret } = setting;
  const { default: standard } = bare(schema);
  return {
    ...types.type(name.charAt(0).toUpperCase() + name.slice(1), schema),
    description: sentenceOf(setting),
    ...(typeof standard === "object" || standard === undefined ? {} : { default: standard }),
    ...(variable ? { defaultInfo: { environment: [variable] } } : {}),
    ...(secret ? { secret: true } : {}),
  };
}

/** Pulumi's generator for Go makes a configuration of an enumeration that does not compile. */
function plainEnumerations(
  settings: Record<string, PropertySpec>,
  types: SchemaTypes,
): Record<string, PropertySpec> {
  const variables = Object.entries(settings).map(([name, { $ref, ...property }]) => {
    const named = $ref === undefined ? undefined : types.referred($ref);
    if (named?.enum) return [name, { type: named.type, ...property }] as const;
    return [name, $ref === undefined ? property : { $ref, ...property }] as const;
  });
  return Object.fromEntries(variables);
}

function manifest(): {
  version: string;
  license: string;
  keywords: string[];
  peerDependencies: Record<string, string>;
} {
  return JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
}
