import type { IncomingMessage, ServerResponse } from "node:http";
import * as apisix from "pulumi-external-backends/apisix";
import { afterEach, describe, expect, test } from "vitest";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { expectOneError, expectReadable, held } from "../support/errors.ts";
import { expectChanges, expectNoChanges, ownerOf, startWorld } from "../support/world.ts";

const world = await startWorld();
afterEach(() => {
  world.apisix.intercept = undefined;
});

const stored = (id: string) => world.apisix.store.get("upstreams", id);

function program(name: string, args: Partial<apisix.UpstreamArgs> = {}) {
  return async () => {
    new apisix.Upstream(name, { nodes: { "a.example:80": 1 }, ...args } as apisix.UpstreamArgs);
  };
}

/** Lets the server do what it is asked, and cuts the connection instead of answering. */
function loseAnswers(lost: (request: IncomingMessage) => boolean): void {
  world.apisix.intercept = (request: IncomingMessage, response: ServerResponse) => {
    if (lost(request)) response.writeHead = response.end = () => response.destroy() as never;
    return false;
  };
}

describe("an object that was written although its answer was lost", () => {
  test("is created as if nothing had happened when the next attempt is answered", async () => {
    let lost = 0;
    loseAnswers(({ method }) => method === "PUT" && lost++ === 0);
    const stack = await world.stack("once", program("once"));
    expectChanges(await stack.up(), { create: 2 });
    expect(lost).toBe(2);
    world.apisix.intercept = undefined;
    expectNoChanges(await stack.refresh());
  });

  test("is found by a look when no attempt is answered", async () => {
    loseAnswers(({ method }) => method === "PUT");
    const stack = await world.stack("look", program("look"));
    expectChanges(await stack.up(), { create: 2 });
    world.apisix.intercept = undefined;
    expectNoChanges(await stack.refresh());
    await stack.destroy();
    expect(stored("look")).toBeUndefined();
  });

  test("is one clear error when the look fails, too, and the next up goes on with its own object", async () => {
    let written = false;
    loseAnswers(({ method }) => {
      written ||= method === "PUT";
      return written;
    });
    const stack = await world.stack("late", program("late"));
    expectOneError(await stack.up({ expectFailure: true }), 'Could not create upstream "late"', "no answer");
    const { owner, mark } = ownerOf(stored("late"));
    expect(mark).toHaveLength(8);
    world.apisix.intercept = undefined;
    expectChanges(await stack.up(), { create: 1 });
    expect(ownerOf(stored("late")).owner).toBe(owner);
    expectNoChanges(await stack.refresh());
  });

  test("in an update is written again by the next up", async () => {
    const stack = await world.stack("update", program("update"));
    await stack.up();
    const before = await held(stack);
    loseAnswers(({ method }) => method === "PUT");
    const changed = program("update", { retries: 4 });
    const result = await stack.up({ program: changed, expectFailure: true });
    expectOneError(result, 'Could not update upstream "update"', "no answer");
    expect(await held(stack)).toEqual(before);
    world.apisix.intercept = undefined;
    expectChanges(await stack.up(), { update: 1 });
    expectNoChanges(await stack.refresh());
  });

  test("in a delete is gone for the next destroy", async () => {
    const stack = await world.stack("delete", program("delete"));
    await stack.up();
    let lost = 0;
    loseAnswers(({ method }) => method === "DELETE" && lost++ === 0);
    await stack.destroy();
    expect(stored("delete")).toBeUndefined();
    expect((await stack.resources()).length).toBe(0);
  });
});

describe("a server that is gone for good", () => {
  test("keeps its resources in the state, unless deleteUnreachable takes them as deleted, with a warning", async () => {
    const zone = await startApisix();
    const config = { "apisix:adminUrl": zone.adminUrl, "apisix:requestTimeout": "3" };
    const stack = await world.stack("gone", program("gone"), { config });
    await stack.up();
    await zone.close();
    expectOneError(await stack.destroy({ expectFailure: true }), 'Could not delete upstream "gone"');
    expect(await held(stack)).toHaveLength(1);
    await stack.setConfig({ "apisix:deleteUnreachable": "true" });
    const result = await stack.destroy({ program: program("gone"), runProgram: true });
    expect(result.output).toContain('warning: The upstream "gone" is taken as deleted (deleteUnreachable).');
    expectReadable(result);
    expect(await held(stack)).toEqual([]);
  });
});
