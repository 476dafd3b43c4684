import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApisixSandbox, startApisix } from "../../sandbox/apisix/index.ts";
import type { Listener } from "../../sandbox/http.ts";
import { ask, type RecordedRequest, readRecording, startNode, upstreamOf, write } from "./apisix-gateway.ts";

interface Recording {
  sets: {
    /** In the order in which they were written; a number as `upstream` is that of a node. */
    objects: { path: string; body: { upstream?: number } }[];
    exchanges: {
      request: RecordedRequest;
      answer: {
        status: number;
        /** The node that answered, null for none. */
        node: number | null;
        /** The path and query as the node got them. */
        url?: string;
        /** The headers that plugins have set, sorted. */
        marks?: string[];
        /** The gateway's own answer. */
        said?: string;
      };
    }[];
  }[];
}

const { sets } = readRecording<Recording>("3.18.0-serving");
const marks = ["x-config", "x-consumer", "x-consumer-username", "x-global", "x-route", "x-service"];

describe("the sandbox's gateway serves as APISIX 3.18.0 was recorded, with services, plugin configurations, global rules and consumers", () => {
  let sandbox: ApisixSandbox;
  let nodes: Listener[];
  const count = { same: 0, all: 0 };

  beforeAll(async () => {
    const numbers = sets.flatMap(({ objects }) => objects.map(({ body }) => body.upstream ?? 0));
    const started = Array.from({ length: 1 + Math.max(...numbers) }, (_, number) => startNode(number));
    [sandbox, nodes] = await Promise.all([startApisix(), Promise.all(started)]);
  });
  afterAll(() => Promise.all([sandbox.close(), ...nodes.map((node) => node.close())]));

  it.each(sets.map((set, index) => ({ ...set, index })))("set $index", async ({ objects, exchanges }) => {
    sandbox.store.clear();
    for (const { path, body } of objects) {
      const { upstream, ...rest } = body;
      const node = upstream === undefined ? undefined : nodes[upstream];
      await write(sandbox, path.slice(1), node ? { ...rest, upstream: upstreamOf(node) } : rest);
    }
    for (const { request, answer: recorded } of exchanges) {
      const { status, text, echo } = await ask(sandbox, request);
      const found = echo
        ? { status, node: echo.node, url: echo.url, marks: marks.filter((mark) => mark in echo.headers) }
        : { status, node: null, said: text };
      expect.soft(found, JSON.stringify(request)).toEqual(recorded);
      count.all += 1;
      if (JSON.stringify(found) === JSON.stringify(recorded)) count.same += 1;
    }
  });

  it("in every exchange", async ({ annotate }) => {
    await annotate(
      `${count.same} of ${count.all} requests as recorded: node, path, marks and the gateway's own answers`,
    );
    expect(count.same).toBe(count.all);
  });
});
