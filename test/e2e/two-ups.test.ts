import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { afterEach, expect, test } from "vitest";
import type { Intercept } from "../../sandbox/apisix/index.ts";
import { EngineError, type OperationResult } from "../../tools/engine.ts";
import { errorsOf } from "../support/errors.ts";
import { declaredPart, expectChanges, expectNoChanges, LOCAL, startWorld } from "../support/world.ts";

const world = await startWorld();
afterEach(() => {
  world.apisix.intercept = undefined;
  world.kuma.intercept = undefined;
});

const TITLES = ["upstream", "external service"] as const;

/** An object of one name at each server; `ids` gives one another id than its name. */
function pair(name: string, port: number, ids: { upstreamId?: string; name?: string } = {}) {
  return async () => {
    const { upstreamId, ...kumaName } = ids;
    new apisix.Upstream(name, {
      nodes: [{ host: "a.example", port, weight: 1 }],
      ...(upstreamId === undefined ? {} : { upstreamId }),
    });
    new kuma.ExternalService(name, {
      tags: { "kuma.io/service": name },
      networking: { address: `a.example:${port}` },
      ...kumaName,
    });
  };
}

const stored = (id: string) => [
  world.apisix.store.get("upstreams", id),
  world.kuma.store.get("ExternalService", "default", id),
];

/** The same as {@link stored}, without what the servers and the package write. */
const declared = (id: string, port: number) => [
  { nodes: [{ host: "a.example", port, weight: 1 }] },
  {
    ...{ type: "ExternalService", mesh: "default", name: id, tags: { "kuma.io/service": id } },
    networking: { address: `a.example:${port}` },
  },
];

const stackOf = (object: Record<string, unknown> | undefined) =>
  (object?.labels as Record<string, string> | undefined)?.["pulumi-stack"];

/** At each server, writes begin when so many have come to it: all have looked before one writes. */
function writeTogether(expected: number): void {
  for (const server of [world.apisix, world.kuma]) {
    let come = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const meet: Intercept = async ({ method }) => {
      if (method !== "PUT") return false;
      come += 1;
      if (come === expected) resolve();
      await promise;
      return false;
    };
    server.intercept = meet;
  }
}

/** The result, whether the operation failed or not. */
async function either(operation: Promise<OperationResult>): Promise<OperationResult> {
  return operation.catch((error: unknown) => {
    if (error instanceof EngineError) return error.result;
    throw error;
  });
}

test("of two ups at once on the same ids the last write stands whole, and the loser learns it at its next refresh at the latest", async () => {
  const ports = { left: 80, right: 81 };
  const names = ["left", "right"] as const;
  const stacks = {
    left: await world.stack("left", pair("both", ports.left)),
    right: await world.stack("right", pair("both", ports.right)),
  };
  writeTogether(2);
  const results = await Promise.all(names.map((name) => either(stacks[name].up())));
  world.apisix.intercept = undefined;
  world.kuma.intercept = undefined;
  const won = stored("both").map((object) => (stackOf(object) === "test.left" ? "left" : "right"));
  const before = stored("both");
  // No mixture: what stands is what the stack on its label has declared.
  expect(before.map(declaredPart)).toEqual(won.map((name, at) => declared("both", ports[name])[at]));

  for (const [at, name] of names.entries()) {
    const stack = stacks[name];
    const lost = TITLES.filter((_, server) => won[server] !== name);
    if (lost.length === 0) {
      expectNoChanges(await stack.preview({ refresh: true }));
      continue;
    }
    const told = errorsOf(results[at] as OperationResult).join("\n");
    const { output } = await stack.up({ refresh: true, continueOnError: true, expectFailure: true });
    for (const title of lost) {
      // Whose create was refused has nothing in its state; who wrote first and was overwritten would update it.
      const refusal = told.includes(`The ${title} "`) ? "exists already at" : "belongs to the stack test\\.";
      expect(output).toMatch(new RegExp(`The ${title} "[^"]*both" ${refusal}`));
    }
    expect(stored("both")).toEqual(before);
  }

  const loser = won[0] === "left" ? "right" : "left";
  const { output } = await stacks[loser].destroy();
  expect(output).toContain(`The upstream "both" stays: by now it belongs to the stack test.${won[0]}`);
  expect(stored("both")[0]).toEqual(before[0]);
  await stacks[won[0] as "left" | "right"].destroy();
  expect(stored("both")).toEqual([undefined, undefined]);
});

test("what a person edits between an update's look and its write is overwritten whole", async () => {
  const stack = await world.stack("edited", pair("edited", 80));
  await stack.up();
  const edits: string[] = [];
  world.apisix.intercept = ({ method }) => {
    if (method !== "PUT") return false;
    edits.push("upstream");
    world.apisix.store.put("upstreams", "edited", { nodes: { "their.example:80": 1 }, retries: 7 });
    return false;
  };
  world.kuma.intercept = ({ method }) => {
    if (method !== "PUT") return false;
    edits.push("external service");
    const [, service] = stored("edited");
    world.kuma.store.put({ ...service, labels: { by: "hand" }, networking: { address: "their.example:1" } });
    return false;
  };
  expectChanges(await stack.up({ program: pair("edited", 81) }), { update: 2 });
  expect(edits.sort()).toEqual([...TITLES].sort());
  expect(stored("edited").map(declaredPart)).toEqual(declared("edited", 81));
  expectNoChanges(await stack.preview({ refresh: true }));
});

test("a second stack with the same ids is refused with the owner's name and an id with which it goes", async () => {
  const first = await world.stack("first", pair("taken", 80));
  await first.up();
  const before = stored("taken");
  // A preview would stop at the first of the two.
  const second = await world.stack("second", pair("taken", 81), { config: LOCAL });
  const { output } = await second.up({ continueOnError: true, expectFailure: true });
  const refused = 'taken" exists already at .* and belongs to the stack test\\.first .*';
  expect(output).toMatch(new RegExp(`upstream "${refused}, for example upstreamId: "taken-second"`));
  expect(output).toMatch(
    new RegExp(`external service "default/${refused}, for example name: "taken-second"`),
  );
  expect(stored("taken")).toEqual(before);

  const free = pair("taken", 81, { upstreamId: "taken-second", name: "taken-second" });
  expectChanges(await second.up({ program: free }), { create: 2 });
  expect(stored("taken")).toEqual(before);
  expect(stored("taken-second").map(stackOf)).toEqual(["test.second", "test.second"]);
});
