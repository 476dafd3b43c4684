import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Handler } from "../../provider/dynamic/handler.ts";
import { route } from "../../provider/model/apisix/route.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { externalService } from "../../provider/model/kuma/external-service.ts";
import { type Intercept, startApisix } from "../../sandbox/apisix/index.ts";
import { type FaultName, faultNames, faults } from "../../sandbox/faults.ts";
import { startKuma } from "../../sandbox/kuma/index.ts";
import { CREDENTIAL } from "../support/fault-servers.ts";

const apisix = await startApisix({ adminKey: CREDENTIAL });
const kuma = await startKuma({ tokens: { admin: CREDENTIAL } });
apisix.store.put("upstreams", "there", { nodes: { "a.example:80": 1 } });
const said: string[] = [];

beforeAll(() => {
  vi.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
});
afterAll(async () => {
  vi.restoreAllMocks();
  await Promise.all([apisix.close(), kuma.close()]);
});

/** A header says which fault a request meets; another one, how many requests of the same operation do not. */
const met = new Map<string, number>();
const intercept: Intercept = (request, response) => {
  const { "x-fault": fault, "x-spared": spared } = request.headers;
  if (fault === undefined) return false;
  const operation = `${request.headers.host} ${fault} ${spared}`;
  const before = met.get(operation) ?? 0;
  met.set(operation, before + 1);
  return before >= Number(spared) && faults[fault as FaultName](request, response);
};
apisix.intercept = intercept;
kuma.intercept = intercept;

const servers = [
  {
    product: "APISIX",
    kind: route,
    args: { uri: "/*", upstreamId: "there", plugins: { "limit-count": { count: 1, time_window: 60 } } },
    config: { "apisix:adminUrl": apisix.adminUrl, "apisix:adminKey": CREDENTIAL },
  },
  {
    product: "Kuma",
    kind: externalService,
    args: { tags: { "kuma.io/service": "billing" }, networking: { address: "billing.example:443" } },
    config: { "kuma:url": kuma.url, "kuma:token": CREDENTIAL },
  },
];
const cases = servers.flatMap((server) =>
  faultNames.flatMap((fault) => [0, 1].map((spared) => ({ ...server, fault, spared }))),
);

async function preview({ kind, args, config, fault, spared }: (typeof cases)[number]) {
  const [prefix] = kind.type.split(":");
  const all: Record<string, unknown> = {
    ...config,
    [`${prefix}:requestTimeout`]: 2,
    [`${prefix}:headers`]: { "x-fault": fault, "x-spared": String(spared) },
  };
  const lifecycle = new Handler(kind);
  lifecycle.configure({ config: { get: (key) => all[key] } });
  const context = { name: "checked", stack: "ours.prod", owner: "0123456789abcdef" };
  const { failures } = await lifecycle.check({}, { ...args, __context: context } as JsonObject);
  return { type: kind.type, fault, spared, failures };
}

test("no fault fails a preview, whether all of its requests meet it or all but the first", async () => {
  const previews = await Promise.all(cases.map(preview));
  expect(previews.length).toBeGreaterThan(100);
  expect(previews.filter(({ failures }) => failures.length > 0)).toEqual([]);
  // What could not be checked is told in one line.
  expect(said.length).toBeGreaterThan(10);
  expect(said.filter((line) => !/^warning: [^<\n]+$/.test(line) || line.includes(CREDENTIAL))).toEqual([]);
}, 20_000);
