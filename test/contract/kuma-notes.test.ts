import { afterAll, beforeAll, expect, test } from "vitest";
import { type KumaSandbox, startKuma } from "../../sandbox/kuma/index.ts";
import { changed, type FullObject, type NotedChange, notedChanges } from "../support/kuma-notes.ts";
import { readRecording } from "../support/kuma-recordings.ts";

const changes = notedChanges(readRecording("kuma-2.14.3-policies"));
let kuma: KumaSandbox;

beforeAll(async () => {
  kuma = await startKuma();
  kuma.store.put({ type: "Mesh", name: "rec-policies", skipCreatingInitialPolicies: ["*"] });
});
afterAll(() => kuma.close());

/** What happens to a change of a full object, which is removed again; nothing where it has not the place. */
async function outcome({ text }: NotedChange, { path, body, stored, warnings }: FullObject) {
  const spec = changed(body.spec, text);
  if (spec === undefined) return [];
  const url = `${kuma.url}${path.replace(/[^/]+$/, "changed")}`;
  const sent = JSON.stringify({ type: body.type, mesh: body.mesh, name: "changed", spec });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method: "PUT", headers, body: sent });
  const said = (await answer.json()) as Record<string, unknown>;
  const object = (await (await fetch(url)).json()) as Record<string, unknown>;
  await fetch(url, { method: "DELETE" });
  if (!answer.ok) return ["refused"];
  expect(said.warnings, text).toEqual(warnings);
  expect(object.spec, text).toEqual(changed(stored, text) ?? spec);
  return ["taken"];
}

test.each([...new Set(changes.map(({ kind }) => kind))])(
  "%s: single changes that were only noted are taken and stored, or refused, as they were",
  { timeout: 60_000 },
  async (kind) => {
    const own = changes.filter((change) => change.kind === kind);
    let judged = 0;
    for (const change of own) {
      const known: string[] = [];
      for (const object of change.objects) known.push(...(await outcome(change, object)));
      if (known.length === 0) continue;
      judged++;
      // Which of the objects a refused change is of is not noted; some of the others may take it.
      expect(known, `${change.isTaken} ${change.text}`).toContain(change.isTaken ? "taken" : "refused");
    }
    expect(judged).toBeGreaterThan(own.length * 0.9);
  },
);
