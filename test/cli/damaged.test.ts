import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { isObject } from "../../provider/model/fields.ts";
import { changedAt, type Path } from "../../provider/model/paths.ts";
import { command } from "../support/commands.ts";
import { SECRETS } from "../support/previews/secrets.ts";
import { recorded } from "../support/recorded-previews.ts";

const folder = mkdtempSync(join(tmpdir(), "damaged-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What may stand where something else should. */
const WRONG: unknown[] = [
  null,
  true,
  -1,
  "",
  [],
  {},
  [null],
  ["x"],
  { a: 1 },
  { toString: "x" },
  "constructor",
  "https://[",
];

function pathsIn(value: unknown, at: Path = []): Path[] {
  const isNested = Array.isArray(value) || isObject(value);
  return isNested
    ? Object.entries(value).flatMap(([key, inner]) => [[...at, key], ...pathsIn(inner, [...at, key])])
    : [];
}

const REQUEST = "--host local.httpbin.org --path /get";
const questions: Record<string, string[]> = {
  "state-shown": [
    "map --state FILE",
    "map --json --state FILE",
    "map --csv --by component --state FILE",
    "map --html damaged.html --state FILE",
    `explain ${REQUEST} --state FILE`,
    "explain --json --mesh payments httpbin.mesh --state FILE",
    "map --change --before FILE --after state.json",
  ],
  "preview-refresh": [
    "map --preview FILE",
    "map --change --preview FILE",
    `explain ${REQUEST} --preview FILE`,
  ],
};

test.each(Object.entries(questions))(
  "of a damaged document (%s) what can be read is told, nothing is made up, and no secret is shown",
  async (name, lines) => {
    const document = recorded(name as "state");
    const paths = pathsIn(document);
    const damage = fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...WRONG));
    await fc.assert(
      fc.asyncProperty(
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...lines),
        async (all, line) => {
          const damaged = all.reduce<unknown>(
            (changed, [path, value]) => changedAt(changed, path, () => value),
            document,
          );
          const file = join(folder, "damaged.json");
          writeFileSync(file, JSON.stringify(damaged));
          const { text, errors = "" } = await command(line.replace("FILE", file));
          expect(text + errors).not.toMatch(/undefined|\[object|NaN/);
          for (const secret of Object.values(SECRETS)) expect(text + errors).not.toContain(secret);
        },
      ),
      { numRuns: 400 },
    );
  },
);
