import { expect, test } from "vitest";
import type { Kind } from "../provider/model/kind.ts";
import { KINDS, kindOf } from "../provider/model/kinds.ts";
import { filesInNoTable, lacksOf } from "./support/kind-lacks.ts";

test("no kind lacks anything that kinds have: CONTRIBUTING.md says in which order it is written", () => {
  expect([...filesInNoTable(), ...KINDS.flatMap((kind) => lacksOf(kind))].join("\n")).toBe("");
});

test("what a new kind lacks is named, each thing with its file", () => {
  const made = (like: string, type: string): Kind => {
    const kind = kindOf(like);
    return { ...kind, type, path: () => "nothings/1", schema: kind.schema };
  };
  expect(lacksOf(made("apisix:Proto", "apisix:Nothing"))).toEqual(
    [
      "no class in sdk/apisix/resources.ts; `npm run generate` makes it",
      "no page docs/reference/apisix-nothing.md; `npm run generate` makes it",
      "no line in docs/reference/README.md; `npm run generate` makes it",
      "not known to the sandbox: write it into sandbox/apisix/kinds.ts",
      "no row in test/support/kinds-apisix.ts (trafficRows) or test/support/kinds-plugins.ts (pluginRows)",
      "no object that is imported in test/support/import-objects.ts (apisixObjects)",
      "no write in test/recordings, and no reason in test/support/kind-lacks.ts (NOT_RECORDED)",
      "no entry with `apisix.Nothing` in .changeset",
    ].map((lack) => `apisix.Nothing: ${lack}`),
  );
  expect(lacksOf(made("kuma:Secret", "kuma:Nothing"))).toContain(
    "kuma.Nothing: no arguments with the secret /value in test/support/secret-cases.ts (secretCases)",
  );
});
