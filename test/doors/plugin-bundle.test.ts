import { afterAll, beforeAll, expect, test } from "vitest";
import type { JsonObject } from "../../provider/model/fields.ts";
import { withoutMarks } from "../../provider/model/marks.ts";
import type { CheckRequest, ConfigureRequest, DiffRequest } from "../../provider/plugin/messages.ts";
import { pluginProvider } from "../../provider/plugin/plugin.ts";
import type { Call } from "../../provider/plugin/provider.ts";

const urn = "urn:pulumi:prod::ours::apisix:index:Bundle::edge";
const provider = pluginProvider("apisix", async () => "{}");
const controller = new AbortController();
const call: Call = { signal: controller.signal, log: () => {}, progress: () => {} };

beforeAll(async () => {
  const args = { adminUrl: "http://127.0.0.1:9", adminKey: "none", validation: "local" };
  await provider.configure({ args } as Partial<ConfigureRequest> as ConfigureRequest, call);
});
afterAll(() => controller.abort());

async function check(news: JsonObject, olds?: JsonObject) {
  const request: Partial<CheckRequest> = { urn, news, name: "edge", olds };
  const { inputs, failures = [] } = await provider.check(request as CheckRequest, call);
  return { inputs, problems: failures.map(({ reason }) => reason) };
}

test.each<[string, string[]]>([
  [
    '{"upstreams": {"a": {"nodes": {"a.example:80": 1}}, "a": {"nodes": {"b.example:80": 1}}}}',
    ["upstreams.a"],
  ],
  ['{"upstreams": {"a": {"nodes": [], "retries": 1, "retries": 2}}}', ["upstreams.a.retries"]],
  [
    '{"upstreams": {"a": {"nodes": [{"host": "a"}, {"host": "a", "port": 1, "\\u0070ort": 2}]}}}',
    ["upstreams.a.nodes[1].port"],
  ],
  ['{"routes": {}, "routes": {}}', ["routes"]],
  [
    '{"upstreams": {"a": {"name": "{\\"a\\": 1, \\"a\\": 2}", "nodes": {"a.example:80": 1}, "desc": "a"}}}',
    [],
  ],
])("a key that stands twice in the text of a bundle's entries is refused: %s", async (entries, paths) => {
  const { problems } = await check({ entries });
  expect(problems.filter((reason) => reason.includes("more than once"))).toEqual(
    paths.map((path) =>
      expect.stringMatching(`^${path.replace(/[.[\]]/g, "\\$&")}: stands there more than once`),
    ),
  );
});

test("ignoreChanges for a path into the entries of a bundle is refused with the argument that does it", async () => {
  const { inputs } = await check({ entries: '{"upstreams": {"a": {"nodes": {"a.example:80": 1}}}}' });
  const diff = (ignoreChanges: string[]) => {
    const request: Partial<DiffRequest> = {
      id: "edge",
      urn,
      olds: inputs,
      oldInputs: inputs,
      news: inputs,
      ignoreChanges,
    };
    return provider.diff(request as DiffRequest, call);
  };
  await expect(diff(["upstreams.a.nodes"])).rejects.toThrow('use the argument ignore: ["upstreams.a.nodes"]');
  await expect(diff(["entries.upstreams"])).rejects.toThrow('use the argument ignore: ["entries.upstreams"]');
  expect(await diff(["entries", "summary", "*"])).toMatchObject({ changes: "none" });
});

test("entries that are not known yet show as one line, and not as the removal of all that is there", async () => {
  const { inputs: olds } = await check({ entries: '{"upstreams": {"a": {"nodes": {"a.example:80": 1}}}}' });
  const { inputs: news } = await check({ entries: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }, olds);
  expect(news).toMatchObject({ summary: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" });
  const request: Partial<DiffRequest> = { id: "edge", urn, olds, oldInputs: olds, news, ignoreChanges: [] };
  expect(await provider.diff(request as DiffRequest, call)).toEqual({
    changes: "some",
    detailedDiff: { summary: "update" },
  });
});

test("a path to ignore that begins with no kind of objects is refused", async () => {
  const entries = '{"upstreams": {"a": {"nodes": {"a.example:80": 1}}}}';
  expect((await check({ entries, ignore: ["upstream.a.nodes"] })).problems).toEqual([
    expect.stringMatching(
      /^ignore: "upstream\.a\.nodes" begins with no kind of objects that a bundle has; known here: routes,/,
    ),
  ]);
  expect((await check({ entries, ignore: ["*.a.nodes"] })).problems).toEqual([]);
});

test("adopt that is not known yet is let through", async () => {
  const adopt = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const { problems, inputs } = await check({
    entries: '{"upstreams": {"a": {"nodes": {"a.example:80": 1}}}}',
    adopt,
  });
  expect(problems).toEqual([]);
  expect(withoutMarks(inputs)).toMatchObject({ adopt });
});
