import { ComponentResource, type CustomResourceOptions } from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { idOf, type KindCase, kinds, labelled, oneOfEach, unlabelled } from "../support/kinds.ts";
import {
  declaredPart,
  expectChanges,
  expectNoChanges,
  LOCAL,
  ownerOf,
  startWorld,
} from "../support/world.ts";

const world = await startWorld();
const absent = kinds.map(() => undefined);

function objects(prefix: string, which: readonly KindCase[] = kinds) {
  return which.map((kind) => kind.get(world, idOf(prefix, kind)));
}

/** One of each kind (of `which`) under ids that begin with `prefix`. */
function program(prefix: string, set: "minimal" | "full", more: object = {}, which = kinds) {
  return oneOfEach(
    prefix,
    (kind) => ({ ...kind[set], ...more }),
    () => ({}),
    which,
  );
}

/** Makes one of each kind and takes away what tells whose they are, as if somebody had made them by hand. */
async function makeForeign(prefix: string, which = kinds): Promise<void> {
  const stack = await world.stack(`${prefix}-foreign`, program(prefix, "full", {}, which));
  await stack.up();
  for (const kind of which) {
    const id = idOf(prefix, kind);
    const { labels: _, ...object } = kind.get(world, id) ?? {};
    kind.put(world, id, object);
  }
}

test.skipIf(labelled.length === 0)(
  "an existing object of somebody else is refused and left as it was",
  { tags: ["kinds"] },
  async () => {
    await makeForeign("foreign", labelled);
    const before = objects("foreign", labelled);
    // A preview would stop at the first; each create refuses by itself, too.
    const stack = await world.stack("foreign", program("foreign", "full", {}, labelled), { config: LOCAL });
    const { output } = await stack.up({ continueOnError: true, expectFailure: true });
    for (const kind of labelled) expect(output).toContain(`${idOf("foreign", kind)}" exists already`);
    expect(output).toContain("To take it over, set adopt: true; or bring it into the state");
    expect(output).toContain("[ALREADY_EXISTS]");
    expect(objects("foreign", labelled)).toEqual(before);

    await stack.destroy();
    expect(objects("foreign", labelled)).toEqual(before);
  },
);

test.skipIf(unlabelled.length === 0)(
  "of a kind without labels, an existing object is refused, but taken over when it is what is declared",
  { tags: ["kinds"] },
  async () => {
    await makeForeign("unlabelled", unlabelled);
    const before = objects("unlabelled", unlabelled);
    const minimal = program("unlabelled", "minimal", {}, unlabelled);
    const stack = await world.stack("unlabelled", minimal, { config: LOCAL });
    const { output } = await stack.up({ continueOnError: true, expectFailure: true });
    for (const kind of unlabelled) expect(output).toContain(`${idOf("unlabelled", kind)}" exists already`);
    expect(output).toContain("Nothing at the server says whose it is");
    expect(objects("unlabelled", unlabelled)).toEqual(before);

    expectChanges(await stack.up({ program: program("unlabelled", "full", {}, unlabelled) }), {
      create: unlabelled.length,
    });
    expectNoChanges(await stack.refresh());
  },
);

test("an existing object is taken over with adopt: true, and adopt may go afterwards", {
  tags: ["kinds"],
}, async () => {
  await makeForeign("adopted");
  const stack = await world.stack("adopted", program("adopted", "minimal", { adopt: true }));
  expectChanges(await stack.up(), { create: kinds.length + 1 });
  expectNoChanges(await stack.refresh());
  for (const object of objects("adopted", labelled)) expect(ownerOf(object).owner).toMatch(/^[0-9a-f]{16}$/);

  expectNoChanges(await stack.up({ program: program("adopted", "minimal") }));
  await stack.up({ program: program("adopted", "full") });
  await stack.destroy();
  expect(objects("adopted")).toEqual(absent);
});

test.skipIf(labelled.length === 0)(
  "an object that another stack has adopted is not overwritten, and our destroy leaves it there",
  { tags: ["kinds"] },
  async () => {
    const ours = await world.stack("ours", program("handed", "minimal", {}, labelled));
    await ours.up();
    const theirs = await world.stack("theirs", program("handed", "minimal", { adopt: true }, labelled));
    await theirs.up();
    const before = objects("handed", labelled);

    // A preview asks for no labels; one with --refresh tells it before anything is changed.
    const refreshed = await ours.refresh();
    for (const kind of labelled)
      expect(refreshed.output).toContain(`${idOf("handed", kind)}" was taken over by the stack test.theirs`);

    ours.program = program("handed", "full", {}, labelled);
    const { output } = await ours.up({ continueOnError: true, expectFailure: true });
    for (const kind of labelled)
      expect(output).toContain(`${idOf("handed", kind)}" belongs to the stack test.theirs`);
    expect(output).toContain("[OWNED_BY_ANOTHER]");
    expect(objects("handed", labelled)).toEqual(before);

    const destroyed = await ours.destroy();
    for (const kind of labelled)
      expect(destroyed.output).toContain(
        `${idOf("handed", kind)}" stays: by now it belongs to the stack test.theirs`,
      );
    expect(objects("handed", labelled)).toEqual(before);
    await theirs.destroy();
    expect(objects("handed", labelled)).toEqual(labelled.map(() => undefined));
  },
);

class Left extends ComponentResource {
  constructor(name: string) {
    super("test:index:Left", name);
  }
}

class Right extends ComponentResource {
  constructor(name: string) {
    super("test:index:Right", name);
  }
}

test.skipIf(labelled.length === 0)(
  "two children of one name under two component types are two owners",
  { tags: ["kinds"] },
  async () => {
    const child = (kind: KindCase, side: string, options: CustomResourceOptions) =>
      kind.declare(`child-${kind.type}`, { ...kind.minimal, [kind.identity]: idOf(side, kind) }, options);
    const declare = (left: string, right: string) => async () => {
      const parents = [new Left("parent"), new Right("parent")] as const;
      for (const kind of labelled) {
        child(kind, left, { parent: parents[0] });
        child(kind, right, { parent: parents[1], dependsOn: parents[0] });
      }
    };
    const stack = await world.stack("children", declare("left", "right"));
    await stack.up();
    for (const kind of labelled) {
      const [left, right] = ["left", "right"].map((side) => ownerOf(kind.get(world, idOf(side, kind))).owner);
      expect(left, kind.type).toMatch(/^[0-9a-f]{16}$/);
      expect(right, kind.type).not.toBe(left);
    }
    // So the one cannot take the other's object, whether that is declared, too, or not any more.
    const { output } = await stack.up({ program: declare("left", "left"), expectFailure: true });
    expect(output).toMatch(/left-[^"]*" is declared by another resource of this program, too/);
    await stack.setConfig(LOCAL);
    const right = async () => {
      const parent = new Right("parent");
      for (const kind of labelled) child(kind, "left", { parent });
    };
    const refused = await stack.up({ program: right, continueOnError: true, expectFailure: true });
    for (const kind of labelled) expect(refused.output).toContain(`${idOf("left", kind)}" exists already`);
  },
);

test("a run that died after writing an object goes on with it", { tags: ["kinds"] }, async () => {
  const stack = await world.stack("died", async () => {});
  await stack.up();
  const before = await stack.state();
  await stack.up({ program: program("died", "full") });
  const made = objects("died");
  await stack.importState(before);

  expectChanges(await stack.up(), { create: kinds.length });
  expect(objects("died").map(declaredPart)).toEqual(made.map(declaredPart));
  expectNoChanges(await stack.refresh());
  await stack.destroy();
  expect(objects("died")).toEqual(absent);
});

test("an object of ours that is not what is declared is refused when the state does not know it", {
  tags: ["kinds"],
}, async () => {
  const stack = await world.stack("restored", async () => {}, { config: LOCAL });
  await stack.up();
  const before = await stack.state();
  await stack.up({ program: program("restored", "full") });
  const made = objects("restored");
  await stack.importState(before);

  stack.program = program("restored", "minimal");
  const { output } = await stack.up({ continueOnError: true, expectFailure: true });
  expect(output).toContain("was the state lost, moved or restored?");
  expect(objects("restored")).toEqual(made);
});
