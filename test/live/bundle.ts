import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { afterAll, afterEach, expect, test } from "vitest";
import { type BundleType, bundleOf } from "../../provider/model/bundle/types.ts";
import { Engine } from "../../tools/engine.ts";
import type { Stored } from "../support/kinds.ts";
import { expectChanges, expectNoChanges } from "../support/world.ts";
import type { LiveKind } from "./kinds.ts";
import { comparable, type LifecycleSetup, leftovers, removeAll } from "./lifecycle.ts";
import { read, remove, write } from "./servers.ts";

/** What tests of a bundle need: the kinds of which it can hold objects, among others. */
export interface BundleSetup extends LifecycleSetup {
  type: "apisix:Bundle" | "kuma:Bundle";
}

/** The life of a bundle that holds an object of each kind, at a server that may have other things in it. */
export async function bundleTest({ type, run, kinds: all, config, shared }: BundleSetup): Promise<void> {
  const engine = await Engine.start();
  const bundle = bundleOf(type);
  if (!bundle) throw new Error(`there is no bundle ${type}`);
  const fitting = all.filter((kind) => tableOf(bundle, kind) !== "");
  // All objects of a bundle are at one server.
  const kinds = fitting.filter(({ server }) => server.url === fitting[0]?.server.url);
  const prefix = `${run}-bundle`;
  afterEach(() => removeAll(kinds, [prefix]));
  afterAll(async () => {
    await engine.close();
    expect(await leftovers(kinds, run, shared)).toEqual([]);
  });

  const program =
    (args: (kind: LiveKind) => object, which = kinds) =>
    async () => {
      const tables: Record<string, Record<string, object>> = {};
      for (const kind of which) {
        const id = kind.id(prefix);
        tables[tableOf(bundle, kind)] = {
          ...tables[tableOf(bundle, kind)],
          [id]: entryOf(kind, args(kind), id),
        };
      }
      if (type === "apisix:Bundle") new apisix.Bundle("live", tables as apisix.BundleArgs);
      else new kuma.Bundle("live", tables as kuma.BundleArgs);
    };
  const full = program((kind) => kind.full);
  const found = (kind: LiveKind) => read(kind.server, kind.path(kind.id(prefix)));
  const objects = () =>
    Promise.all(kinds.map(async (kind) => [kind.type, comparable(kind, await found(kind))]));

  test(`the bundle ${type} is made, stays, is put right after changes outside, changes by an entry, and goes`, async () => {
    const stack = await engine.stack("bundle", full, { config });
    expectChanges(await stack.up(), { create: 2 });
    const made = await objects();
    expect(made.filter(([, object]) => object === undefined)).toEqual([]);
    expectNoChanges(await stack.up());
    expectNoChanges(await stack.refresh());
    expectNoChanges(await stack.up({ program: program((kind) => kind.rewritten) }));

    const [deleted, ...others] = kinds;
    for (const kind of others) {
      const changed = { ...kind.byHand.changed.change((await found(kind)) as Stored), ...kind.notGivenBack };
      await write(kind.server, kind.path(kind.id(prefix)), changed);
    }
    if (deleted) await remove(deleted.server, deleted.path(deleted.id(prefix)));
    const drifted = await stack.preview({ refresh: true, program: full });
    expect(drifted.output).toContain(`${others.length > 0 ? `${others.length} changed, ` : ""}1 removed`);
    await stack.up({ refresh: true });
    expect(await objects()).toEqual(made);

    expectChanges(await stack.up({ program: program((kind) => kind.minimal, others) }), { update: 1 });
    expect(deleted && (await found(deleted))).toBeUndefined();
    expectNoChanges(await stack.refresh());
    await stack.destroy();
    expect((await objects()).filter(([, object]) => object !== undefined)).toEqual([]);
  });
}

/** The table in which objects of a kind stand; empty for a kind that is in none. */
function tableOf({ tables }: BundleType, { type }: LiveKind): string {
  return Object.keys(tables).find((table) => tables[table] === type) ?? "";
}

/** The arguments as an entry: a bundle has no outputs that something could wait for. */
function entryOf(kind: LiveKind, args: object, id: string): object {
  const { waitForHostname: _, ...entry } = (kind.declared?.(args, id) ?? args) as Stored;
  return entry;
}
