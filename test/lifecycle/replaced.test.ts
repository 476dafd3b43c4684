import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { BundleHandler } from "../../provider/dynamic/bundle-handler.ts";
import { Handler } from "../../provider/dynamic/handler.ts";
import { bundleOf } from "../../provider/model/bundle/types.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { BundleStack } from "../support/bundle.ts";

const apisix = await startApisix();
const CONFIG: Record<string, string> = {
  "apisix:adminUrl": apisix.adminUrl,
  "apisix:adminKey": apisix.adminKey,
};
const said: string[] = [];
beforeEach(() => {
  said.length = 0;
  for (const way of ["log", "warn", "error"] as const)
    vi.spyOn(console, way).mockImplementation((text: unknown) => void said.push(String(text)));
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => apisix.close());
const config = { get: (key: string) => CONFIG[key] };
const nodes = [{ host: "a.example", port: 80, weight: 1 }];
const context = { name: "made", stack: "ours.prod", owner: "0123456789abcdef" };

/** As the engine does with `--replace`: it checks as if the resource were new, creates, and then deletes the original. */
test("what --replace makes anew stays, and nobody is named as somebody else who had it", async () => {
  const run = () => {
    const handler = new Handler(kindOf("apisix:Upstream"));
    handler.configure({ config });
    return handler;
  };
  const create = async (handler: Handler, args: JsonObject = {}) => {
    const { inputs, failures } = await handler.check({}, { nodes, ...args, __context: context });
    expect(failures).toEqual([]);
    return handler.create(inputs as JsonObject);
  };
  const first = await create(run());
  const replacing = run();
  await create(replacing);
  await replacing.delete(first.id, first.outs as JsonObject);

  expect(apisix.store.get("upstreams", "made")).toBeDefined();
  expect(said.join("\n")).toContain(
    'The upstream "made" stays: this run has made it in place of the old one, or for another resource.',
  );
  expect(said.join("\n")).not.toContain("belongs to");
});

test("of a bundle that --replace makes anew it is said in one line, whatever the number of its objects", async () => {
  const stack = new BundleStack("apisix:Bundle", CONFIG);
  const tables = { upstreams: Object.fromEntries(["a", "b", "c"].map((key) => [key, { nodes }])) };
  await stack.up(tables);
  const original = stack.state;
  const bundle = bundleOf("apisix:Bundle");
  if (!original || !bundle) throw new Error("nothing was made");
  const replacing = new BundleHandler(bundle);
  replacing.configure({ config });
  said.length = 0;
  await replacing.create(original.inputs);
  await replacing.delete(original.id, original.outputs);

  expect(apisix.store.list("upstreams").map(({ id }) => id)).toEqual(expect.arrayContaining(["a", "b", "c"]));
  expect(said.filter((line) => line.includes("stays"))).toHaveLength(1);
  expect(said.join("\n")).not.toContain("belongs to");
});
