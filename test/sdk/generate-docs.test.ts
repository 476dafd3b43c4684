import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { KINDS } from "../../provider/model/kinds.ts";
import { readme, readmeFile } from "../../tools/generate/readme.ts";
import { indexPage, page, pageName, referenceFolder } from "../../tools/generate/reference.ts";

// `npm run generate` runs this file with --update, which writes the files instead of comparing them.
describe("the reference is current", () => {
  test("its list", async () => {
    await expect(indexPage()).toMatchFileSnapshot(join(referenceFolder, "README.md"));
  });

  test.each(KINDS)("$type", async (kind) => {
    await expect(page(kind)).toMatchFileSnapshot(join(referenceFolder, pageName(kind)));
  });

  test("without a page of a kind that is no more", () => {
    const pages = ["README.md", ...KINDS.map(pageName)];
    expect(readdirSync(referenceFolder).filter((file) => !pages.includes(file))).toEqual([]);
  });
});

test("the README's tables are current", async () => {
  await expect(readme()).toMatchFileSnapshot(readmeFile);
});
