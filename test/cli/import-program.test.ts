import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { readOptions } from "../../cli/options.ts";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { declaredBy, differences, importFrom, putAll } from "../support/import.ts";

const apisix = await startApisix({ protocols: ["redis"] });
afterAll(() => apisix.close());
beforeEach(() => apisix.store.clear());

const config = { "apisix:adminUrl": apisix.adminUrl, "apisix:adminKey": apisix.adminKey };
const node = { nodes: [{ host: "a.example", port: 80, weight: 1 }] };

const put = (objects: Record<string, object>) => putAll(apisix, objects);

describe("names", () => {
  test("are the object's name, then its id; what two would share goes to neither", async () => {
    put({
      "upstreams/1": { ...node, name: "Payments API (old)" },
      "upstreams/2": { ...node, name: "shared" },
      "upstreams/3": { ...node, name: "shared" },
      "upstreams/4": { ...node, name: "支付" },
      "upstreams/5": { ...node, name: "4" },
      "consumers/jack": { username: "jack" },
      "consumers/jill": { username: "jill" },
      "consumers/jack/credentials/key": {},
      "consumers/jill/credentials/key": {},
      "consumers/jill/credentials/other": {},
    });
    const { resources, program } = await importFrom(config);
    expect(resources.map(({ type, id, name }) => [type.split(":").at(-1), id, name])).toEqual([
      ["Upstream", "1", "Payments-API-old"],
      ["Upstream", "2", "2"],
      ["Upstream", "3", "3"],
      ["Upstream", "4", "4"],
      ["Upstream", "5", "5"],
      ["Consumer", "jack", "jack"],
      ["Consumer", "jill", "jill"],
      ["Credential", "jack/key", "jack-key"],
      ["Credential", "jill/key", "jill-key"],
      ["Credential", "jill/other", "other"],
    ]);
    expect(await differences(resources, declaredBy(program), config)).toEqual([]);
  });

  test("a numeric id is kept, and what refers to it as a number still does", async () => {
    put({
      "upstreams/7": { ...node, id: 7 },
      "routes/1": {
        uri: "/*",
        upstream_id: 7,
        plugins: {
          "traffic-split": { rules: [{ weighted_upstreams: [{ upstream_id: 7 }, { weight: 1 }] }] },
        },
      },
    });
    const { program, resources } = await importFrom(config);
    expect(program["index.ts"]).toContain("upstreamId: upstream7.upstreamId,");
    expect(program["index.ts"]).toContain("upstream_id: upstream7.upstreamId.apply(Number)");
    expect(await differences(resources, declaredBy(program), config)).toEqual([]);
  });

  test("an id behind the stack's idPrefix is named without it", async () => {
    put({ "upstreams/edge-payments": node, "upstreams/others": node });
    const prefixed = { ...config, "apisix:idPrefix": "edge-" };
    const { program, resources } = await importFrom(prefixed);
    const declared = declaredBy(program);
    expect(declared.map(({ name, args }) => [name, args.upstreamId])).toEqual([
      ["payments", undefined],
      ["others", "others"],
    ]);
    expect(await differences(resources, declared, prefixed)).toEqual([]);
  });
});

test("objects that refer to each other in a circle are declared in an order that works", async () => {
  const stream = (superior: string) => ({
    upstream: node,
    protocol: { name: "redis", superior_id: superior },
  });
  put({ "stream_routes/a": stream("b"), "stream_routes/b": stream("a") });
  const { program, resources } = await importFrom(config);
  expect(program["index.ts"]).toContain('superiorId: "a", // imported, but the two refer to each other');
  expect(await differences(resources, declaredBy(program), config)).toEqual([]);
});

test("imported resources are protected, unless they shall not be", async () => {
  put({ "upstreams/a": node });
  const guarded = await importFrom(config);
  expect(declaredBy(guarded.program)[0]?.options).toEqual({ protect: true });
  expect(guarded.report).toMatch(/pulumi import --file \S+ --generate-code=false$/m);
  const free = await importFrom(config, { unprotected: true });
  expect(declaredBy(free.program)[0]?.options).toBeUndefined();
  expect(free.report).toMatch(/pulumi import --file \S+ --generate-code=false --protect=false$/m);
});

describe("a program in several files", () => {
  const objects = {
    "upstreams/own": node,
    "upstreams/both": node,
    "upstreams/below": node,
    "services/one": { hosts: ["b.example"], upstream_id: "below" },
    "routes/1": { uri: "/1", hosts: ["*.a.example"], upstream_id: "own", labels: { team: "edge" } },
    "routes/2": { uri: "/2", host: "*.a.example", upstream_id: "both", labels: { team: "edge" } },
    "routes/3": { uri: "/3", service_id: "one", labels: { team: "index" } },
    "routes/4": { uri: "/4", host: "c.example", upstream_id: "both", labels: { team: "index" } },
    "consumers/jack": { username: "jack" },
  };
  const filesOf = (program: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(program).map(([name, text]) => [
        name,
        [...text.matchAll(/new apisix\.(\w+)\(\s*"(\w+)"/g)].map(([, type, id]) => `${type} ${id}`),
      ]),
    );

  test("has one for each host of a route, with what only that needs", async () => {
    put(objects);
    const { program, resources } = await importFrom(config, { split: { by: "host" } });
    expect(filesOf(program)).toEqual({
      "index.ts": [],
      "any-a-example.ts": ["Upstream own", "Route 1", "Route 2"],
      "b-example.ts": ["Upstream below", "Service one", "Route 3"],
      "c-example.ts": ["Route 4"],
      "shared.ts": ["Upstream both", "Consumer jack"],
    });
    expect(program["c-example.ts"]).toContain('import { bothUpstream } from "./shared";');
    expect(await differences(resources, declaredBy(program), config)).toEqual([]);
  });

  test("has one for each value of a label", async () => {
    put({ ...objects, "upstreams/both": { ...node, labels: { team: "edge" } } });
    const { program, resources } = await importFrom(config, { split: { by: "label", key: "team" } });
    expect(filesOf(program)).toEqual({
      "index.ts": [],
      "edge.ts": ["Upstream own", "Route 1", "Route 2"],
      "index-2.ts": ["Upstream below", "Service one", "Route 3", "Route 4"],
      "shared.ts": ["Upstream both", "Consumer jack"],
    });
    expect(await differences(resources, declaredBy(program), config)).toEqual([]);
  });
});

describe("the command line", () => {
  const wrong: [args: string, text: RegExp][] = [
    ["import", /^--from is missing/],
    ["export --from apisix", /^There is no command "export"/],
    ["import --from consul", /^--from consul: there is apisix and kuma\.$/],
    ["import --from apisix --lable a", /^Unknown option '--lable'; --help tells/],
    ["import --from apisix --split team", /^--split team: there is host and label:KEY\.$/],
    ["import --from apisix --split label", /^--split label: say which label/],
    ["import --from apisix --label =a", /^--label =a: write KEY or KEY=VALUE\.$/],
    ["import --from apisix --config apisix:adminKey=secret-key", /^--config apisix:adminKey: what is secret/],
    [
      "import --from apisix --config kuma:tls.clientKey=secret-key",
      /^--config kuma:tls.clientKey: what is secret/,
    ],
    ["import --from apisix --config adminUrl=http://a", /^--config adminUrl: write NAME=VALUE/],
    ["import --from apisix more", /^"more" is too much/],
  ];
  test.each(wrong)("%s is refused in one line that shows no secret", (args, text) => {
    expect(() => readOptions(args.split(" "))).toThrow(text);
    expect(() => readOptions(args.split(" "))).not.toThrow(/secret-key|\n/);
  });

  test("a label of --label is the one of --split label", () => {
    const options = readOptions("import --from apisix --label team=edge --split label".split(" "));
    expect(options).toMatchObject({
      split: { by: "label", key: "team" },
      labels: [{ key: "team", value: "edge" }],
    });
  });
});
