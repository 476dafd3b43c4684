import { join } from "node:path";
import { bare } from "../../provider/model/fields.ts";
import type { DialectName, Kind } from "../../provider/model/kind.ts";
import { repository } from "../repository.ts";
import {
  className,
  EXCLUSIVE,
  idForm,
  isLabelled,
  kindsOf,
  outputsOf,
  placeOf,
  releasesOf,
  UNLABELLED,
  writtenAt,
} from "./kinds.ts";
import { comment, documentation, format, HEADER } from "./text.ts";

/** Where the classes of a server are committed. */
export function classesFile(dialect: DialectName): string {
  return join(repository, "sdk", dialect, "resources.ts");
}

/** The TypeScript source of the classes of a server. */
export function classes(dialect: DialectName): string {
  const kinds = kindsOf(dialect);
  const source = kinds.map((kind) => `\n${classOf(kind)}`).join("");
  const types = [
    ...kinds.map((kind) => `${className(kind)}Args`),
    ...kinds.filter(hasTypedOutputs).map((kind) => `${className(kind)}Fields`),
  ];
  const imports = [
    'import type * as pulumi from "@pulumi/pulumi";',
    'import { ServerResource } from "../../provider/dynamic/resource.ts";',
    `import type { ${types.sort(byName).join(", ")} } from "./arguments.ts";`,
  ];
  return format(`${HEADER}${imports.join("\n")}\n${source}`, classesFile(dialect));
}

/** As the formatter sorts names. */
function byName(left: string, right: string): number {
  return left.localeCompare(right, "en");
}

function classOf(kind: Kind): string {
  const name = className(kind);
  const outputs = outputsOf(kind).map(
    ([field, sentence]) =>
      `${comment(sentence)}declare readonly ${field}: pulumi.Output<${outputType(kind, field)}>;`,
  );
  const args = `args: ${name}Args${isOptional(kind) ? " = {}" : ""}`;
  // An output that is no argument has to be announced to Pulumi.
  const announced = Object.keys(kind.outputs ?? {}).filter((field) => !(field in kind.schema.shape));
  const inputs = ["...args", ...announced.map((field) => `${field}: undefined`)].join(", ");
  const id = kind.identity.length > 1 ? ` Its id is \`${idForm(kind)}\`.` : "";
  const get = `
  ${comment(`Reads the ${kind.title} of this id, which exists at the ${placeOf(kind)}.${id}`).trimEnd()}
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): ${name} {
    return new ${name}(name, {} as ${name}Args, { ...options, id });
  }`;
  return `${documentation(paragraphsOf(kind), kind.examples, kind.docs)}export class ${name} extends ServerResource {
  ${outputs.join("\n")}

  constructor(name: string, ${args}, options?: pulumi.CustomResourceOptions) {
    super("${kind.type}", name, { ${inputs} }, options);
  }
${kind.patch ? "" : get}
}
`;
}

/** What a class's doc comment says before its examples. */
function paragraphsOf(kind: Kind): string[] {
  const releases = releasesOf(kind);
  const where =
    kind.dialect === "kuma" ? `Written at the ${writtenAt(kind).replace(/^the /, "")}.` : undefined;
  return [
    [kind.doc, releases, where].filter((text) => text).join(" "),
    ...(isLabelled(kind) || kind.patch ? [] : [UNLABELLED]),
    ...(kind.exclusive ? [EXCLUSIVE] : []),
  ];
}

function hasTypedOutputs(kind: Kind): boolean {
  return Object.keys(kind.outputs ?? {}).some((field) => field in kind.schema.shape);
}

function outputType(kind: Kind, field: string): string {
  const form = kind.reported?.outputs[field];
  if (form) return `${form === "texts" ? "string[]" : "string"} | undefined`;
  const isTyped = field in kind.schema.shape && !kind.identity.includes(field);
  return isTyped ? `pulumi.Unwrap<${className(kind)}Fields["${field}"]>` : "string";
}

/** True when nothing has to be said. */
function isOptional({ schema, identity }: Kind): boolean {
  const { exclusions = [] } = bare(schema).meta;
  const isNeeded = exclusions.some(({ rule }) => rule === "exactlyOneOf" || rule === "atLeastOneOf");
  return (
    !isNeeded &&
    Object.entries(schema.shape).every(([field, inner]) => bare(inner).optional || field === identity.at(-1))
  );
}
