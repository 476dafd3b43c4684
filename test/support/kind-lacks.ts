import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Kind } from "../../provider/model/kind.ts";
import { KINDS } from "../../provider/model/kinds.ts";
import { SPECIFIED_KINDS } from "../../provider/model/kuma/policies/index.ts";
import { kinds as apisixKinds } from "../../sandbox/apisix/kinds.ts";
import { kindsOf as kumaKinds } from "../../sandbox/kuma/kinds/index.ts";
import { className, qualifiedName } from "../../tools/generate/kinds.ts";
import { pageName, referenceFolder } from "../../tools/generate/reference.ts";
import { repository } from "../../tools/repository.ts";
import { apisixObjects, kumaObjects } from "./import-objects.ts";
import { rowOf } from "./kind-rows.ts";
import { untriedSecrets } from "./secret-fields.ts";
import { fieldsWithWays, wordCases } from "./word-cases.ts";

/** Kinds of which no write at a real server is recorded, with the reason. */
const NOT_RECORDED: Record<string, string> = {
  "apisix:Ssl": "one that is taken has a private key in it; refusals are recorded",
};

/** The files in which a kind stands besides its own. */
interface Places {
  table: string;
  sandbox: string;
  rows: string;
  objects: string;
  words: string;
}

const APISIX: Places = {
  table: "provider/model/kinds.ts (LOAD)",
  sandbox: "sandbox/apisix/kinds.ts",
  rows: "test/support/kinds-apisix.ts (trafficRows) or test/support/kinds-plugins.ts (pluginRows)",
  objects: "test/support/import-objects.ts (apisixObjects)",
  words: "test/support/word-cases-others.ts",
};

const KUMA: Places = {
  table: "provider/model/kinds.ts (LOAD)",
  sandbox: "sandbox/kuma/kinds/index.ts (kindsOf)",
  rows: "test/support/kinds-kuma.ts (kumaRows)",
  objects: "test/support/import-objects.ts (kumaObjects)",
  words: "test/support/word-cases-others.ts",
};

/** Kinds of Kuma that have a CRD; what is imported of them in tests is made from their rows. */
const SPECIFIED: Places = {
  table: "provider/model/kuma/policies/index.ts (SPECIFIED_KINDS)",
  sandbox: "sandbox/kuma/kinds/defined.ts (special)",
  rows: "test/support/kinds-policies.ts (SPECS)",
  objects: "test/support/kinds-policies.ts (SPECS)",
  words: "test/support/word-cases-policies.ts",
};

function placesOf({ type, dialect }: Kind): Places {
  if (dialect === "apisix") return APISIX;
  return SPECIFIED_KINDS.has(type) ? SPECIFIED : KUMA;
}

/** What a kind still lacks, and the file to write it into: one line for each thing. */
export function lacksOf(kind: Kind, places: Places = placesOf(kind)): string[] {
  const { type, dialect } = kind;
  const name = qualifiedName(kind);
  const lines: [isThere: boolean | undefined, lack: string][] = [
    [hasClass(kind), `no class in sdk/${dialect}/resources.ts; \`npm run generate\` makes it`],
    [hasPage(kind), `no page docs/reference/${pageName(kind)}; \`npm run generate\` makes it`],
    [
      text("docs/reference/README.md").includes(pageName(kind)),
      "no line in docs/reference/README.md; `npm run generate` makes it",
    ],
    [isInSandbox(kind), `not known to the sandbox: write it into ${places.sandbox}`],
    [kind.patch || rowOf(type) !== undefined, `no row in ${places.rows}`],
    [isImported(kind), `no object that is imported in ${places.objects}`],
    [
      isRecorded(kind),
      "no write in test/recordings, and no reason in test/support/kind-lacks.ts (NOT_RECORDED)",
    ],
    [isAnnounced(kind), `no entry with \`${name}\` in .changeset`],
  ];
  return [
    ...lines.flatMap(([isThere, lack]) => (isThere ? [] : [lack])),
    ...untriedSecrets(kind).map(
      (path) => `no arguments with the secret ${path} in test/support/secret-cases.ts (secretCases)`,
    ),
    ...untriedWords(kind).map((field) => `no case of the field ${field} in ${places.words}`),
  ].map((lack) => `${name}: ${lack}`);
}

/** The files in which a kind is described that no table knows, each as a line. */
export function filesInNoTable(): string[] {
  const known = new Set(KINDS.map(({ type }) => type));
  return globSync("provider/model/{apisix,kuma}/**/*.ts", { cwd: repository }).flatMap((file) => {
    const [, isSpecified, said] = /: Kind = (specifiedKind\()?\{\s*type: "([\w:]+)"/.exec(text(file)) ?? [];
    if (said === undefined) return [];
    const type = isSpecified ? `kuma:${said}` : said;
    const { table } = isSpecified ? SPECIFIED : KUMA;
    return known.has(type) ? [] : [`${type.replace(":", ".")}: ${file} stands in no line of ${table}`];
  });
}

function text(file: string): string {
  return readFileSync(join(repository, file), "utf8");
}

function hasClass(kind: Kind): boolean {
  return text(`sdk/${kind.dialect}/resources.ts`).includes(`export class ${className(kind)} extends`);
}

function hasPage(kind: Kind): boolean {
  return existsSync(join(referenceFolder, pageName(kind)));
}

/** Objects of these kinds are others' as well: a patch changes one, and any policy is of a type of its own. */
function isOfOthers({ patch, specific }: Kind): boolean {
  return patch === true || specific !== undefined;
}

/** The paths of a kind's objects below the API's root. */
function pathOf(kind: Kind): RegExp {
  const path = kind.path(kind.identity.map(() => "[^/]+"));
  return new RegExp(`^/?(apisix/admin/)?${path}$`);
}

function isInSandbox(kind: Kind): boolean {
  const collections = kind.path(kind.identity.map(() => "")).split("/");
  const known =
    kind.dialect === "apisix" ? Object.keys(apisixKinds) : kumaKinds("2.14.3").map(({ path }) => path);
  return isOfOthers(kind) || known.includes(collections.findLast((part) => part !== "") ?? "");
}

function isImported(kind: Kind): boolean {
  const objects = kind.dialect === "apisix" ? apisixObjects({ cert: "", key: "" }) : kumaObjects;
  return isOfOthers(kind) || objects.some(([path]) => pathOf(kind).test(path));
}

interface Exchange {
  request: { method: string; path: string };
  response: { status: number };
}

/** The paths of all writes that a real server has taken. */
const recordedPaths: ReadonlySet<string> = new Set(
  globSync("test/recordings/*.json", { cwd: repository })
    .flatMap((file): { exchanges: Exchange[] }[] => JSON.parse(text(file)).scenarios ?? [])
    .flatMap(({ exchanges }) => exchanges)
    .filter(({ request, response }) => request.method === "PUT" && response.status < 300)
    .map(({ request }) => request.path),
);

function isRecorded(kind: Kind): boolean {
  return (
    isOfOthers(kind) ||
    kind.type in NOT_RECORDED ||
    [...recordedPaths].some((path) => pathOf(kind).test(path))
  );
}

/** The types of resources that stood in states of releases; an entry of the next release names all others. */
const released: ReadonlySet<string> = new Set(
  globSync("test/states/*.json", { cwd: repository })
    .flatMap((file): { type: string }[] => JSON.parse(text(file)).declarations)
    .map(({ type }) => type),
);

/** What will stand in the changelog of the next release. */
const entries = globSync(".changeset/*.md", { cwd: repository }).map(text);

function isAnnounced(kind: Kind): boolean {
  return released.has(kind.type) || entries.some((entry) => entry.includes(`\`${qualifiedName(kind)}\``));
}

/** Fields that can be said in several ways, in no row of the table of words. */
function untriedWords({ type }: Kind): string[] {
  const tried = new Set(
    wordCases().flatMap((one) => (one.type === type ? one.fields.map((field) => `${type} ${field}`) : [])),
  );
  return fieldsWithWays()
    .filter((field) => field.startsWith(`${type} `) && !tried.has(field))
    .map((field) => field.slice(type.length + 1));
}
