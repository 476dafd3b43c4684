import { beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { apisixInProcess, CONTEXT, kumaInProcess, lifecycleOf, sendTo } from "../support/in-process.ts";

const route = kindOf("apisix:Route");
const patch = kindOf("kuma:MeshPatch");
const plain = { uri: "/a", plugins: {} };

beforeAll(() => sendTo(apisixInProcess()));

function check(args: JsonObject, old: JsonObject = {}) {
  return lifecycleOf(route).check(old, { ...args, __context: { ...CONTEXT, written: JSON.stringify(args) } });
}

describe("null", () => {
  test("in an object stays in the inputs and says nothing", async () => {
    const args = {
      ...plain,
      desc: null,
      host: null,
      hosts: ["a"],
      upstream: { nodes: { "a:80": 1 }, tls: null },
    };
    const { inputs, failures } = await check({ ...args, adopt: null });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject(args);
    const { outs } = await lifecycleOf(route).create(inputs);
    expect(outs).toMatchObject(args);
    expect(await lifecycleOf(route).read("made", outs)).not.toHaveProperty("inputs");
    const { changes } = await lifecycleOf(route).diff("made", outs, { ...inputs, desc: undefined as never });
    expect(changes).toBe(false);
  });

  test("in a list is refused with its place", async () => {
    const { failures } = await check({ ...plain, hosts: ["a", null] });
    expect(failures.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^hosts\[1\]: null is not a/),
    ]);
  });

  test("sets no field that another patch sets", async () => {
    sendTo(kumaInProcess());
    const declare = (owner: string, args: JsonObject) =>
      lifecycleOf(patch).check({}, { ...args, mesh: "default", __context: { ...CONTEXT, owner } });
    const first = await declare("1111111111111111", { routing: { localityAwareLoadBalancing: true } });
    const second = await declare("2222222222222222", {
      routing: { localityAwareLoadBalancing: null },
      meshServices: { mode: "Everywhere" },
    });
    expect([...first.failures, ...second.failures]).toEqual([]);
    sendTo(apisixInProcess());
  });
});

test("with ignoreChanges of everything the resource stays as it is, and whose it is", async () => {
  const old = {
    ...plain,
    routeId: "made",
    __owner: CONTEXT.owner,
    __words: true,
    __marks: ["desc"],
    desc: "a",
  };
  const { inputs, failures } = await lifecycleOf(route).check(old, old);
  expect(failures).toEqual([]);
  expect(inputs).toMatchObject({ ...old, desc: { value: "a" } });
  const { __words, ...before } = old;
  expect((await lifecycleOf(route).check(before, before)).inputs).not.toHaveProperty("__words");
});
