import { describe, expect, test } from "vitest";
import { argumentsFile, argumentTypes, specTypes } from "../../tools/generate.ts";

// `npm run generate` runs this file with --update, which writes the files instead of comparing them.
describe("the argument types are current", () => {
  test.each(["apisix", "kuma"] as const)("%s", async (dialect) => {
    await expect(argumentTypes(dialect)).toMatchFileSnapshot(argumentsFile(dialect));
  });

  test("kubernetes", async () => {
    await expect(specTypes()).toMatchFileSnapshot(argumentsFile("kubernetes"));
  });
});
