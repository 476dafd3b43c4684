import { expect, test } from "vitest";
import { idOf, kinds } from "./kinds.ts";
import { startWorld } from "./support.ts";

const world = await startWorld();
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

/** What stands in the state beside the arguments that the program gave. */
function beside(args: object, values: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !(key in args)));
}

test("a resource whose name has 40 characters takes at most 450 bytes of state beside its arguments", async () => {
  const named = kinds.map((kind) => ({ kind, name: idOf("n", kind).padEnd(40, "x") }));
  const stack = await world.stack(
    "size",
    async () => {
      for (const { kind, name } of named) kind.declare(name, kind.full);
    },
    // Otherwise the servers' URLs stand there, twice, however long they are.
    { config: { "apisix:gatewayId": "edge", "kuma:controlPlaneId": "mesh" } },
  );
  await stack.up();
  const sizes = await Promise.all(
    named.map(async ({ kind, name }) => {
      const { inputs, outputs } = await stack.resource(name);
      return { type: kind.type, size: bytes(beside(kind.full, inputs)) + bytes(beside(kind.full, outputs)) };
    }),
  );
  const tooLarge = sizes.filter(({ size }) => size > 450);
  expect(tooLarge, sizes.map(({ type, size }) => `${type}: ${size} bytes`).join(", ")).toEqual([]);
});

test("the line that loads the provider is the same for ever, and short", async () => {
  const stack = await world.stack("line", async () => {
    for (const kind of kinds) kind.declare(kind.type, { ...kind.minimal, [kind.identity]: "line" });
  });
  await stack.up();
  const lines = await Promise.all(
    kinds.map(async (kind) => (await stack.resource(kind.type)).inputs?.__provider),
  );
  expect(lines.filter((line) => bytes(line) >= 120)).toEqual([]);
  // States of every release hold these texts: a release that cannot run one of them loses its users' resources.
  expect(lines.join("\n")).toMatchInlineSnapshot(`
    "exports.handler = () => require("pulumi-external-backends/provider").handler("apisix:Route");
    exports.handler = () => require("pulumi-external-backends/provider").handler("apisix:Upstream");
    exports.handler = () => require("pulumi-external-backends/provider").handler("kuma:ExternalService");
    exports.handler = () => require("pulumi-external-backends/provider").handler("kuma:ZoneEgress");"
  `);
});
