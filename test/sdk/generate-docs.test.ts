import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { KINDS } from "../../provider/model/kinds.ts";
import { comparison, readme, readmeFile } from "../../tools/generate/peers.ts";
import { indexPage, page, pageName, referenceFolder } from "../../tools/generate/reference.ts";
import { configuration, configurationFile } from "../../tools/generate/tables.ts";
import { repository } from "../../tools/repository.ts";

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

test("the page of the settings is current", async () => {
  await expect(configuration()).toMatchFileSnapshot(configurationFile);
});

describe("the README's table of other tools", () => {
  test("is current", async () => {
    await expect(readme()).toMatchFileSnapshot(readmeFile);
  });

  test("names the version and the source of everything that it says", () => {
    const { peers, questions } = comparison();
    expect(Object.values(peers).filter(({ version }) => !/^\d+(\.\d+)+$/.test(version))).toEqual([]);
    for (const { question, cells } of questions) {
      expect(Object.keys(cells).filter((peer) => !(peer in peers))).toEqual([]);
      expect(cells, question).toHaveProperty("own");
      for (const [peer, { text, source }] of Object.entries(cells)) {
        expect([text, source].filter((part) => part.trim() === "")).toEqual([]);
        if (peer === "own") expect(existsSync(join(repository, source)), source).toBe(true);
      }
    }
  });
});
