import { expect, test } from "vitest";
import { kindOf } from "../../provider/model/kinds.ts";
import type { KindCase } from "../support/kind-case.ts";
import { idOf, kinds } from "../support/kinds.ts";
import { startWorld } from "../support/world.ts";

const world = await startWorld();
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

/** What stands in the state beside the arguments that the program gave. */
function beside(args: object, values: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !(key in args)));
}

/** Whether a kind is named by more than one argument, or has outputs of its own. */
function isLonger({ type }: KindCase): boolean {
  const kind = kindOf(type);
  return kind.identity.length > 1 || kind.derived !== undefined;
}

test("a resource whose name has 40 characters takes at most 470 bytes of state beside its arguments, 500 where it is named by more", {
  tags: ["kinds"],
}, async () => {
  const named = kinds.map((kind) => ({
    kind,
    name: idOf("n", kind).padEnd(40, "x"),
    args: kind.id ? { ...kind.full, [kind.identity]: kind.id("n") } : kind.full,
  }));
  const stack = await world.stack("size", async () => {
    for (const { kind, name, args } of named) kind.declare(name, args);
  });
  await stack.up();
  const sizes = await Promise.all(
    named.map(async ({ kind, name, args }) => {
      const { inputs, outputs } = await stack.resource(name);
      return { kind, type: kind.type, size: bytes(beside(args, inputs)) + bytes(beside(args, outputs)) };
    }),
  );
  const tooLarge = sizes.filter(({ kind, size }) => size > (isLonger(kind) ? 500 : 470));
  expect(tooLarge, sizes.map(({ type, size }) => `${type}: ${size} bytes`).join(", ")).toEqual([]);
});

test("the line that loads the provider is the same for ever, and short", { tags: ["kinds"] }, async () => {
  const stack = await world.stack("line", async () => {
    for (const kind of kinds)
      kind.declare(kind.type, { ...kind.minimal, [kind.identity]: idOf("line", kind) });
  });
  await stack.up();
  const lines = await Promise.all(
    kinds.map(async (kind) => (await stack.resource(kind.type)).inputs?.__provider),
  );
  expect(lines.filter((line) => bytes(line) >= 120)).toEqual([]);
  // States of every release hold these texts: a release that cannot run one of them loses its users' resources.
  const line = (type: string) =>
    `exports.handler = () => require("pulumi-external-backends/provider").handler("${type}");`;
  expect(lines).toEqual(kinds.map(({ type }) => line(type)));
});
