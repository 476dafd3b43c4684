import { afterAll, afterEach, expect, test } from "vitest";
import { isObject } from "../../provider/model/fields.ts";
import { Engine, type StackConfig, type TestStack } from "../../tools/engine.ts";
import type { Stored } from "../support/kinds.ts";
import { declaredPart, expectChanges, expectNoChanges } from "../support/world.ts";
import type { LiveKind } from "./kinds.ts";
import { namesIn, read, remove, withoutServers, write } from "./servers.ts";

/** What the lifecycle tests need of the servers that they run at. */
export interface LifecycleSetup {
  /** What all names begin with. */
  run: string;
  kinds: LiveKind[];
  config: StackConfig;
  /** The name of what all tests of the run use, which is removed after the last one. */
  shared: string;
}

/**
 * The lifecycle tests over kinds of resources at a server that may have other things in it: every object has a name of
 * its own and is removed afterwards, whatever happens.
 */
export async function lifecycleTests({ run, kinds, config, shared }: LifecycleSetup): Promise<void> {
  const engine = await Engine.start();
  const prefixes: string[] = [];
  // What a test that failed has left would be in the way of the next, as a plugin that stands in one global rule only.
  afterEach(() => removeAll(kinds, prefixes.splice(0)));
  afterAll(async () => {
    await engine.close();
    expect(await leftovers(kinds, run, shared)).toEqual([]);
  });

  const program =
    (prefix: string, args: (kind: LiveKind) => object, ignored = false) =>
    async () => {
      for (const kind of kinds) {
        const given = args(kind);
        kind.declare(kind.id(prefix), given, ignored ? { ignoreChanges: Object.keys(given) } : {});
      }
    };
  const full = (prefix: string) => program(prefix, (kind) => kind.full);
  const minimal = (prefix: string) => program(prefix, (kind) => kind.minimal);
  /** A stack with one resource of each kind that is declared in full; nothing is done yet. */
  async function declared(name: string): Promise<{ stack: TestStack; prefix: string }> {
    const prefix = `${run}-${name}`;
    prefixes.push(prefix);
    return { stack: await engine.stack(name, full(prefix), { config }), prefix };
  }
  const found = (kind: LiveKind, prefix: string) => read(kind.server, kind.path(kind.id(prefix)));
  const objects = (prefix: string) =>
    Promise.all(kinds.map(async (kind) => [kind.type, comparable(kind, await found(kind, prefix))]));
  const absent = kinds.map(({ type }) => [type, undefined]);
  async function changeByHand(prefix: string, what: "changed" | "added"): Promise<void> {
    for (const kind of kinds) {
      const object = (await found(kind, prefix)) as Stored;
      const changed = { ...kind.byHand[what].change(object), ...kind.notGivenBack };
      await write(kind.server, kind.path(kind.id(prefix)), changed);
    }
  }
  const isThere = ([, object]: unknown[]) => object !== undefined;

  test("up creates, and then nothing changes: by up, by refresh, or written in another way", async () => {
    const { stack, prefix } = await declared("same");
    expectChanges(await stack.up(), { create: kinds.length + 1 });
    expect((await objects(prefix)).filter(isThere)).toHaveLength(kinds.length);
    expectNoChanges(await stack.up());
    expectNoChanges(await stack.refresh());
    expectNoChanges(await stack.up({ program: program(prefix, (kind) => kind.rewritten) }));
    await stack.destroy();
    expect(await objects(prefix)).toEqual(absent);
  });

  test.for(["changed", "added"] as const)("a field %s outside is put right", async (what) => {
    const { stack, prefix } = await declared(what);
    await stack.up();
    const before = await objects(prefix);
    await changeByHand(prefix, what);
    expectChanges(await stack.preview({ refresh: true }), { update: kinds.length });
    await stack.up({ refresh: true });
    expect(await objects(prefix)).toEqual(before);
    await stack.destroy();
  });

  test("what is changed outside and ignored stays as it is", async () => {
    const { stack, prefix } = await declared("ignored");
    await stack.up();
    await changeByHand(prefix, "changed");
    const changed = await objects(prefix);
    await stack.up({ refresh: true, program: program(prefix, (kind) => kind.full, true) });
    expect(await objects(prefix)).toEqual(changed);
    await stack.destroy();
  });

  test("a field that the program no longer declares goes", async () => {
    const { stack, prefix } = await declared("fewer");
    await stack.up();
    expectChanges(await stack.up({ program: minimal(prefix) }), { update: kinds.length });
    expectNoChanges(await stack.refresh());
    await stack.destroy();
  });

  test("an object deleted outside is created again", async () => {
    const { stack, prefix } = await declared("deleted");
    await stack.up();
    const before = await objects(prefix);
    for (const kind of kinds) await remove(kind.server, kind.path(kind.id(prefix)));
    expect(await objects(prefix)).toEqual(absent);
    await stack.up({ refresh: true });
    expect(await objects(prefix)).toEqual(before);
    await stack.destroy();
  });

  test("an object that exists already is refused and left as it was, and adopted with adopt", async () => {
    const { stack, prefix } = await declared("first");
    await stack.up();
    const before = await objects(prefix);
    const other = await engine.stack("second", minimal(prefix), { config });
    expect((await other.up({ expectFailure: true })).output).toContain("[ALREADY_EXISTS]");
    expect(await objects(prefix)).toEqual(before);

    await other.up({ program: program(prefix, (kind) => ({ ...kind.minimal, adopt: true })) });
    await stack.destroy();
    // Nothing at the server says whose an object without labels is.
    const left = (await objects(prefix)).filter((_, index) => !kinds[index]?.unlabelled);
    expect(left.filter((one) => !isThere(one))).toEqual([]);
    await other.destroy();
    expect(await objects(prefix)).toEqual(absent);
  });

  test("a wrong credential is one clear error, and nothing is made", async ({ skip }) => {
    const [name, right] = Object.entries(config).find(([, value]) => typeof value === "object") ?? [];
    if (name === undefined || right === undefined) return skip("the server asks for no credential");
    const prefix = `${run}-wrong`;
    prefixes.push(prefix);
    const wrong = { ...config, [name]: { value: "no credential of this server", secret: true as const } };
    const stack = await engine.stack("wrong", minimal(prefix), { config: wrong });
    expect((await stack.up({ expectFailure: true })).output).toContain("[UNAUTHORIZED]");
    expect(await objects(prefix)).toEqual(absent);
  });
}

/** Removes the objects of all tests; goes on after a failure, and tells all failures in the end. */
export async function removeAll(kinds: LiveKind[], prefixes: string[]): Promise<void> {
  const failures: string[] = [];
  for (const prefix of prefixes) {
    for (const kind of kinds) {
      await remove(kind.server, kind.path(kind.id(prefix))).catch((error: Error) =>
        failures.push(error.message),
      );
    }
  }
  if (failures.length > 0) throw new Error(`Not removed:\n${failures.join("\n")}`);
}

/** What of the run is still at the servers. */
export async function leftovers(kinds: LiveKind[], run: string, shared: string): Promise<string[]> {
  const left: string[] = [];
  for (const kind of kinds) {
    const collection = kind.path("").replace(/\/$/, "");
    const names = await namesIn(kind.server, collection);
    // Names of consumers have no dashes.
    const isOfRun = (name: string) => [run, run.replaceAll("-", "_")].some((start) => name.startsWith(start));
    left.push(
      ...names.filter((name) => isOfRun(name) && name !== shared).map((name) => `${collection}/${name}`),
    );
  }
  return left;
}

/** What somebody has written, without what the server adds, encrypts and changes by itself. */
export function comparable({ server, notGivenBack }: LiveKind, object: Stored | undefined): unknown {
  if (object === undefined) return undefined;
  const rest = Object.fromEntries(
    Object.entries(withoutServers(server, object)).filter(([key]) => !(key in notGivenBack)),
  );
  const { spec } = rest;
  if (!isObject(spec)) return declaredPart(rest);
  // A control plane keeps the state and the identities of a MeshService up to date.
  const { state, identities, ...own } = spec;
  return declaredPart({ ...rest, spec: own });
}

/** Says why a server is left out, and counts as one skipped test. */
export function notTested(product: string, why: string): void {
  console.log(`No live ${product} is tested: ${why}.`);
  test.skip(why, () => {});
}
