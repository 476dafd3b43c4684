import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { Handler } from "../../provider/dynamic/handler.ts";
import { bundleOf } from "../../provider/model/bundle/types.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { withoutMarks } from "../../provider/model/marks.ts";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { startKuma } from "../../sandbox/kuma/index.ts";
import { BundleStack } from "../support/bundle.ts";
import type { KindRow } from "../support/kind-case.ts";
import { rowOf } from "../support/kind-rows.ts";
import type { World } from "../support/world.ts";

const apisix = await startApisix();
const kuma = await startKuma({ upkeepDelay: 3_600_000 });
const world = { apisix, kuma } as unknown as World;
const config = {
  "apisix:adminUrl": apisix.adminUrl,
  "apisix:adminKey": apisix.adminKey,
  "kuma:url": kuma.url,
};
const said: string[] = [];

beforeEach(() => {
  said.length = 0;
  vi.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
});
afterAll(async () => {
  await Promise.all([apisix.close(), kuma.close()]);
});

const tables = ["apisix:Bundle", "kuma:Bundle"].flatMap((type) =>
  Object.entries(bundleOf(type)?.tables ?? {}).map(([table, kind]) => {
    const row = rowOf(kind);
    if (!row) throw new Error(`There is no row for ${kind}.`);
    return { type, table, kind: kindOf(kind), row };
  }),
);

function key(prefix: string, row: KindRow): string {
  return row.id?.(prefix) ?? `${prefix}-${(row.type.split(":")[1] ?? "").toLowerCase()}`;
}

function args(row: KindRow, name: string, which: "full" | "minimal" | "rewritten"): JsonObject {
  const given = row[which];
  return JSON.parse(JSON.stringify(row.declared?.(given, name) ?? given)) as JsonObject;
}

/** Less what says whose it is, and what the server makes. */
function declaredPart(object: object | undefined): unknown {
  const { create_time, update_time, creationTime, modificationTime, labels, ...rest } = (object ??
    {}) as Record<string, unknown>;
  const own = Object.entries((labels ?? {}) as Record<string, string>).filter(
    ([name]) => !name.startsWith("pulumi-"),
  );
  return { ...rest, labels: Object.fromEntries(own) };
}

test.each(tables)("$table: a bundle makes the same object as a resource of its own", async (one) => {
  for (const which of ["minimal", "full"] as const) {
    const name = key(`same-${which}`, one.row);
    const given = args(one.row, name, which);
    const single = new Handler(one.kind);
    single.configure({ config: { get: (setting) => config[setting as keyof typeof config] } });
    const { inputs, failures } = await single.check(
      {},
      { ...given, __context: { name, stack: "ours.prod", owner: "fedcba9876543210" } },
    );
    expect(failures).toEqual([]);
    const { id, outs } = await single.create(withoutMarks(inputs) as JsonObject);
    const own = declaredPart(one.row.get(world, name));
    await single.delete(id, withoutMarks(outs) as JsonObject);

    const stack = new BundleStack(one.type, config);
    expect(await stack.up({ [one.table]: { [name]: given } })).toMatchObject({ problems: [], reasons: [] });
    expect(declaredPart(one.row.get(world, name))).toEqual(own);
    await stack.destroy();
    expect(one.row.get(world, name)).toBeUndefined();
  }
});

test.each(tables)(
  "$table: what does not change is neither sent nor drift, also in other words",
  async (one) => {
    const name = key("still", one.row);
    const stack = new BundleStack(one.type, config);
    await stack.up({ [one.table]: { [name]: args(one.row, name, "full") } });
    await stack.refresh();
    expect(await stack.up({ [one.table]: { [name]: args(one.row, name, "full") } })).toMatchObject({
      what: "same",
    });
    const rewritten = await stack.up({ [one.table]: { [name]: args(one.row, name, "rewritten") } });
    expect(rewritten).toMatchObject({ problems: [], what: "same" });
    await stack.destroy();
  },
);

test.each(tables)(
  "$table: what is changed, added or removed by hand shows, and is put right",
  async (one) => {
    const [name, other] = [key("hand", one.row), key("other", one.row)];
    const entries = {
      [one.table]: { [name]: args(one.row, name, "full"), [other]: args(one.row, other, "full") },
    };
    const stack = new BundleStack(one.type, config);
    expect(await stack.up(entries)).toMatchObject({ problems: [], reasons: [] });
    const before = declaredPart(one.row.get(world, name));
    const object = one.row.get(world, name);
    if (object) one.row.put(world, name, one.row.byHand.changed.change(object));
    one.row.remove(world, other);
    said.length = 0;
    await stack.refresh();
    expect(said.join("\n")).toContain(`- ${one.table}`);
    expect(said.join("\n")).toContain(`~ ${one.table}`);
    expect(Object.keys(stack.entries()[one.table] ?? {})).toEqual([name]);
    const preview = await stack.preview(entries);
    expect(preview).toMatchObject({ problems: [], what: "update" });
    expect(await stack.up(entries)).toMatchObject({ problems: [], reasons: [] });
    expect(declaredPart(one.row.get(world, name))).toEqual(before);
    expect(one.row.get(world, other)).toBeDefined();
    await stack.destroy();
  },
);
