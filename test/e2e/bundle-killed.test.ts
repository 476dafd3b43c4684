import { afterEach, describe, expect, test } from "vitest";
import type { TestStack } from "../../tools/engine.ts";
import { bundleDoors } from "../support/bundle-doors.ts";
import { answerAgain, canKill, type Held, holdAnswers, kill, unlock, type Victim } from "../support/kill.ts";
import { expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const { store } = world.apisix;
const [dynamic, plugin] = bundleDoors;

afterEach(() => {
  answerAgain(world);
  for (const kind of ["routes", "upstreams"])
    for (const { id } of store.list(kind)) store.delete(kind, String(id));
});

function program(count: number, priority = 0, options: { adopt?: boolean } = {}, door = dynamic) {
  return async () => {
    const numbers = Array.from({ length: count }, (_, n) => n);
    door?.declare("edge", {
      ...options,
      upstreams: Object.fromEntries(numbers.map((n) => [`u${n}`, { nodes: { "a.example:80": 1 } }])),
      routes: Object.fromEntries(numbers.map((n) => [`r${n}`, { uri: "/*", upstreamId: `u${n}`, priority }])),
    });
  };
}

async function killed(victim: Victim, stack: TestStack, operation: "up" | "destroy", held: Held) {
  const reached = holdAnswers(world, held);
  const dying = stack[operation]({ expectFailure: true });
  await Promise.race([reached, dying]);
  await kill(victim);
  await dying;
  answerAgain(world);
  if (victim === "engine") await unlock(world, stack);
}

describe.runIf(canKill).each(["engine", "provider process"] as const)(
  "the %s, killed in the middle,",
  (victim) => {
    test("leaves a state and objects with which the next run ends as declared", async () => {
      const stack = await world.stack(victim.replace(" ", "-"), program(15));
      await killed(victim, stack, "up", { method: "PUT", after: 12, count: 3 });
      expect(store.list("upstreams").length).toBeGreaterThan(10);
      await stack.up();
      expect(store.list("routes")).toHaveLength(15);

      // More entries, other values: some are written and in no state when the run dies.
      stack.program = program(20, 1);
      await killed(victim, stack, "up", { method: "PUT", after: 12, count: 3 });
      await stack.up({ program: program(18, 2) });
      expect(store.list("routes").map(({ priority }) => priority)).toEqual(Array(18).fill(2));
      expect(store.list("upstreams")).toHaveLength(18);
      expectNoChanges(await stack.preview({ refresh: true }));

      await killed(victim, stack, "destroy", { method: "DELETE", after: 12, count: 3 });
      await stack.destroy();
      expect([...store.list("routes"), ...store.list("upstreams")]).toEqual([]);
      expect(await stack.resources()).toEqual([]);
    });

    test("in the first run of all leaves objects that are told, and that go with adopt or with the bundle", async () => {
      for (const door of [dynamic, plugin]) {
        const adopt = door === plugin;
        const name = `first-${victim.replace(" ", "-")}-${door?.door}`;
        const stack = await world.stack(name, async () => {}, door?.options);
        await stack.up();
        stack.program = program(15, 0, {}, door);
        await killed(victim, stack, "up", { method: "PUT", after: 20, count: 3 });
        expect(store.list("routes").length).toBeGreaterThan(3);

        stack.program = program(3, 0, {}, door);
        const first = await stack.up();
        expect(first.output).toMatch(/routes\.r\d+.* carry this bundle's label and are in no entry/);
        expect((await stack.preview({ refresh: true })).output).toContain("set adopt: true on the bundle");
        if (adopt) {
          expect((await stack.up({ program: program(3, 0, { adopt }, door) })).output).toMatch(
            /- routes\.r\d+/,
          );
          expect([store.list("routes"), store.list("upstreams")].map(({ length }) => length)).toEqual([3, 3]);
          stack.program = program(3, 0, {}, door);
          expectNoChanges(await stack.preview({ refresh: true }));
        }
        await stack.destroy();
        expect([...store.list("routes"), ...store.list("upstreams")]).toEqual([]);
        expect(await stack.resources()).toEqual([]);
      }
    });
  },
);
