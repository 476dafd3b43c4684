import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import type { JsonObject } from "../../provider/model/fields.ts";
import { errorsOf } from "../support/errors.ts";
import { oldStateOf } from "../support/old-states.ts";
import { type IgnoredPaths, wordCases } from "../support/word-cases.ts";
import {
  atServer,
  declare,
  editOutside,
  inputsIn,
  putReferences,
  QUICK,
  type WordResource,
} from "../support/word-run.ts";
import { expectChanges, expectNoChanges, LOCAL, startWorld } from "../support/world.ts";

/** A resource with what is ignored of it. */
interface Ignoring extends WordResource {
  ignored: IgnoredPaths;
  ignoreChanges: string[];
}

const world = await startWorld({ engine: { environment: QUICK } });

const plain = wordCases().map((row, index): WordResource => ({ name: `plain-${index}`, row }));
const ignoring = wordCases().flatMap((row, index) =>
  row.ignored.map((ignored, which): Ignoring => {
    const below = row.at === "" ? "" : `${row.at}.`;
    const ignoreChanges = ignored.paths.map((path) => `${below}${path}`);
    return { name: `ignoring-${index}-${which}`, row, ignored, ignoreChanges };
  }),
);
const all = [...plain, ...ignoring];

type By = "option" | "transform" | "transformation" | "nobody";

/** The program, with `ignoreChanges` set in one of the ways in which it can be set. */
function program(by: By, changes = false) {
  return async () => {
    const byName = new Map(ignoring.map(({ name, ignoreChanges }) => [name, ignoreChanges]));
    if (by === "transformation")
      pulumi.runtime.registerStackTransformation(({ name, props, opts }) => ({
        props,
        opts: pulumi.mergeOptions(opts, { ignoreChanges: byName.get(name) ?? [] }),
      }));
    for (const resource of plain) declare(resource, resource.row.words);
    for (const resource of ignoring) {
      const { ignoreChanges, row, ignored } = resource;
      const transform: pulumi.ResourceTransform = ({ props, opts }) => ({
        props,
        opts: { ...opts, ignoreChanges },
      });
      const options = {
        option: { ignoreChanges },
        transform: { transforms: [transform] },
        transformation: {},
        nobody: {},
      }[by];
      declare({ ...resource, options }, changes ? ignored.changed : row.words);
    }
  };
}

const look = () => new Map(all.map((resource) => [resource.name, atServer(world, resource)]));
const said = () => all.map(({ row }) => row.around(row.words));

putReferences(world, all);
const stack = await world.stack("old", program("option"), { config: LOCAL });
await stack.up();
const declared = look();
const old = await oldStateOf(stack);

/** The stack is as an old release has left it. */
async function takeOver(): Promise<void> {
  await stack.importState(old);
  expect(look()).toEqual(declared);
}

test("an old state is taken over without a diff, a refresh included, whatever is ignored", async () => {
  await takeOver();
  expectNoChanges(await stack.preview());
  expectNoChanges(await stack.refresh());
  expectNoChanges(await stack.up());
  expect(await inputsIn(stack, all)).toEqual(said());
  expectNoChanges(await stack.up());
  expect(look()).toEqual(declared);
});

test("what the program changes in what is ignored changes nothing in the first up after the upgrade", async () => {
  await takeOver();
  expectNoChanges(await stack.up({ program: program("option", true) }));
  expect(look()).toEqual(declared);
  expectNoChanges(await stack.up({ program: program("option") }));
});

test("what was changed outside stays in the first up after the upgrade, if it is ignored, and else is put right", async () => {
  await takeOver();
  const change = (of: (resource: WordResource, changed: JsonObject) => [JsonObject, JsonObject]) => {
    for (const resource of plain) edit(resource, ...of(resource, resource.row.changed));
    for (const resource of ignoring) edit(resource, ...of(resource, resource.ignored.changed));
  };
  change(({ row }, changed) => [row.words, changed]);
  const changed = look();
  expectChanges(await stack.refresh(), { update: all.length });
  expectChanges(await stack.up({ program: program("option") }), { update: plain.length });
  const kept = ignoring.map(({ name }) => [name, changed.get(name)] as const);
  expect(look()).toEqual(new Map([...declared, ...kept]));
  for (const resource of ignoring) edit(resource, resource.ignored.changed, resource.row.words);
});

test.each<By>(["transform", "transformation"])(
  "where a %s sets ignoreChanges, nothing is damaged, and after one run without it all goes on",
  async (by) => {
    await takeOver();
    const refused = await stack.up({ program: program(by), expectFailure: true });
    const errors = errorsOf(refused).filter((text) => !text.includes("has been cancelled"));
    for (const text of errors) expect(text).toContain("run once without ignoreChanges");
    expect(errors.length).toBeGreaterThan(0);
    expect(refused.changes).toEqual({});
    expect(look()).toEqual(declared);

    expectNoChanges(await stack.up({ program: program("nobody") }));
    expectNoChanges(await stack.up({ program: program(by) }));
    expectNoChanges(await stack.up({ program: program(by, true) }));
    expect(look()).toEqual(declared);
  },
);

function edit(resource: WordResource, from: JsonObject, to: JsonObject): void {
  editOutside(world, resource, resource.row.around(from), resource.row.around(to));
}
