import { isAbsolute, join, relative } from "node:path";
import { settingsOf } from "../provider/model/settings.ts";
import type { Found, Skipped } from "./adopt.ts";
import type { ImportedBundle } from "./bundles.ts";
import { visible } from "./code.ts";
import type { Options } from "./options.ts";
import type { RefusingLints } from "./refusing-lints.ts";
import type { SecretValue } from "./secret-values.ts";
import type { Settings } from "./settings.ts";
import type { OutputFile } from "./write.ts";

/** What was done. */
export interface Done {
  bundles: readonly ImportedBundle[];
  ordered: readonly Found[];
  skipped: readonly Skipped[];
  servers: readonly string[];
  files: readonly OutputFile[];
  lints: RefusingLints;
}

export const IMPORT_FILE = "import.json";
export const SECRETS_FILE = "secrets.json";

/** What the person at the terminal reads: what was imported, what was not and why, and what to do next, word for word. */
export function reportOf(done: Done, options: Options, settings: Settings): string {
  const secrets = done.ordered.flatMap((one) => one.secrets);
  const parts = [
    [`Read from ${done.servers.join(" and ")}:`, ...counts(done.ordered), ...bundleLines(done)],
    done.skipped.length > 0
      ? [
          `Not imported (${done.skipped.length}):`,
          ...done.skipped.map(({ what, reason }) => `  ${what}: ${reason}`),
        ]
      : [],
    ["Written:", ...done.files.map((file) => fileLine(file, options))],
    unknownSecrets(done, options),
    lintLines(done),
    [
      "Next, in the folder of the Pulumi program:",
      ...commands(done, secrets, options, settings).map((line) => `  ${line}`),
    ],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.map(visible).join("\n")}\n`)
    .join("\n");
}

function counts(ordered: readonly Found[]): string[] {
  const byType = [...Map.groupBy(ordered, ({ kind }) => kind.type)].sort(([a], [b]) => (a < b ? -1 : 1));
  return byType.length > 0
    ? byType.map(([type, found]) => `${String(found.length).padStart(5)} ${type}`)
    : ["  nothing"];
}

/** How many of them stand in bundles, and in which. */
function bundleLines({ bundles }: Done): string[] {
  return bundles.map(
    ({ type, name, entries }) =>
      `${String(entries.length).padStart(5)} of them in ${type.replace(":", ".")} "${name}"`,
  );
}

function fileLine({ name, isSecret }: OutputFile, options: Options): string {
  const secret = isSecret ? "   secrets in clear, readable by you alone; delete it when all is done" : "";
  return `  ${join(options.out, name)}${secret}`;
}

/**
 * What no server gives back, so that the first preview shows an update of these resources. States that the command writes
 * itself can have it all the same; those that `pulumi import` makes of an id cannot.
 */
function unknownSecrets({ ordered }: Done, { door }: Options): string[] {
  const missing = ordered.flatMap((found) =>
    found.secrets.filter(({ value }) => value === undefined).map(({ name }) => ({ found, name })),
  );
  const isByFile = ({ found }: { found: Found }) => door === "dynamic" || found.bundle !== undefined;
  const lines = ({ found, name }: { found: Found; name: string }) =>
    `  ${name}: of ${found.kind.type} "${found.name}"`;
  const byFile = missing.filter(isByFile);
  const byId = missing.filter((one) => !isByFile(one));
  return [
    ...(byFile.length > 0
      ? [
          "The server does not give these back. Put them into a JSON file of names and values, and run the command again with",
          "--secrets FILE --force; without that the first preview shows an update of their resources, which writes yours:",
          ...byFile.map(lines),
        ]
      : []),
    ...(byId.length > 0
      ? [
          "The server does not give these back, and pulumi import asks nobody else. The first preview shows an update of their",
          "resources, which writes those of the stack's configuration:",
          ...byId.map(lines),
        ]
      : []),
  ];
}

/** What the server has taken, and the first preview would refuse. */
function lintLines({ lints }: Done): string[] {
  if (lints.messages.length === 0) return [];
  return [
    "Imported as it is, though lints of this package refuse it; below they are switched off for the stack:",
    ...lints.messages.map((message) => `  ${message}`),
  ];
}

function commands(
  done: Done,
  secrets: readonly SecretValue[],
  options: Options,
  settings: Settings,
): string[] {
  const known = secrets.filter(({ value }) => value !== undefined).map(({ name }) => name);
  const missing = secrets.filter(({ value }) => value === undefined).map(({ name }) => name);
  const file = modulePath(join(options.out, SECRETS_FILE));
  const outside = relative(".", options.out) !== "";
  return [
    ...(options.door === "plugin"
      ? options.from.map((dialect) => `pulumi package add ./node_modules/.bin/pulumi-resource-${dialect}`)
      : []),
    ...(outside ? [`echo 'import "${modulePath(options.out)}";' >> index.ts`] : []),
    ...connection(options, settings),
    ...(known.length > 0
      ? [
          `for name in ${known.join(" ")}; do`,
          `  node -p 'require(process.argv[1])[process.argv[2]]' ${quoted(file)} $name | pulumi config set --secret $name`,
          "done",
        ]
      : []),
    ...missing.map((name) => `pulumi config set --secret ${name}`),
    ...(done.lints.names.length > 0
      ? [`pulumi config set external-backends:ignoreLints ${done.lints.names.join(",")}`]
      : []),
    ...imports(done, options),
    "pulumi preview",
  ];
}

/** Dynamic resources and bundles are imported by the file that holds their states; of the plugins' other ones the id is enough. */
function imports({ ordered, files }: Done, options: Options): string[] {
  const flags = `--generate-code=false${options.unprotected ? " --protect=false" : ""}`;
  const byFile = files.some(({ name }) => name === IMPORT_FILE)
    ? [`pulumi import --file ${quoted(join(options.out, IMPORT_FILE))} ${flags}`]
    : [];
  if (options.door === "dynamic") return byFile;
  const alone = ordered.filter(({ bundle }) => !bundle);
  const byId = alone.map((found) => {
    const words = [found.kind.type.replace(":", ":index:"), found.name, found.id];
    return `pulumi import ${words.map(quoted).join(" ")} ${flags}`;
  });
  return [...byFile, ...byId];
}

/** The settings by which the stack finds the same servers. */
function connection({ from }: Options, { known }: Settings): string[] {
  return from.flatMap((dialect) => {
    const settings = settingsOf(dialect);
    const { name: key = "", variable = "" } = settings.find(({ role }) => role === "credential") ?? {};
    const named = settings.filter(({ role, name }) => role === "url" || role === "id" || name === "idPrefix");
    const plain = [...named.map(({ name }) => name), `${key}Env`, `${key}File`].map(
      (name) => `${dialect}:${name}`,
    );
    const set = plain.flatMap((name) =>
      known.has(name) ? [`pulumi config set ${name} ${quoted(String(known.get(name)))}`] : [],
    );
    const isReferred = known.has(`${dialect}:${key}Env`) || known.has(`${dialect}:${key}File`);
    const isGiven = known.has(`${dialect}:${key}`) || process.env[variable] !== undefined;
    return [...set, ...(isGiven && !isReferred ? [`pulumi config set --secret ${dialect}:${key}`] : [])];
  });
}

/** The path as a module is named by it. */
function modulePath(path: string): string {
  const plain = path.replaceAll("\\", "/");
  return isAbsolute(path) || /^\.\.?(\/|$)/.test(plain) ? plain : `./${plain}`;
}

/** As one word of a shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
