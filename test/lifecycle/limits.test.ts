import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { differencesOf } from "../../provider/model/differences.ts";
import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { isObject, UNKNOWN } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { KINDS } from "../../provider/model/kinds.ts";
import { SECRET_KEY } from "../../provider/model/marks.ts";
import { validate } from "../../provider/model/validate.ts";
import { liveSettings } from "../live/settings.ts";
import { anyArgs, SEED, validArgs } from "../support/arbitraries.ts";
import { CONFIG, CONTEXT, lifecycleOf } from "../support/in-process.ts";
import { isLive, LIVE_RUNS, LiveBorder } from "../support/limits-live.ts";
import { type Border, BorderServer, LEFT_TO_SERVER } from "../support/limits-server.ts";
import { nearly } from "../support/mostly-valid.ts";
import { places, replaced } from "../support/paths-inside.ts";
import { STRICTER } from "../support/stricter.ts";
import { STRICTER_THAN_SANDBOX } from "../support/stricter-than-sandbox.ts";

/** Servers of one's own, where the environment names some (`npm run test:limits -- --help`); else the sandbox. */
const live = liveSettings();
const atLive = live.apisix !== undefined || live.kuma !== undefined;
const RUNS = {
  seed: Number(process.env.LIVE_SEED ?? SEED),
  numRuns: atLive ? Number(process.env.LIVE_RUNS ?? LIVE_RUNS) : 2000,
};
const TRIED = atLive ? KINDS.filter((kind) => isLive(live, kind)) : KINDS;
/** Milliseconds; a live server is some way off. */
const LONGEST = atLive ? 1_200_000 : 60_000;
const FEWER_RUNS = { seed: SEED, numRuns: 300 };

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What the engine would keep of an answer. Fails for what it cannot take: only JSON crosses that boundary. */
function received(value: unknown): Json {
  if (Array.isArray(value)) return value.map(received);
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value === 0 ? 0 : value;
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype)
    throw new Error(`${typeof value} ${String(value)} cannot cross the boundary.`);
  if (SECRET_KEY in value) return received(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, received(inner)]));
}

async function check(kind: Kind, args: JsonObject, config = CONFIG) {
  const { inputs, failures } = await lifecycleOf(kind, config).check({}, { ...args, __context: CONTEXT });
  return { inputs: failures.length > 0 ? {} : (received(inputs) as JsonObject), failures };
}

/** Makes the object and reads it back. Gives the server's words when it refuses what only it can judge. */
async function made(
  kind: Kind,
  inputs: JsonObject,
  border: Border,
  leftToServer: { words: RegExp }[] = LEFT_TO_SERVER,
): Promise<string | undefined> {
  const lifecycle = lifecycleOf(kind, border.config);
  // Nothing gives host names to what is made by the thousand.
  const waiting = "waitForHostname" in inputs ? { ...inputs, waitForHostname: 0 } : inputs;
  const created = await lifecycle.create(waiting).catch((error: Error) => error.message);
  if (typeof created === "string") {
    expect(
      leftToServer.some(({ words }) => words.test(created)),
      created,
    ).toBe(true);
    return created;
  }
  try {
    const state = received(created.outs) as JsonObject;
    const { inputs: seen, props } = await lifecycle.read(created.id, state);
    const drifted = seen
      ? differencesOf(kind, declaredOf(inputs), declaredOf(received(seen) as JsonObject))
      : [];
    expect(drifted.map(({ path }) => path.join("."))).toEqual([]);
    expect(seen).toBeUndefined();
    const before = received(props) as JsonObject;
    expect(await lifecycle.diff(created.id, before, waiting)).toMatchObject({ changes: false });
  } finally {
    await border.remove(created.id);
  }
  return undefined;
}

/** The arguments without what this package hides among them. */
function declaredOf(inputs: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !key.startsWith("__")));
}

/** An older APISIX has narrower limits, of a name for example. */
const NARROWER = [{ words: /400: (invalid configuration|failed to check the configuration of plugin)/ }];
const excuses = new Set<unknown>();

function isExcused(kind: Kind, path: string, reason: string): boolean {
  const known = STRICTER.some((place) => place.path.test(path) && place.reason.test(reason));
  const excuse = STRICTER_THAN_SANDBOX.find(
    ({ kinds, problem }) => kinds.test(kind.type) && problem.test(`${path}: ${reason}`),
  );
  excuses.add(excuse);
  return known || excuse !== undefined;
}

describe.each(TRIED)("arguments at the limits of the valid, of $type,", { timeout: LONGEST }, (kind) => {
  test("are taken by the server and come back as they were, or are refused as it would refuse them", async ({
    annotate,
  }) => {
    const border = atLive ? new LiveBorder(kind, live) : new BorderServer(kind);
    await border.open();
    onTestFinished(() => border.close());
    const counts = { accepted: 0, refused: 0, leftToServer: 0 };
    await fc.assert(
      fc.asyncProperty(nearly(anyArgs(kind)), async (drawn) => {
        const args = border.own(drawn);
        const { inputs, failures } = await check(kind, args, border.config);
        if (failures.length > 0) {
          counts.refused++;
          const problems = validate(kind, args);
          const unexplained = problems.filter(({ path, reason }) => !isExcused(kind, path, reason));
          // What a patch would send depends on the object that it changes; an older server ignores newer fields.
          if (!kind.patch && !border.isOlder && unexplained.length === problems.length)
            expect([await border.takes(args), problems]).toEqual([false, problems]);
          return;
        }
        counts.accepted++;
        if (await made(kind, inputs, border, [...LEFT_TO_SERVER, ...(border.isOlder ? NARROWER : [])]))
          counts.leftToServer++;
      }),
      RUNS,
    );
    await annotate(`${kind.type}: ${JSON.stringify(counts)}`);
    const tried = border.isOlder ? counts.accepted : counts.accepted - counts.leftToServer;
    expect(Math.min(tried, counts.refused)).toBeGreaterThanOrEqual(RUNS.numRuns / 5);
  });

  test("stay right when a part of them is unknown", async () => {
    await fc.assert(
      fc.asyncProperty(
        validArgs(kind),
        fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
        async (args, choices) => {
          const partly = choices.reduce<Json>((some, choice) => {
            const all = places(some);
            const path = all[choice % all.length];
            return path ? replaced(some, path, UNKNOWN) : some;
          }, args);
          expect((await check(kind, partly as JsonObject)).failures).toEqual([]);
        },
      ),
      FEWER_RUNS,
    );
  });
});

describe.skipIf(atLive).each(KINDS.filter(({ dialect }) => dialect === "apisix"))(
  "arguments of $type, at an APISIX that stores defaults,",
  { timeout: 60_000 },
  (kind) => {
    test("come back as they were", async () => {
      const border = new BorderServer(kind, true);
      await border.open();
      await fc.assert(
        fc.asyncProperty(validArgs(kind), async (args) => {
          const { inputs } = await check(kind, args);
          await made(kind, inputs, border, [...LEFT_TO_SERVER, ...NARROWER]);
        }),
        FEWER_RUNS,
      );
    });
  },
);

test.skipIf(atLive)("every place in the written list is one where something differs", () => {
  expect(STRICTER_THAN_SANDBOX.filter((place) => !excuses.has(place)).map(({ why }) => why)).toEqual([]);
});
