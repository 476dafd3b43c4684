import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiReport, type EntryPoint, entryPoints, reportFile } from "../../tools/api-report.ts";
import { repository, workFolder } from "../../tools/repository.ts";

const entries = await entryPoints();

// `npm run api` runs this file with --update, which writes the reports instead of comparing them.
describe.each(entries)("the types of the entry point $name", (entry) => {
  let report: string;

  beforeAll(async () => {
    report = await apiReport(entry);
  });

  test("are those of its report, so that nothing breaks a program unseen", async () => {
    await expect(report).toMatchFileSnapshot(reportFile(entry));
  });

  test("have a doc comment each, and so have their members", () => {
    const lines = report.split("\n");
    const found = lines.flatMap((line, index) => (line.includes("(undocumented)") ? [lines[index + 1]] : []));
    expect(found).toEqual([]);
  });
});

test("there is a report of each entry point, and no other", async () => {
  const reports = await readdir(dirname(reportFile(entries[0] as EntryPoint)));
  expect(reports.sort()).toEqual(entries.map((entry) => basename(reportFile(entry))).sort());
});

describe("in a copy of the package", async () => {
  const copy = await mkdtemp(join(await workFolder(), "package-"));
  const arguments_ = join(copy, "dist", "sdk", "apisix", "arguments.d.ts");
  const apisix = entries.find(({ name }) => name === "apisix") as EntryPoint;
  const original = await readFile(join(repository, "dist", "sdk", "apisix", "arguments.d.ts"), "utf8");

  beforeAll(async () => {
    for (const name of ["package.json", "dist"])
      await cp(join(repository, name), join(copy, name), { recursive: true });
  });
  afterAll(() => rm(copy, { recursive: true, force: true }));

  test("the report is the same where nothing is changed", async () => {
    expect(await apiReport(apisix, copy)).toBe(await readFile(reportFile(apisix), "utf8"));
  });

  test.each([
    ["a field that is gone", /^ {4}retries\?:.*\n/m, ""],
    ["a field of another type", /(^ {4}retries\?: pulumi\.Input<)number>/m, "$1string>"],
    ["a field that is newly required", /(^ {4}retries)\?:/m, "$1:"],
    ["a type of another name", /\bUpstreamNode\b/g, "UpstreamAddress"],
  ])("the report tells of %s", async (_, what, instead) => {
    const changed = original.replace(what, instead);
    expect(changed).not.toBe(original);
    await writeFile(arguments_, changed);
    const report = await apiReport(apisix, copy).catch((error: Error) => error.message);
    expect(report).not.toBe(await readFile(reportFile(apisix), "utf8"));
  });

  test("the report marks what has no doc comment", async () => {
    await writeFile(arguments_, original.replace(/\/\*\* One address that serves requests\. \*\/\n/, ""));
    expect(await apiReport(apisix, copy)).toContain("(undocumented)\nexport interface UpstreamNode {");
  });
});
