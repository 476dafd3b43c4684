import { describe, expect, test } from "vitest";
import { pluginSchema, schemaFile } from "../../tools/generate/schema.ts";

// `npm run generate` runs this file with --update, which writes the files instead of comparing them.
describe.each(["apisix", "kuma"] as const)("what Pulumi makes packages of for %s", (plugin) => {
  test("is current: the plugin's schema", async () => {
    await expect(pluginSchema(plugin)).toMatchFileSnapshot(schemaFile(plugin));
  });
});
