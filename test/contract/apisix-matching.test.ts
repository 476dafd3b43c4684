import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApisixSandbox, startApisix } from "../../sandbox/apisix/index.ts";
import type { Listener } from "../../sandbox/http.ts";
import { ask, type RecordedRequest, readRecording, startNode, upstreamOf, write } from "./apisix-gateway.ts";

interface Recording {
  sets: {
    routes: { id: string }[];
    /** `served` is the route's id, null where none matched. */
    exchanges: { request: RecordedRequest; served: string | null; status: number }[];
  }[];
}

const { sets } = readRecording<Recording>("3.18.0-matching");

describe("the sandbox's gateway chooses the route that APISIX 3.18.0 was recorded to choose", () => {
  let sandbox: ApisixSandbox;
  let node: Listener;
  const counts = { served: { same: 0, all: 0 }, "not served": { same: 0, all: 0 } };

  beforeAll(async () => {
    [sandbox, node] = await Promise.all([startApisix(), startNode(0)]);
  });
  afterAll(() => Promise.all([sandbox.close(), node.close()]));

  it.each(sets.map((set, index) => ({ ...set, index })))(
    "among set $index",
    async ({ routes, exchanges }) => {
      sandbox.store.clear();
      for (const { id, ...route } of routes) {
        const plugins = { "proxy-rewrite": { headers: { set: { "X-Route": id } } } };
        await write(sandbox, `routes/${id}`, { ...route, plugins, upstream: upstreamOf(node) });
      }
      for (const { request, served, status } of exchanges) {
        const answer = await ask(sandbox, request);
        const found = { served: answer.echo?.headers["x-route"] ?? null, status: answer.status };
        const count = counts[served === null ? "not served" : "served"];
        count.all += 1;
        if (found.served === served && found.status === status) count.same += 1;
        expect.soft(found, JSON.stringify(request)).toEqual({ served, status });
      }
    },
  );

  it("in every exchange, those that were served and those that were not counted apart", async ({
    annotate,
  }) => {
    for (const [kind, { same, all }] of Object.entries(counts))
      await annotate(`${kind}: ${same} of ${all} requests as recorded`);
    for (const { same, all } of Object.values(counts)) expect(same).toBe(all);
  });
});
