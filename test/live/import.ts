import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import type { MapAnswer } from "../../cli/map-answer.ts";
import type { DialectName } from "../../provider/model/kind.ts";
import { Engine, type StackConfig, type TestStack } from "../../tools/engine.ts";
import { repository } from "../../tools/repository.ts";
import { runShipped } from "../support/import-command.ts";
import type { Stored } from "../support/kinds.ts";
import { expectChanges, expectNoChanges } from "../support/world.ts";
import { importInto } from "./imported.ts";
import { leftovers, removeAll } from "./lifecycle.ts";
import { foundOf, type LiveObject, placeAll } from "./objects.ts";
import { read, write } from "./servers.ts";

/** What the tests of the commands that read servers need. */
export interface ImportSetup {
  dialect: DialectName;
  /** What all names begin with. */
  run: string;
  objects: LiveObject[];
  config: StackConfig;
  /** The name of what all tests of the run use, which is removed after the last one. */
  shared: string;
  /** The type of the object that `map` finds changed, and `explain` is asked about. */
  changed: string;
  /** What `explain` is asked about it. */
  question: string[];
}

/** The commands that read servers, at a server that may have other things in it: they are asked about the run's objects. */
export async function importTests(setup: ImportSetup): Promise<void> {
  const { dialect, run, objects, config, shared } = setup;
  const engine = await Engine.start();
  const prefixes = [...new Set(objects.map(({ prefix }) => prefix))];
  afterEach(() => removeAll(kindsOf(objects), prefixes));
  afterAll(async () => {
    await engine.close();
    expect(await leftovers(kindsOf(objects), run, shared)).toEqual([]);
  });

  const imports = [
    { door: "dynamic", bundle: false },
    { door: "dynamic", bundle: true },
    { door: "plugin", bundle: false },
    { door: "plugin", bundle: true },
  ] as const;
  test.for(imports)(
    "is imported through the door $door (bundle: $bundle) and shows no change",
    async (how) => {
      await placeAll(objects);
      const before = await foundOf(objects);
      const plugins = [{ name: dialect, path: join(repository, "dist", "plugin") }];
      const name = `${how.door}-${how.bundle ? "bundle" : "each"}`;
      const stack = await engine.stack(name, async () => {}, {
        config,
        ...(how.door === "plugin" ? { plugins } : {}),
      });
      const { typeErrors, incomplete, output } = await importInto(stack, { dialect, objects, ...how });
      expect(typeErrors).toBe("");
      if (incomplete === 0) expect(output).not.toContain("failed to validate");
      const updates = incomplete === 0 ? {} : { update: incomplete };
      expectChanges(await stack.preview(), updates);
      expect(await foundOf(objects)).toEqual(before);
      expectChanges(await stack.up(), updates);
      expectNoChanges(await stack.preview({ refresh: true }));
      expect(await foundOf(objects)).toEqual(before);
      await stack.destroy();
      expect((await foundOf(objects)).filter((one) => (one as unknown[])[1] !== undefined)).toEqual([]);
    },
  );

  const asked = objects.find(({ kind }) => kind.type === setup.changed);
  if (asked) await readingTests(setup, asked, engine);
}

/** `explain`, and `map` beside a state. */
async function readingTests(
  { dialect, run, config, question }: ImportSetup,
  asked: LiveObject,
  engine: Engine,
): Promise<void> {
  const { kind, prefix, path } = asked;
  const from = ["--from", dialect];

  test("is explained as the server's", async () => {
    await placeAll([asked]);
    const { stdout } = await runShipped(["explain", ...from, ...question, "--json"]);
    const [answer] = JSON.parse(stdout).answers;
    expect(answer).toMatchObject({ outcome: "served" });
    expect([answer.route?.id, answer.services?.[0]?.service]).toContain(
      dialect === "apisix" ? kind.id(prefix) : "full",
    );
  });

  test("is on the map, and what is changed by hand differs from the state", async () => {
    await placeAll([asked]);
    const stack = await engine.stack("mapped", async () => {}, { config });
    await importInto(stack, { dialect, objects: [asked], door: "dynamic", bundle: false });
    const state = await stateFile(stack);
    const same = await compared(["--state", state, ...from], run);
    expect(same.differing).toEqual([]);
    expect(same.exits.length).toBeGreaterThan(0);

    const page = join(stack.directory, "map.html");
    for (const form of [["--csv"], ["--markdown"], []])
      expect(await printed(["map", ...from, ...form])).toContain(same.exits[0]?.host);
    await printed(["map", ...from, "--html", page]);
    expect(readFileSync(page, "utf8")).toContain(same.exits[0]?.host);

    const changed = kind.byHand.changed.change((await read(kind.server, path)) as Stored);
    await write(kind.server, path, { ...changed, ...kind.notGivenBack });
    const differing = await compared(["--state", state, ...from], run);
    expect(differing.code).toBe(1);
    expect(differing.differing).toEqual([kind.type]);
    await stack.destroy();
  });
}

/** What `map --json` says of the run's objects. */
async function compared(args: string[], run: string) {
  const { code, stdout } = await runShipped(["map", ...args, "--json"]).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => error,
  );
  const { exits, comparison }: MapAnswer = JSON.parse(stdout);
  const isOfRun = ({ name }: { name: string }) => name.includes(run);
  return {
    code,
    exits: exits.filter(({ owners }) => owners.some(isOfRun)),
    differing: (comparison?.differing ?? []).flatMap(({ owner }) => (isOfRun(owner) ? [owner.type] : [])),
  };
}

async function printed(args: string[]): Promise<string> {
  return (await runShipped(args)).stdout;
}

/** A file with what `pulumi stack export` prints. */
async function stateFile(stack: TestStack): Promise<string> {
  const file = join(stack.directory, "state.json");
  writeFileSync(file, JSON.stringify(await stack.state()));
  return file;
}

function kindsOf(objects: readonly LiveObject[]) {
  return [...new Set(objects.map(({ kind }) => kind))];
}
