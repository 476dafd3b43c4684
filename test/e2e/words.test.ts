import { expect, test } from "vitest";
import { canonical } from "../../provider/model/canonical.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { withValueAt } from "../../provider/model/paths.ts";
import { secretPathsOf } from "../../provider/model/secret-fields.ts";
import { changedLines, linesOf } from "../support/changed-lines.ts";
import { type WordCase, wordCases } from "../support/word-cases.ts";
import {
  atServer,
  besides,
  declare,
  editOutside,
  inputsIn,
  putReferences,
  QUICK,
  type WordResource,
} from "../support/word-run.ts";
import { expectChanges, expectNoChanges, LOCAL, startWorld } from "../support/world.ts";

/** A resource with what the program says about it. */
interface Declared extends WordResource {
  fields: JsonObject;
}

const world = await startWorld({ engine: { environment: QUICK } });
const rows = wordCases();
/** The fields of the table as the user writes them. */
const written = rows.map((row, index): Declared => ({ name: `written-${index}`, row, fields: row.words }));
/** Resources of which the program says nothing about these fields. A patch does not look at what it does not set. */
const absent = rows.flatMap((row, index): Declared[] =>
  row.gone && row.type !== "kuma:MeshPatch" ? [{ name: `absent-${index}`, row, fields: row.gone }] : [],
);
const all = [...written, ...absent];

const inWords = async () => {
  for (const resource of all) declare(resource, resource.fields);
};
const respelled = async () => {
  for (const resource of written) declare(resource, resource.row.respelled);
  for (const resource of absent) declare(resource, resource.fields);
};
const args = (resource: Declared, fields: JsonObject) => resource.row.around(fields);
const look = () => new Map(all.map((resource) => [resource.name, atServer(world, resource)]));

putReferences(world, all);
const stack = await world.stack("words", inWords, { config: LOCAL });
let declared: ReturnType<typeof look>;

/** Somebody changes these fields; a refresh says so in the user's words, and an up puts them right. */
async function expectDrift(changed: Map<Declared, JsonObject>, isExact = true): Promise<void> {
  for (const [resource, to] of changed) editOutside(world, resource, args(resource, resource.fields), to);
  expectChanges(await stack.refresh(), { update: changed.size });
  const drifted = [...changed.keys()];
  const inputs = await inputsIn(stack, drifted);
  for (const [index, resource] of drifted.entries()) {
    const { type, fields } = resource.row;
    const to = changed.get(resource) ?? {};
    const form = (value: JsonObject) => (isExact ? value : canonical(kindOf(type), value));
    expect(form(inputs[index] ?? {}), `${type} ${fields}`).toEqual(form(to));
  }
  expectChanges(await stack.up(), { update: changed.size });
  expect(look()).toEqual(declared);
}

/** The arguments as a preview shows them. */
function withoutSecrets({ type }: WordCase, args: JsonObject): JsonObject {
  const { schema } = kindOf(type);
  return secretPathsOf(schema, args).reduce((shown, path) => withValueAt(shown, path, "[secret]"), args);
}

/** What the rows say of a change, with the arguments that are found then. */
function changes(resources: Declared[], of: (row: WordCase) => JsonObject | undefined) {
  return new Map(
    resources.flatMap((resource) => {
      const fields = of(resource.row);
      return fields ? [[resource, args(resource, fields)] as const] : [];
    }),
  );
}

test("a second up and a refresh change nothing, and the up asks for no object", async () => {
  await stack.up();
  declared = look();
  expect(await world.requestsDuring(async () => expectNoChanges(await stack.up()))).toEqual([]);
  expectNoChanges(await stack.refresh());
  expect(look()).toEqual(declared);
});

test("other words that mean the same change nothing, before and after a refresh", async () => {
  const requests = await world.requestsDuring(async () =>
    expectNoChanges(await stack.up({ program: respelled })),
  );
  expect(requests).toEqual([]);
  expectNoChanges(await stack.refresh());
  expect(await inputsIn(stack, written)).toEqual(written.map(({ row }) => row.around(row.respelled)));
  expectNoChanges(await stack.up());
  expectNoChanges(await stack.up({ program: inWords }));
  expect(look()).toEqual(declared);
});

test("of what was changed outside a preview shows exactly the changed field, in the user's spelling", async () => {
  const changed = changes(written, (row) => row.changed);
  for (const [resource, to] of changed) editOutside(world, resource, args(resource, resource.fields), to);
  const { output } = await stack.preview({ refresh: true, diff: true });
  for (const [resource, to] of changed) {
    // That a secret differs is all that is shown of it.
    if (resource.row.type === "kuma:Secret") continue;
    const from = args(resource, resource.fields);
    const title = `${resource.row.type} ${resource.row.fields}`;
    const [shown, shownTo] = [withoutSecrets(resource.row, from), withoutSecrets(resource.row, to)];
    expect(linesOf(output, resource.name, "refresh"), title).toEqual(changedLines(shown, shownTo));
    expect(linesOf(output, resource.name, "update"), title).toEqual(changedLines(shownTo, shown));
  }
  for (const [resource, to] of changed) editOutside(world, resource, to, args(resource, resource.fields));
  expect(look()).toEqual(declared);
});

test("what was changed outside is put right", async () => {
  await expectDrift(changes(written, (row) => row.changed));
});

test("what was changed beside it is put right, and the field stays as it was written", async () => {
  const changed = written.map(
    (resource) => [resource, besides(resource.row.type, args(resource, resource.fields))] as const,
  );
  await expectDrift(new Map(changed));
});

test("what the user's spelling cannot say is said in another, and put right", async () => {
  await expectDrift(changes(written, (row) => row.beyond));
});

test("what was removed outside comes back", async () => {
  await expectDrift(changes(written, (row) => row.gone));
});

test("what was added outside goes", async () => {
  await expectDrift(
    changes(absent, (row) => row.words),
    false,
  );
});

test("what was changed outside after a respelling is said in the words of the last write, and put right", async () => {
  expectNoChanges(await stack.up({ program: respelled }));
  await expectDrift(changes(written, (row) => row.changed));
  expectNoChanges(await stack.up({ program: inWords }));
});
