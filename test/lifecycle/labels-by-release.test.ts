import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Handler } from "../../provider/dynamic/handler.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { startApisix } from "../../sandbox/apisix/index.ts";

const newer = await startApisix();
const older = await startApisix({ storesDefaults: true });
afterAll(() => Promise.all([newer.close(), older.close()]));
const printed: string[] = [];
beforeEach(() => {
  printed.length = 0;
  vi.spyOn(console, "log").mockImplementation((text) => void printed.push(String(text)));
  for (const server of [newer, older]) {
    server.store.clear();
    server.intercept = undefined;
  }
});

const content = 'syntax = "proto3"; package a; message R { string n = 1; }';

/** A definition at a gateway, with what the engine gives beside it. */
async function definition(server: typeof newer, args: JsonObject = {}, owner = "0123456789abcdef") {
  const config: Record<string, string> = {
    "apisix:adminUrl": server.adminUrl,
    "apisix:adminKey": server.adminKey,
  };
  const lifecycle = new Handler(kindOf("apisix:Proto"));
  lifecycle.configure({ config: { get: (key) => config[key] } });
  const given = { content, ...args, __context: { name: "made", stack: "ours.prod", owner } };
  const { inputs, failures } = await lifecycle.check({}, given);
  return { lifecycle, inputs: inputs as JsonObject, problems: failures.map(({ reason }) => reason) };
}

function stored({ store }: typeof newer): JsonObject | undefined {
  return store.get("protos", "made") as JsonObject | undefined;
}

describe("labels are written to a kind", () => {
  test("that has them at this server", async () => {
    const { lifecycle, inputs, problems } = await definition(newer);
    expect(problems).toEqual([]);
    await lifecycle.create(inputs);
    expect(stored(newer)).toHaveProperty("labels.pulumi-owner");
  });

  test.each([
    ["that says its version", false],
    ["behind a proxy that hides it", true],
  ])("not where it has none, at a server %s", async (_, hidden) => {
    if (hidden) {
      older.intercept = (_request, response) => {
        response.removeHeader("server");
        return false;
      };
    }
    const { lifecycle, inputs, problems } = await definition(older);
    expect(problems).toEqual([]);
    const { id, outs } = await lifecycle.create(inputs);
    expect(stored(older)).toMatchObject({ content });
    expect(stored(older)).not.toHaveProperty("labels");
    expect((await lifecycle.read(id, outs as JsonObject)).inputs).toBeUndefined();
    await lifecycle.update(id, outs as JsonObject, { ...inputs, desc: "changed" });
    expect(stored(older)).toMatchObject({ desc: "changed" });
    const { lifecycle: next } = await definition(older, { desc: "changed" });
    await next.delete(id, outs as JsonObject);
    expect(stored(older)).toBeUndefined();
    expect(printed).toEqual([]);
  });
});

describe("whose an object without labels is", () => {
  test("is told by what it is: what equals its declaration is taken for its own", async () => {
    older.store.put("protos", "made", { content });
    const { lifecycle, inputs, problems } = await definition(older);
    expect(problems).toEqual([]);
    await expect(lifecycle.create(inputs)).resolves.toHaveProperty("id", "made");
  });

  test("anything else is refused", async () => {
    older.store.put("protos", "made", { content: `${content} message S {}` });
    expect((await definition(older)).problems.join()).toMatch(/proto "made" exists already/);
  });
});

test("labels of the user's own are refused at preview where the kind has none", async () => {
  const { problems } = await definition(older, { labels: { team: "edge" } });
  expect(problems).toEqual([expect.stringMatching(/^labels: is no field that exists here/)]);
});
