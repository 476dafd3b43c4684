import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { afterAll, describe, expect, test, vi } from "vitest";
import type { JsonObject } from "../../provider/model/fields.ts";
import { Engine, type OperationResult, type TestStack } from "../../tools/engine.ts";
import { workFolder } from "../../tools/repository.ts";
import { fakeExecutable } from "../support/fake-executable.ts";
import { fake } from "../support/fake-provider.ts";
import { Thing } from "../support/fake-resource.ts";
import { canKill, kill } from "../support/kill.ts";

const folder = await mkdtemp(join(await workFolder(), "plugin-engine-"));
const executable = await fakeExecutable(join(folder, "bin"));
const engine = await Engine.start();
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

interface World {
  stack: TestStack;
  /** What is in the provider's file. */
  things(): Promise<Record<string, JsonObject>>;
  write(things: Record<string, JsonObject>): Promise<void>;
}

/** A stack with the Thing `a`. */
async function world(name: string, args: pulumi.Inputs): Promise<World> {
  const file = join(folder, `${name}.json`);
  const stack = await engine.stack(name, declare({ a: args }), {
    config: { "fake:store": file },
    plugins: [{ name: fake.name, path: dirname(executable) }],
  });
  return {
    stack,
    things: async () => JSON.parse(await readFile(file, "utf8").catch(() => "{}")),
    write: (things) => writeFile(file, JSON.stringify(things)),
  };
}

/** A program that declares Things, and has the serial number of each as an output. */
function declare(things: Record<string, pulumi.Inputs>, options?: pulumi.CustomResourceOptions): PulumiFn {
  return async () =>
    Object.fromEntries(
      Object.entries(things).map(([name, args]) => [name, new Thing(name, args, options).serial]),
    );
}

/** The detailed differences of the resource `a`. */
function differences({ events }: OperationResult): Record<string, string> | undefined {
  const steps = events.map((event) => event.resourcePreEvent?.metadata);
  const detailed = steps.find((step) => step?.urn.endsWith("::a"))?.detailedDiff ?? undefined;
  return (
    detailed && Object.fromEntries(Object.entries(detailed).map(([path, { diffKind }]) => [path, diffKind]))
  );
}

describe("The real engine, through a plugin served by this package", { timeout: 120_000 }, () => {
  const password = pulumi.secret("correct horse");

  test("creates, updates with a detailed difference, refreshes and destroys", async () => {
    const { stack, things: made, write } = await world("lifecycle", { name: "a", size: 1, password });
    expect((await stack.preview()).changes).toEqual({ create: 2 });
    expect(await made()).toEqual({});

    const created = await stack.up();
    expect([created.changes, created.outputs]).toEqual([{ create: 2 }, { a: 1 }]);
    expect(await made()).toEqual({ "id-a": { name: "a", size: 1, password: "correct horse", serial: 1 } });
    expect(await stack.stateText()).not.toContain("correct horse");
    expect((await stack.up()).changes).toEqual({});

    const changed = { name: "a", size: 2, tags: { "a:80": "x" }, items: [{ w: 1 }], password };
    const program = declare({ a: changed });
    const preview = await stack.preview({ program });
    expect(differences(preview)).toEqual({ size: "update", tags: "add", items: "add" });
    expect((await stack.up()).outputs).toEqual({ a: 2 });
    const other = { ...changed, tags: { "a:80": "y", b: "z" }, items: [{ w: 2 }, true] };
    const again = await stack.preview({ program: declare({ a: other }), diff: true });
    expect(differences(again)).toEqual({
      'tags["a:80"]': "update",
      "tags.b": "add",
      "items[0].w": "update",
      "items[1]": "add",
    });
    expect(again.output).toContain('a:80: "x" => "y"');

    const { "id-a": found = {} } = await made();
    await write({ "id-a": { ...found, size: 3 } });
    expect((await stack.refresh()).changes).toEqual({ update: 1 });
    expect((await stack.resource("a")).inputs).toMatchObject({ size: 3 });
    const back = await stack.up({ program });
    expect([differences(back), back.changes]).toEqual([{ size: "update" }, { update: 1 }]);

    await write({});
    expect((await stack.refresh()).changes).toEqual({ delete: 1 });
    await stack.up();
    expect((await stack.destroy()).changes).toEqual({ delete: 2 });
    expect(await made()).toEqual({});
  });

  test("replaces where the detailed difference says so, and where the program asks for it", async () => {
    const { stack, things: made } = await world("replace", { name: "a", size: 1 });
    await stack.up();
    const renamed = await stack.up({ program: declare({ a: { name: "b", size: 1 } }) });
    expect([differences(renamed), renamed.changes]).toEqual([{ name: "update-replace" }, { replace: 1 }]);
    expect(Object.keys(await made())).toEqual(["id-b"]);
    const options = { replaceOnChanges: ["tags.x"] };
    await stack.up({ program: declare({ a: { name: "b", tags: { x: "1" } } }, options) });
    const asked = await stack.preview({ program: declare({ a: { name: "b", tags: { x: "2" } } }, options) });
    expect(asked.changes).toEqual({ replace: 1 });
  });

  test("shows previews with what is known, and what is not", async () => {
    const { stack } = await world("unknown", { name: "a" });
    const program = async () => {
      const a = new Thing("a", { name: "a" });
      new Thing("b", { name: "b", size: a.serial, items: [a.serial] });
    };
    const preview = await stack.preview({ program, diff: true });
    expect(preview.output).toMatch(/size +: \[unknown\]/);
    await stack.up();
    expect((await stack.resource("b")).inputs).toMatchObject({ size: 1, items: [1] });
  });

  test("saves what was made although it is not whole, and updates it at the next run", async () => {
    const { stack, things: made } = await world("partial", { name: "a", fault: "partial", password });
    const failed = await stack.up({ expectFailure: true });
    expect(failed.output).toContain("id-a is not whole");
    expect(await stack.resource("a")).toMatchObject({
      id: "id-a",
      initErrors: ["id-a is not whole", "try again"],
      outputs: { serial: 1 },
    });
    expect(await stack.stateText()).not.toContain("correct horse");
    expect((await stack.up({ program: declare({ a: { name: "a" } }) })).changes).toEqual({ update: 1 });
    expect(await made()).toEqual({ "id-a": { name: "a", serial: 2 } });
  });

  test("reports refused inputs, settings and writes by their reasons alone", async () => {
    const { stack } = await world("refused", { name: "a", colour: password, fault: "refused" });
    const unheard = await stack.preview({ expectFailure: true });
    expect(unheard.output).toContain("a Thing has no colour");
    expect(unheard.output).not.toContain("correct horse");
    const refused = await stack.up({
      expectFailure: true,
      program: declare({ a: { name: "a", fault: "refused" } }),
    });
    expect(refused.output).toContain("The file refuses id-a.");
    expect(refused.output).not.toMatch(/\bat .*:\d+:\d+/);
    await stack.setConfig({ "fake:store": "" });
    expect((await stack.preview({ expectFailure: true })).output).toContain(
      "store must be the path of a file",
    );
  });

  test("shows warnings at the resource, and progress while it lasts", async () => {
    const { stack } = await world("logs", { name: "a", size: 101 });
    const warned = await stack.up();
    const diagnostics = warned.events
      .map((event) => event.diagnosticEvent)
      .filter((event) => event !== undefined);
    expect(diagnostics.filter(({ message }) => /id-a is large/.test(message))).toMatchObject([
      { severity: "warning", urn: "urn:pulumi:logs::test::fake:index:Thing::a" },
    ]);
    expect(warned.output).not.toMatch(/exited prematurely|error/);
  });

  test("gives up a write after its customTimeouts", async () => {
    const { stack, things: made } = await world("timeout", {});
    const program = declare({ a: { name: "a", fault: "slow" } }, { customTimeouts: { create: "1s" } });
    const late = await stack.up({ program, expectFailure: true });
    expect(late.output).toContain("Not done after 1 s, which is the resource's timeout (customTimeouts).");
    expect(await made()).toEqual({});
  });

  test("is not kept waiting by a write when the user interrupts it", async () => {
    const { stack } = await world("interrupt", { name: "a", fault: "slow" });
    const controller = new AbortController();
    const began = vi.fn<(at: number) => void>();
    const onOutput = (text: string) => {
      if (!text.includes("writing id-a")) return;
      began(performance.now());
      controller.abort();
    };
    const interrupted = await stack.up({ signal: controller.signal, onOutput, expectFailure: true });
    expect(performance.now() - Number(began.mock.calls[0]?.[0])).toBeLessThan(10_000);
    expect(interrupted.output).toContain("The operation was interrupted.");
    expect(interrupted.output).not.toContain("exited prematurely");
    expect((await stack.resources()).map(({ urn }) => urn)).not.toContain(
      "urn:pulumi:interrupt::test::fake:index:Thing::a",
    );
  });

  test.runIf(canKill)("leaves no plugin behind when it is killed", async () => {
    const { stack } = await world("killed", { name: "a", fault: "slow" });
    const killed = Promise.withResolvers<void>();
    const onOutput = (text: string) => {
      if (text.includes("writing id-a")) kill("engine").then(killed.resolve, killed.reject);
    };
    await stack.up({ onOutput, expectFailure: true });
    await killed.promise;
  });
});
