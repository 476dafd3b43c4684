import { bundleOf } from "../provider/model/bundle/types.ts";
import type { Found, Skipped } from "./adopt.ts";
import { argumentsOf } from "./arguments.ts";
import { type ImportedBundle, tableOf } from "./bundles.ts";
import { Code, comment, hasComment, onOneLine, print, quote, type Tree } from "./code.ts";
import type { ProgramDoor, Split } from "./options.ts";
import { filesOf } from "./split.ts";

/** A file of the program. */
export interface ProgramFile {
  /** With its end, as in `index.ts`. */
  name: string;
  text: string;
}

/** What the program is made of. */
export interface Program {
  bundles: readonly ImportedBundle[];
  /** In an order in which what is referred to comes first. */
  ordered: readonly Found[];
  skipped: readonly Skipped[];
  servers: readonly string[];
  split: Split | undefined;
  door: ProgramDoor;
  isProtected: boolean;
}

const INDEX = "index";
const WIDTH = 110;

/** The program, in one file or several. */
export function programFiles(program: Program): ProgramFile[] {
  const { ordered, split } = program;
  const fileOf = split ? filesOf(split, ordered) : new Map(ordered.map((found) => [found, INDEX]));
  const names = [...new Set(ordered.map((found) => fileOf.get(found) ?? INDEX))].sort();
  const files = names.map((name) => ({
    name: `${name}.ts`,
    text: sections([
      [name === INDEX ? header(program) : ""],
      imports(program, name, fileOf),
      ...unitsOf(ordered.filter((found) => fileOf.get(found) === name)).map((unit) => [
        "entries" in unit ? bundleStatement(unit, program) : statement(unit, program, fileOf),
      ]),
      name === INDEX ? leftOut(program.skipped) : [],
    ]),
  }));
  if (names.includes(INDEX)) return files;
  const loads = names.map((name) => `import ${quote(`./${name}`)};`);
  return [
    { name: `${INDEX}.ts`, text: sections([[header(program)], loads, leftOut(program.skipped)]) },
    ...files,
  ];
}

function header({ servers }: Program): string {
  return comment(
    `Written by \`npx pulumi-external-backends import\` from what ${servers.join(" and ")} had.`,
  );
}

function leftOut(skipped: readonly Skipped[]): string[] {
  if (skipped.length === 0) return [];
  return [comment("Not imported:"), ...skipped.map(({ what, reason }) => comment(`- ${what}: ${reason}`))];
}

/** Parts of a file with an empty line between them. */
function sections(parts: readonly (readonly string[])[]): string {
  const texts = parts.map((lines) => lines.filter((line) => line !== "").join("\n"));
  return `${texts.filter((text) => text !== "").join("\n\n")}\n`;
}

function imports(program: Program, name: string, fileOf: ReadonlyMap<Found, string>): string[] {
  const here = program.ordered.filter((found) => fileOf.get(found) === name);
  const usesSecrets = here.some(({ secrets }) => secrets.length > 0);
  const usesText = program.door === "plugin" && program.bundles.length > 0;
  const dialects = [...new Set(here.map(({ kind }) => kind.dialect))].sort();
  const lines = [
    ...(usesSecrets || usesText ? ['import * as pulumi from "@pulumi/pulumi";'] : []),
    ...dialects.map((dialect) => {
      const module = quote(`pulumi-external-backends${program.door === "plugin" ? "-" : "/"}${dialect}`);
      return `import * as ${dialect} from ${module};`;
    }),
  ];
  const elsewhere = here.flatMap(neededBy).filter((to) => fileOf.get(to) !== name);
  for (const [file, group] of Map.groupBy(elsewhere, (to) => fileOf.get(to) ?? INDEX)) {
    const variables = [...new Set(group.map(({ variable }) => variable))].sort();
    const flat = `import { ${variables.join(", ")} } from ${quote(`./${file}`)};`;
    lines.push(
      flat.length <= WIDTH ? flat : `import {\n  ${variables.join(",\n  ")},\n} from ${quote(`./${file}`)};`,
    );
  }
  const protection = [
    "\n// Pulumi deletes none of these before this is taken out and `pulumi up` has run.",
    ...(program.bundles.length > 0
      ? [
          "// What is taken out of a bundle's entries is no resource by itself: the next `pulumi up` deletes it.",
        ]
      : []),
    "const options = { protect: true };",
  ];
  return [
    ...lines,
    ...(usesSecrets ? ["\nconst config = new pulumi.Config();"] : []),
    ...(program.isProtected ? protection : []),
  ];
}

/** What is declared by a statement each: bundles, and all that stands in none. */
function unitsOf(found: readonly Found[]): (Found | ImportedBundle)[] {
  return [...new Set(found.map((one) => one.bundle ?? one))];
}

function statement(found: Found, program: Program, fileOf: ReadonlyMap<Found, string>): string {
  const { name, variable } = found;
  const users = found.users.filter((user) => neededBy(user).includes(found));
  const isExported = users.some((user) => fileOf.get(user) !== fileOf.get(found));
  const start = users.length > 0 ? `${isExported ? "export " : ""}const ${variable} = ` : "";
  const head = `${start}new ${found.kind.type.replace(":", ".")}(`;
  return construction(head, quote(name), argumentsOf(found), optionsAfter([found], program));
}

/** A bundle. Through the plugins its entries are one text. */
function bundleStatement(bundle: ImportedBundle, program: Program): string {
  const isNeeded = program.ordered.some((user) => bundlesBefore([user]).includes(bundle));
  const head = `${isNeeded ? `const ${bundle.variable} = ` : ""}new ${bundle.type.replace(":", ".")}(`;
  const construct = (tree: Tree) =>
    construction(head, quote(bundle.name), tree, optionsAfter(bundle.entries, program));
  const entries = entriesTree(bundle);
  if (program.door === "dynamic") return construct(entries);
  const variable = `${bundle.variable.replace(/Bundle$/, "")}Entries`;
  const text = new Code(`pulumi.jsonStringify(${variable})`);
  return `const ${variable} = ${print(entries, { indent: 0, before: 0, behind: 1 })};\n\n${construct({ entries: text })}`;
}

/** The entries of a bundle by their tables and keys. */
function entriesTree({ type, entries }: ImportedBundle): { [key: string]: Tree } {
  const groups = Map.groupBy(entries, ({ kind }) => tableOf(kind) ?? "");
  const tables = Object.keys(bundleOf(type)?.tables ?? {}).filter((table) => groups.has(table));
  return Object.fromEntries(
    tables.map((table) => {
      const keyed = (groups.get(table) ?? []).map((found) => [found.name, argumentsOf(found)] as const);
      return [table, Object.fromEntries(keyed.sort(([a], [b]) => (a < b ? -1 : 1)))];
    }),
  );
}

/** The bundles that have to be there before these are: they hold what is referred to by its id. */
function bundlesBefore(found: readonly Found[]): ImportedBundle[] {
  return [...new Set(found.flatMap(neededBy).flatMap(({ bundle }) => bundle ?? []))];
}

/** What has to be there before an object is made. */
function neededBy({ references }: Found): Found[] {
  return references.flatMap(({ to, isCircular }) => (to && !isCircular ? to : []));
}

/** The options of a resource, if it has some. */
function optionsAfter(found: readonly Found[], program: Program): string | undefined {
  const variables = bundlesBefore(found).map(({ variable }) => variable);
  if (variables.length === 0) return program.isProtected ? "options" : undefined;
  return `{ ${program.isProtected ? "...options, " : ""}dependsOn: [${variables.join(", ")}] }`;
}

/** What makes a resource, on one line where there is room. */
function construction(head: string, name: string, tree: Tree, options: string | undefined): string {
  const flat = hasComment(tree) ? undefined : onOneLine(tree);
  const oneLine = `${head}${name}, ${flat}${options === undefined ? "" : `, ${options}`});`;
  if (flat !== undefined && oneLine.length <= WIDTH) return oneLine;
  if (options === undefined) {
    const before = head.length + name.length + 2;
    return `${head}${name}, ${print(tree, { indent: 0, before, behind: 2 })});`;
  }
  const args = [name, print(tree, { indent: 2, before: 0, behind: 1 }), options];
  return `${head}\n${args.map((arg) => `  ${arg},\n`).join("")});`;
}
