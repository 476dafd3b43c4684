import { expect, test } from "vitest";
import { policySchemas, policySchemasFile } from "../../tools/policy-schemas.ts";

// `npm run generate:policies` runs this file with --update, which writes the file instead of comparing it.
test("the compact form of Kuma's CRDs is current", async () => {
  await expect(policySchemas()).toMatchFileSnapshot(policySchemasFile);
});
