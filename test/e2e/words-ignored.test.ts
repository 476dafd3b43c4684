import { expect, test } from "vitest";
import type { JsonObject } from "../../provider/model/fields.ts";
import { type IgnoredPaths, type WordCase, wordCases } from "../support/word-cases.ts";
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

/** A resource with `ignoreChanges`. */
interface Ignoring extends WordResource {
  ignored: IgnoredPaths;
}

const world = await startWorld({ engine: { environment: QUICK } });

function ignoring(row: WordCase, index: number, ignored: IgnoredPaths, which: number): Ignoring {
  const below = row.at === "" ? "" : `${row.at}.`;
  const ignoreChanges = ignored.paths.map((path) => `${below}${path}`);
  return { name: `ignoring-${index}-${which}`, row, ignored, options: { ignoreChanges } };
}

const resources = wordCases().flatMap((row, index) =>
  row.ignored.map((ignored, which) => ignoring(row, index, ignored, which)),
);
const whole = resources.filter(({ ignored, row }) => ignored.isWhole && row.gone);
/** The program says nothing about the ignored field. A patch does not look at what it does not set. */
const silent = whole
  .filter(({ row }) => row.type !== "kuma:MeshPatch")
  .map((resource) => ({ ...resource, name: resource.name.replace("ignoring", "silent") }));

/** The words of each, or of `which` of them only. */
function program(
  fields: (resource: Ignoring) => JsonObject | undefined,
  change = (_: string, args: JsonObject) => args,
) {
  return async () => {
    for (const resource of resources) {
      const { row } = resource;
      const args = change(row.type, row.around(fields(resource) ?? row.words));
      declare({ ...resource, row: { ...row, around: () => args } }, {});
    }
    for (const resource of silent) declare(resource, resource.row.gone ?? {});
  };
}

const inWords = program(({ row }) => row.words);
const look = () =>
  new Map([...resources, ...silent].map((resource) => [resource.name, atServer(world, resource)]));
const said = () => resources.map(({ row }) => row.around(row.words));

putReferences(world, [...resources, ...silent]);
const stack = await world.stack("ignoring", inWords, { config: LOCAL });
let declared: ReturnType<typeof look>;

/** Somebody changes what is ignored, a refresh takes it into the state, and an up leaves it as it is. */
async function expectKept(
  which: readonly Ignoring[],
  from: (resource: Ignoring) => JsonObject,
  to: (resource: Ignoring) => JsonObject,
): Promise<void> {
  for (const resource of which)
    editOutside(world, resource, resource.row.around(from(resource)), resource.row.around(to(resource)));
  const changed = look();
  expectChanges(await stack.refresh(), { update: which.length });
  expectNoChanges(await stack.up({ program: inWords }));
  expect(look()).toEqual(changed);
}

/** Somebody undoes it. */
async function putBack(
  which: readonly Ignoring[],
  from: (resource: Ignoring) => JsonObject,
  to: (resource: Ignoring) => JsonObject,
) {
  for (const resource of which)
    editOutside(world, resource, resource.row.around(from(resource)), resource.row.around(to(resource)));
  expect(look()).toEqual(declared);
  expectChanges(await stack.refresh(), { update: which.length });
  expectNoChanges(await stack.up());
}

const changed = ({ ignored }: Ignoring) => ignored.changed;
const words = ({ row }: Ignoring) => row.words;

test("an unchanged program changes nothing, before and after a refresh", async () => {
  await stack.up();
  declared = look();
  expect(await world.requestsDuring(async () => expectNoChanges(await stack.up()))).toEqual([]);
  expectNoChanges(await stack.refresh());
  expectNoChanges(await stack.up());
  expect(await inputsIn(stack, resources)).toEqual(said());
  expect(look()).toEqual(declared);
});

test("what the program changes in an ignored field, element or field of an element changes nothing", async () => {
  expectNoChanges(await stack.up({ program: program(changed) }));
  expect(await inputsIn(stack, resources)).toEqual(said());
  expect(look()).toEqual(declared);
});

test("an ignored field that the program leaves out stays", async () => {
  expectNoChanges(
    await stack.up({ program: program((one) => (whole.includes(one) ? one.row.gone : undefined)) }),
  );
  expect(await inputsIn(stack, resources)).toEqual(said());
  expect(look()).toEqual(declared);
});

test("other words that mean the same change nothing", async () => {
  expectNoChanges(await stack.up({ program: program(({ row }) => row.respelled) }));
  expectNoChanges(await stack.up({ program: inWords }));
  expect(look()).toEqual(declared);
});

test("what was changed outside stays, also when something beside it is changed", async () => {
  await expectKept(resources, words, changed);
  const before = look();
  expectChanges(await stack.up({ program: program(words, besides) }), { update: resources.length });
  expectChanges(await stack.up({ program: inWords }), { update: resources.length });
  expect(look()).toEqual(before);
  await putBack(resources, changed, words);
});

test("what was changed outside to what the user's spelling cannot say stays", async () => {
  const which = resources.filter(({ row, ignored }) => ignored.coversBeyond && row.beyond);
  const beyond = ({ row }: Ignoring) => row.beyond ?? {};
  await expectKept(which, words, beyond);
  await putBack(which, beyond, words);
});

test("what was removed outside stays away", async () => {
  const gone = ({ row }: Ignoring) => row.gone ?? {};
  await expectKept(whole, words, gone);
  await putBack(whole, gone, words);
});

test("what was added outside stays", async () => {
  const gone = ({ row }: Ignoring) => row.gone ?? {};
  await expectKept(silent, gone, words);
  await putBack(silent, words, gone);
});
