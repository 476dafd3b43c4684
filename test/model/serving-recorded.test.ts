import { expect, test } from "vitest";
import { matcher, type Serving } from "../../provider/model/serving/matcher.ts";
import type { Request } from "../../provider/model/serving/request.ts";
import { nodesOf } from "../../provider/model/serving/targets.ts";
import {
  gatewayOf,
  matchingSets,
  requestOf,
  type ServingSet,
  servingSets,
} from "../support/recorded-serving.ts";

test("the route that served, in all requests that a real gateway answered, and none where it had none", () => {
  const right = { served: 0, notServed: 0 };
  const wrong: unknown[] = [];
  for (const { routes, exchanges } of matchingSets) {
    const { choose } = matcher({ routes });
    for (const { request, served } of exchanges) {
      const choice = choose(requestOf(request));
      const route =
        choice.outcome === "served" ? choice.route : choice.outcome === "no route" ? null : choice;
      if (route === served) right[served === null ? "notServed" : "served"]++;
      else wrong.push({ routes, request, served, choice });
    }
  }
  expect(wrong).toEqual([]);
  expect(right).toEqual({ served: 344, notServed: 1256 });
});

/** What the model says in the recording's words. */
function answer({ choice, handling }: Serving) {
  if (choice.outcome === "no route") return { status: 404, node: null };
  if (choice.outcome !== "served" || !handling) return choice;
  const { answers, sent, targets } = handling;
  if (answers.known && answers.value) return { status: answers.value.status, node: null };
  if (!answers.known || !targets.known || !sent.uri.known) return { answers, targets, uri: sent.uri };
  const nodes = targets.value
    .map((target) => nodesOf(target))
    .flatMap((judged) => (judged.known ? judged.value : []));
  const marks = sent.headers.filter(({ does }) => does === "set").map(({ name }) => name.toLowerCase());
  return {
    status: 200,
    node: Number(nodes[0]?.host.slice("node-".length)),
    url: sent.uri.value,
    marks: [...new Set(marks)].sort(),
  };
}

/** Counts the answers that are as recorded. */
function count(set: ServingSet, serve: (request: Request) => Serving): { right: number; wrong: unknown[] } {
  const wrong: unknown[] = [];
  for (const { request, answer: recorded } of set.exchanges) {
    const { said: _, ...expected } = {
      ...recorded,
      ...(recorded.marks && { marks: [...recorded.marks].sort() }),
    };
    const found = answer(serve(requestOf(request)));
    if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push({ set, request, expected, found });
  }
  return { right: set.exchanges.length - wrong.length, wrong };
}

test("node, path and headers from plugins, in all requests through services, configurations, rules and consumers", () => {
  const counts = servingSets.map((set) => count(set, matcher(gatewayOf(set)).serve));
  expect(counts.flatMap(({ wrong }) => wrong)).toEqual([]);
  expect(counts.reduce((sum, { right }) => sum + right, 0)).toBe(2000);
});

test("the same when it is known by which route each consumer came first", () => {
  const counts = servingSets.map((set) => {
    const { serve } = matcher(gatewayOf(set));
    const first = new Map<string, string>();
    return count(set, (request) => {
      const serving = serve(request, first);
      const { choice, handling } = serving;
      const consumer = handling?.consumer.known ? handling.consumer.value : undefined;
      if (choice.outcome === "served" && consumer !== undefined && !first.has(consumer))
        first.set(consumer, choice.route);
      return serving;
    });
  });
  expect(counts.flatMap(({ wrong }) => wrong)).toEqual([]);
  expect(counts.reduce((sum, { right }) => sum + right, 0)).toBe(2000);
});
