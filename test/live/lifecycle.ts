import { randomBytes } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { Engine, type TestStack } from "../../tools/engine.ts";
import { idOf, type KindCase, type Stored } from "../support/kinds.ts";
import { declaredPart, expectChanges, expectNoChanges } from "../support/world.ts";
import { read, remove, type Server, write } from "./servers.ts";

/**
 * The lifecycle tests over kinds of resources at a server that may have other things in it: every object has a name of
 * its own and is removed afterwards, whatever happens.
 */
export async function lifecycleTests(server: Server, kinds: KindCase[]): Promise<void> {
  const run = `live-${randomBytes(4).toString("hex")}`;
  const engine = await Engine.start();
  const prefixes: string[] = [];
  afterAll(async () => {
    for (const prefix of prefixes) {
      for (const kind of kinds) await remove(server, kind, idOf(prefix, kind));
    }
    await engine.close();
  });

  const program = (prefix: string, args: (kind: KindCase) => object) => async () => {
    for (const kind of kinds) kind.declare(idOf(prefix, kind), args(kind));
  };
  /** A stack with one resource of each kind that is declared in full; nothing is done yet. */
  async function declared(name: string): Promise<{ stack: TestStack; prefix: string }> {
    const prefix = `${run}-${name}`;
    prefixes.push(prefix);
    return { stack: await engine.stack(name, program(prefix, fullArgs), { config: server.config }), prefix };
  }
  const objects = (prefix: string) =>
    Promise.all(kinds.map(async (kind) => declaredPart(await read(server, kind, idOf(prefix, kind)))));
  const absent = kinds.map(() => undefined);

  test("up creates, and then nothing changes: by up, by refresh, or written in another way", async () => {
    const { stack, prefix } = await declared("same");
    expectChanges(await stack.up(), { create: kinds.length + 1 });
    expect(await objects(prefix)).not.toContain(undefined);
    expectNoChanges(await stack.up());
    expectNoChanges(await stack.refresh());
    expectNoChanges(await stack.up({ program: program(prefix, rewrittenArgs) }));
    await stack.destroy();
    expect(await objects(prefix)).toEqual(absent);
  });

  test.for(["changed", "added"] as const)("a field %s outside is put right", async (what) => {
    const { stack, prefix } = await declared(what);
    await stack.up();
    const before = await objects(prefix);
    for (const kind of kinds) {
      const id = idOf(prefix, kind);
      const object = (await read(server, kind, id)) as Stored;
      await write(server, kind, id, kind.byHand[what].change(object));
    }
    expectChanges(await stack.preview({ refresh: true }), { update: kinds.length });
    await stack.up({ refresh: true });
    expect(await objects(prefix)).toEqual(before);
    await stack.destroy();
  });

  test("a field that the program no longer declares goes", async () => {
    const { stack, prefix } = await declared("fewer");
    await stack.up();
    expectChanges(await stack.up({ program: program(prefix, (kind) => kind.minimal) }), {
      update: kinds.length,
    });
    expectNoChanges(await stack.refresh());
    await stack.destroy();
  });

  test("an object deleted outside is created again", async () => {
    const { stack, prefix } = await declared("deleted");
    await stack.up();
    const before = await objects(prefix);
    for (const kind of kinds) await remove(server, kind, idOf(prefix, kind));
    expect(await objects(prefix)).toEqual(absent);
    await stack.up({ refresh: true });
    expect(await objects(prefix)).toEqual(before);
    await stack.destroy();
  });

  test("an object that exists already is refused and left as it was, and adopted with adopt", async () => {
    const { stack, prefix } = await declared("first");
    await stack.up();
    const before = await objects(prefix);
    const other = await engine.stack(
      "second",
      program(prefix, (kind) => kind.minimal),
      {
        config: server.config,
      },
    );
    expect((await other.up({ expectFailure: true })).output).toContain("[ALREADY_EXISTS]");
    expect(await objects(prefix)).toEqual(before);

    await other.up({ program: program(prefix, (kind) => ({ ...kind.minimal, adopt: true })) });
    await stack.destroy();
    // Nothing at the server says whose an object without labels is.
    const left = (await objects(prefix)).filter((_, index) => !kinds[index]?.unlabelled);
    expect(left).not.toContain(undefined);
    await other.destroy();
    expect(await objects(prefix)).toEqual(absent);
  });
}

/** Says why a server is left out, and counts as one skipped test. */
export function notTested(product: string, why: string): void {
  console.log(`No live ${product} is tested: ${why}.`);
  test.skip(why, () => {});
}

/** Without what holds for the sandbox only: at a live control plane the zone is its own. */
function fullArgs(kind: KindCase): object {
  return withoutZone(kind.full);
}

function rewrittenArgs(kind: KindCase): object {
  return withoutZone(kind.rewritten);
}

function withoutZone(args: object): object {
  return Object.fromEntries(Object.entries(args).filter(([name]) => name !== "zone"));
}
