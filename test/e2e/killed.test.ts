import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { afterEach, describe, expect, test } from "vitest";
import type { TestStack } from "../../tools/engine.ts";
import { everything, hundred, namesOfTheHundred } from "../support/hundred.ts";
import { answerAgain, canKill, type Held, holdAnswers, kill, unlock, type Victim } from "../support/kill.ts";
import {
  declaredPart,
  expectChanges,
  expectNoChanges,
  LOCAL,
  ownerOf,
  startWorld,
} from "../support/world.ts";

const world = await startWorld();
afterEach(() => {
  answerAgain(world);
  world.apisix.store.clear();
  world.kuma.store.clear();
});

/** An object at each server. */
function pair(name: string, port: number, more: object = {}) {
  return async () => {
    new apisix.Upstream(name, { nodes: [{ host: "a.example", port, weight: 1 }], ...more });
    new kuma.ExternalService(name, {
      tags: { "kuma.io/service": name },
      networking: { address: `a.example:${port}` },
      ...more,
    });
  };
}

const stored = (name: string) => [
  world.apisix.store.get("upstreams", name),
  world.kuma.store.get("ExternalService", "default", name),
];

const declared = (name: string, port: number) => [
  { nodes: [{ host: "a.example", port, weight: 1 }] },
  {
    type: "ExternalService",
    mesh: "default",
    name,
    tags: { "kuma.io/service": name },
    networking: { address: `a.example:${port}` },
  },
];

/** Runs an operation and kills the victim when so many answers are held back, of what both servers have done. */
async function killed(victim: Victim, stack: TestStack, operation: "up" | "destroy", held: Held) {
  const reached = holdAnswers(world, held);
  const dying = stack[operation]({ expectFailure: true, parallel: 8 });
  await Promise.race([reached, dying]);
  await kill(victim);
  const { output } = await dying;
  answerAgain(world);
  if (victim === "engine") await unlock(world, stack);
  else expect(output).toMatch(/error: (error reading from server|connection error)/);
}

describe.runIf(canKill).each(["provider process", "engine"] as const)(
  "the %s, killed between a server's commit and its answer,",
  (victim) => {
    const name = victim.replace(" process", "");

    test("leaves what the next run goes on with, in create, update and delete", async () => {
      const stack = await world.stack(name, pair(name, 80));
      await killed(victim, stack, "up", { method: "PUT", count: 2 });
      const left = stored(name);
      expectChanges(await stack.up(), { create: 2 });
      expect(stored(name).map(declaredPart)).toEqual(declared(name, 80));
      expect(stored(name).map((object) => ownerOf(object).owner)).toEqual(
        left.map((object) => ownerOf(object).owner),
      );
      expectNoChanges(await stack.preview({ refresh: true }));

      stack.program = pair(name, 81);
      await killed(victim, stack, "up", { method: "PUT", count: 2 });
      expect(stored(name).map(declaredPart)).toEqual(declared(name, 81));
      expectChanges(await stack.up(), { update: 2 });
      expect(stored(name).map(declaredPart)).toEqual(declared(name, 81));
      expectNoChanges(await stack.preview({ refresh: true }));

      await killed(victim, stack, "destroy", { method: "DELETE", count: 2 });
      await stack.destroy();
      expect(stored(name)).toEqual([undefined, undefined]);
      expect(await stack.resources()).toEqual([]);
    });
  },
);

const withoutCheckpoints = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

describe.runIf(canKill)("an engine that was killed", () => {
  test("leaves a lock, which pulumi cancel removes, and creates that it warns of until a refresh clears them", async () => {
    const stack = await world.stack("locked", pair("locked", 80));
    const reached = holdAnswers(world, { method: "PUT", count: 2 });
    const dying = stack.up({ expectFailure: true });
    await reached;
    await kill("engine");
    await dying;
    answerAgain(world);
    const { output } = await stack.up({ expectFailure: true });
    expect(output).toMatch(/the stack is currently locked by 1 lock.*`pulumi cancel`/);
    await unlock(world, stack);

    const warning = "with 2 pending operations from previous deployment";
    expect((await stack.up()).output).toContain(warning);
    expect((await stack.up()).output).toContain(warning);
    const clear = ["refresh", "--yes", "--skip-preview", "--clear-pending-creates"];
    await stack.cli([...clear, "--stack", stack.name]);
    const clean = await stack.up();
    expectNoChanges(clean);
    expect(clean.output).not.toContain("pending operations");
  });

  test("without checkpoints has forgotten its objects: a changed program is refused until adopt takes them over", async () => {
    const stack = await world.stack("forgotten", pair("forgotten", 80), {
      environment: withoutCheckpoints,
      // A preview would stop at the first of the two.
      config: LOCAL,
    });
    await killed("engine", stack, "up", { method: "PUT", count: 2 });
    expect(await stack.resources()).toEqual([]);

    stack.program = pair("forgotten", 81);
    const { output } = await stack.up({ continueOnError: true, expectFailure: true });
    for (const title of ['upstream "forgotten"', 'external service "default/forgotten"']) {
      expect(output).toContain(`${title} exists already`);
    }
    expect(output).toContain("was made for this very resource");
    expect(stored("forgotten").map(declaredPart)).toEqual(declared("forgotten", 80));

    expectChanges(await stack.up({ program: pair("forgotten", 81, { adopt: true }) }), { create: 2 });
    expect(stored("forgotten").map(declaredPart)).toEqual(declared("forgotten", 81));
    expectNoChanges(await stack.up({ program: pair("forgotten", 81) }));
    await stack.destroy();
    expect(stored("forgotten")).toEqual([undefined, undefined]);
  });
});

describe.runIf(canKill).each([
  ["with checkpoints", {}],
  ["without checkpoints", withoutCheckpoints],
])("in the middle of a run of 100 resources %s", (mode, environment) => {
  const promise = "a killed engine and a killed provider process lose and duplicate nothing";
  test(promise, { timeout: 240_000 }, async () => {
    const foreign = { labels: { team: "billing" } };
    world.apisix.store.put("upstreams", "foreign", { nodes: { "foreign.example:80": 1 }, ...foreign });
    world.kuma.store.put({ type: "ExternalService", mesh: "default", name: "foreign", ...foreign });
    const before = everything(world);
    const stack = await world.stack(mode.replaceAll(" ", "-"), hundred, { environment });

    await killed("engine", stack, "up", { method: "PUT", after: 30, count: 3 });
    // Without checkpoints, a run that dies leaves nothing in the state.
    if (environment === withoutCheckpoints) expect(await stack.resources()).toEqual([]);
    else expect((await stack.resources()).length).toBeGreaterThan(10);
    const unlabelled = namesOfTheHundred.slice(0, 4);
    expect([...everything(world).keys()]).toEqual(expect.arrayContaining(unlabelled));
    await killed("provider process", stack, "up", { method: "PUT", after: 45, count: 3 });
    // That one was written at its end.
    expect((await stack.resources()).length).toBeGreaterThan(10);

    await stack.up();
    const after = everything(world);
    expect([...after.keys()].sort()).toEqual([...before.keys(), ...namesOfTheHundred].sort());
    expectNoChanges(await stack.preview({ refresh: true }));

    await killed("engine", stack, "destroy", { method: "DELETE", after: 30, count: 3 });
    const result = await stack.destroy();
    // What another mark stands on by now would stay, with a warning.
    expect(result.output).not.toContain(" stays: ");
    expect(everything(world)).toEqual(before);
    expect(await stack.resources()).toEqual([]);
  });
});
