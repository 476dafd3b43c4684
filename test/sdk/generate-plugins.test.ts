import { describe, expect, test } from "vitest";
import { pluginPriorities, prioritiesFile } from "../../tools/plugin-priorities.ts";
import { pluginSchemas, schemasFile } from "../../tools/plugin-schemas.ts";
import { pluginTypes, typesFile } from "../../tools/plugin-types.ts";

// `npm run generate:plugins` runs this file with --update, which writes the files instead of comparing them.
describe("what is made from the schemas of APISIX's plugins is current", () => {
  test("the compact form that checks configurations", async () => {
    await expect(pluginSchemas()).toMatchFileSnapshot(schemasFile);
  });

  test("the types", async () => {
    await expect(pluginTypes()).toMatchFileSnapshot(typesFile);
  });

  test("the order in which they run", async () => {
    await expect(pluginPriorities()).toMatchFileSnapshot(prioritiesFile);
  });
});
