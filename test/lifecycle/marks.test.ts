import { beforeAll, describe, expect, test } from "vitest";
import { ignoredMarks } from "../../provider/lifecycle/ignored.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { wrapSecret } from "../../provider/model/marks.ts";
import type { Path } from "../../provider/model/paths.ts";
import { apisixInProcess, CONTEXT, lifecycleOf, sendTo } from "../support/in-process.ts";

const route = kindOf("apisix:Route");
const plain = { uri: "/a", plugins: {} };

beforeAll(() => sendTo(apisixInProcess()));

/** Inputs as a check answers them, for arguments of which these are marked. */
async function checked(args: JsonObject, marks: Path[], old: JsonObject = {}, more: JsonObject = {}) {
  const secrets = marks as string[][];
  const __context = { ...CONTEXT, secrets, written: JSON.stringify(args), ...more };
  const answer = await lifecycleOf(route).check(old, { ...args, __context });
  expect(answer.failures).toEqual([]);
  return answer.inputs;
}

describe("what the program marks", () => {
  test("is marked in the inputs, and its place is kept", async () => {
    const inputs = await checked({ ...plain, host: "a" }, [["host"]]);
    expect(inputs).toMatchObject({ host: wrapSecret("a"), __marks: ["host"] });
  });

  test("stays marked where ignoreChanges keeps what a read has found in another spelling", async () => {
    const old = { ...plain, routeId: "made", hosts: ["a", "b"], __words: true, __marks: ["host"] };
    const written = JSON.stringify({ ...plain, host: "a" });
    for (const marks of [[["host"]], []]) {
      const inputs = await checked(plain, marks, old, { ignored: ["host"], written });
      expect(inputs).toMatchObject({ hosts: wrapSecret(["a", "b"]), __marks: ["hosts"] });
      expect(inputs).not.toHaveProperty("host");
    }
  });

  test.each<[ignored: string, mark: Path, isKept: boolean]>([
    ["host", ["host"], true],
    ["host", ["hosts", 0], true],
    ["hosts", ["host"], true],
    ["upstream", ["upstream", "nodes", "b:80"], true],
    ["upstream.nodes[*].weight", ["upstream", "nodes"], true],
    ["plugins.*.key", ["plugins", "x", "key"], true],
    ["desc", ["host"], false],
    ["upstream.desc", ["upstream", "name"], false],
  ])("and is ignored as %s stays marked with the old value: %j %s", (ignored, mark, isKept) => {
    const old = { args: {}, marks: [mark], asWritten: true };
    const request = { owner: "", marks: [], args: {}, old, ignored: [ignored] };
    expect(ignoredMarks(route, request)).toEqual(isKept ? [mark] : []);
  });
});

describe("a mark that the state does not know", () => {
  const changes = async (old: JsonObject, inputs: JsonObject) =>
    (await lifecycleOf(route).diff("made", { routeId: "made", __words: true, ...old }, inputs)).changes;

  test("is written where the field has another spelling there, or may get one", async () => {
    const hosts = await checked({ ...plain, hosts: ["a"] }, [["hosts", 0]]);
    expect(await changes({ ...plain, host: "a" }, plainOf(hosts))).toBe(true);
    const host = await checked({ ...plain, host: "a" }, [["host"]]);
    expect(await changes({ ...plain, host: "a" }, plainOf(host))).toBe(true);
    expect(await changes({ ...plain, hosts: ["a"] }, plainOf(host))).toBe(true);
    expect(await changes({ ...plain, host: "a", __marks: ["host"] }, plainOf(host))).toBe(false);
    expect(await changes({ ...plain, host: "a", __marks: ["host"] }, plainOf(hosts))).toBe(false);
    expect(await changes({ ...plain, hosts: ["a"], __marks: ["hosts"] }, plainOf(hosts))).toBe(false);
  });

  test("is written where it is inside of an argument", async () => {
    const inputs = await checked({ ...plain, labels: { a: "b" } }, [["labels", "a"]]);
    expect(await changes({ ...plain, labels: { a: "b" } }, plainOf(inputs))).toBe(true);
    const known = { ...plain, labels: { a: "b" }, __marks: ["labels.a"] };
    expect(await changes(known, plainOf(inputs))).toBe(false);
    const above = { ...plain, labels: { a: "b" }, __marks: ["labels"] };
    expect(await changes(above, plainOf(inputs))).toBe(false);
    // Version 0.2 has encrypted it.
    expect(await changes({ ...plain, labels: { a: "b" }, __words: false }, plainOf(inputs))).toBe(false);
  });

  test("is no change where the engine itself encrypts the field", async () => {
    const desc = await checked({ ...plain, desc: "a" }, [["desc"]]);
    expect(await changes({ ...plain, desc: "a" }, plainOf(desc))).toBe(false);
    const hosts = await checked({ ...plain, hosts: ["a"] }, [["hosts", 0]]);
    expect(await changes({ ...plain, hosts: ["a"] }, plainOf(hosts))).toBe(false);
  });
});

/** As the engine gives inputs back: in clear. */
function plainOf(inputs: JsonObject): JsonObject {
  const text = JSON.stringify(inputs, (_, value) => (value?.value !== undefined ? value.value : value));
  return JSON.parse(text) as JsonObject;
}
