import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { isObject, type JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import type { OperationResult } from "../../tools/engine.ts";
import { oldStateOf } from "../support/old-states.ts";
import { wordCases } from "../support/word-cases.ts";
import {
  atServer,
  declare,
  editOutside,
  putReferences,
  QUICK,
  type WordResource,
} from "../support/word-run.ts";
import { expectChanges, expectNoChanges, LOCAL, startWorld } from "../support/world.ts";

/** Stands in every text that is marked, apart from names of a list and addresses. */
const TOKEN = "m4rk3d-w0rd-";
/** What the marked addresses begin with. */
const NETWORK = `10.77.${TOKEN.length}.`;

const world = await startWorld({
  engine: { environment: { ...QUICK, PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "false" } },
});

const rows = wordCases(TOKEN);
/** Marked from the beginning. */
const marked = rows.map((row, index): WordResource => ({ name: `marked-${index}`, row }));
/** Marked only with the respelling. */
const later = wordCases("later-").map((row, index): WordResource => ({ name: `later-${index}`, row }));
/** Marked, and ignored as a whole. */
const ignored = rows.flatMap((row, index): WordResource[] => {
  const [first] = row.ignored;
  const below = row.at === "" ? "" : `${row.at}.`;
  const ignoreChanges = first?.paths.map((path) => `${below}${path}`) ?? [];
  return first?.isWhole && row.beyond ? [{ name: `ignored-${index}`, row, options: { ignoreChanges } }] : [];
});
const all = [...marked, ...later, ...ignored];

function mark(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mark);
  if (!isObject(value)) return pulumi.secret(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mark(inner)]));
}

const program = (words: "words" | "respelled", areAllMarked: boolean) => async () => {
  for (const resource of [...marked, ...ignored]) declare(resource, mark(resource.row[words]) as object);
  for (const resource of later)
    declare(resource, areAllMarked ? (mark(resource.row[words]) as object) : resource.row[words]);
};
const inWords = program("words", true);
const look = () => new Map(all.map((resource) => [resource.name, atServer(world, resource)]));

function leaves(value: unknown): unknown[] {
  return Array.isArray(value) || isObject(value) ? Object.values(value).flatMap(leaves) : [value];
}

/** What stands in clear in a part of a state. */
function clear(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(clear);
  if (!isObject(value)) return [value];
  return "ciphertext" in value ? [] : Object.values(value).flatMap(clear);
}

/** The values of a row that are secret then. */
function secretsOf({ row }: WordResource): Set<unknown> {
  const { words, respelled, changed, beyond = {}, gone = {}, around } = row;
  const others = new Set(leaves([around({}), gone]));
  return new Set(leaves([words, respelled, changed, beyond]).filter((value) => !others.has(value)));
}

/** Nothing of what is marked stands in clear in the state, nor, where it can be told, in its backups and the output. */
async function expectEncrypted(resources: readonly WordResource[], ...results: OperationResult[]) {
  const state = new Map((await stack.resources()).map((one) => [one.urn.split("::").at(-1), one]));
  const found = resources.flatMap((resource) => {
    const { inputs, outputs } = state.get(resource.name) ?? {};
    const secrets = secretsOf(resource);
    const open = [...kindOf(resource.row.type).identity, "adopt"];
    return [inputs, outputs].flatMap((part, index) =>
      Object.entries(part ?? {})
        .filter(([field]) => !field.startsWith("__") && !open.includes(field))
        .flatMap(([field, value]) => clear(value).map((leaf) => ({ field, leaf })))
        .filter(({ leaf }) => secrets.has(leaf))
        .map(
          ({ field, leaf }) =>
            `${resource.name} ${resource.row.fields} ${index === 0 ? "inputs" : "outputs"} ${field}: ${leaf}`,
        ),
    );
  });
  expect(found).toEqual([]);
  // Backups and history, too.
  expectSilent(await stack.stateText());
  for (const { output, events } of results) {
    const told = events.filter(({ diagnosticEvent }) => String(diagnosticEvent?.severity) !== "debug");
    for (const text of [output, JSON.stringify(told)]) expectSilent(text);
  }
}

function expectSilent(text: string) {
  // Keys of a map of nodes are no values, and are not marked.
  const values = text.replaceAll(/m4rk3d-w0rd-[ab]\.example:80/g, "");
  for (const secret of [TOKEN, NETWORK, Buffer.from(`${TOKEN} a text`).toString("base64")]) {
    const at = values.indexOf(secret);
    expect(at, values.slice(Math.max(0, at - 300), at + 100)).toBe(-1);
  }
}

const before = () => [...marked, ...ignored];

putReferences(world, all);
const stack = await world.stack("marked", program("words", false), { config: LOCAL });
let declared: ReturnType<typeof look>;

/** Somebody changes what is marked; it stays encrypted when a refresh finds it, and when an up puts it right. */
async function expectDrift(
  which: readonly WordResource[],
  of: (resource: WordResource) => JsonObject,
): Promise<void> {
  for (const one of which) editOutside(world, one, one.row.around(one.row.words), one.row.around(of(one)));
  const preview = await stack.preview({ refresh: true, diff: true });
  const refresh = await stack.refresh();
  await expectEncrypted(all, preview, refresh);
  const corrected = which.filter((one) => !ignored.includes(one));
  const up = await stack.up({ diff: true });
  expectChanges(up, corrected.length > 0 ? { update: corrected.length } : {});
  await expectEncrypted(all, up);
}

test("what is marked is encrypted, also after a second up and a refresh", async () => {
  const first = await stack.up({ diff: true });
  await expectEncrypted(before(), first);
  declared = look();
  const second = await stack.up({ diff: true });
  expectNoChanges(second);
  expectNoChanges(await stack.refresh());
  await expectEncrypted(before(), second);
});

/** Fields with two names, of which the engine encrypts the one that is written; a kuma.Secret is one by its schema. */
function hasTwoNames({ row: { type, fields } }: WordResource): boolean {
  return type !== "kuma:Secret" && fields.some((field) => field.endsWith(" spelling"));
}

test("a state of version 0.2 stays encrypted; once only what has another name there is written anew", async () => {
  const state = await stack.state();
  await stack.importState(await oldStateOf(stack));
  const up = await stack.up({ diff: true });
  expectChanges(up, { update: before().filter(hasTwoNames).length });
  await expectEncrypted(before(), up);
  expectNoChanges(await stack.refresh());
  expectNoChanges(await stack.up());
  expect(look()).toEqual(declared);
  await stack.importState(state);
});

test("what is marked with a respelling is encrypted, and what the engine would leave in clear is written anew", async () => {
  const up = await stack.up({ program: program("respelled", true) });
  // Of an unchanged resource the engine encrypts whole arguments, and these under the same name only.
  const anew = later.filter((resource) => {
    const { at, respelled } = resource.row;
    return hasTwoNames(resource) || at !== "" || Object.values(respelled).some(isObject);
  });
  expectChanges(up, { update: anew.length });
  await expectEncrypted(all);
  await stack.up({ program: inWords });
  expectNoChanges(await stack.up());
  await expectEncrypted(all);
  expect(look()).toEqual(declared);
});

test("what was changed outside stays encrypted", async () => {
  await expectDrift(marked, ({ row }) => row.changed);
  expect(look()).toEqual(declared);
});

test("what a read says in another spelling stays encrypted, in the state and its backups", async () => {
  const which = [...marked, ...later].filter(({ row }) => row.beyond);
  await expectDrift(which, ({ row }) => row.beyond ?? {});
  expect(look()).toEqual(declared);
  const backups = await readdir(join(world.engine.backendDir, ".pulumi", "backups"), { recursive: true });
  expect(backups.filter((file) => file.endsWith(".json"))).not.toEqual([]);
});

test("what is ignored and said in another spelling stays encrypted", async () => {
  await expectDrift(ignored, ({ row }) => row.beyond ?? {});
  const changed = look();
  expectNoChanges(await stack.up({ program: program("respelled", true) }));
  await expectEncrypted(all);
  expect(look()).toEqual(changed);
});
