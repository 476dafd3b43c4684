import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { changesets, collectEntries } from "../tools/changesets.ts";
import { repository } from "../tools/repository.ts";

const copy = await mkdtemp(join(tmpdir(), "changesets-"));
afterAll(() => rm(copy, { recursive: true, force: true }));

test("a release collects every entry in one section, and leaves the sections of former releases as they are", async () => {
  for (const name of ["package.json", "CHANGELOG.md", ".changeset"])
    await cp(join(repository, name), join(copy, name), { recursive: true });
  await writeFile(
    join(copy, ".changeset", "of-this-test.md"),
    '---\n"pulumi-external-backends": patch\n---\n\nAn entry\nof two lines.\n',
  );
  const entries = await changesets(join(copy, ".changeset"));
  const manifest = await readFile(join(copy, "package.json"), "utf8");
  const { version: before } = JSON.parse(manifest);
  const former = (await readFile(join(copy, "CHANGELOG.md"), "utf8")).replace("# Changelog\n\n", "");

  const version = await collectEntries(copy);

  expect(version).not.toBe(before);
  expect(await readFile(join(copy, "package.json"), "utf8")).toBe(
    manifest.replace(`"version": "${before}"`, `"version": "${version}"`),
  );
  const changelog = await readFile(join(copy, "CHANGELOG.md"), "utf8");
  expect(changelog.endsWith(former)).toBe(true);
  const section = changelog.slice(0, -former.length);
  expect(section).toMatch(new RegExp(`^# Changelog\n\n## ${version}\n\n`));
  expect(section).toContain("\n- An entry\n  of two lines.\n");
  for (const { text } of entries) expect(section).toContain(`- ${text.replaceAll("\n", "\n  ")}\n`);
  expect((await readdir(join(copy, ".changeset"))).sort()).toEqual([
    "README.md",
    "changelog.mjs",
    "config.json",
  ]);
});

test("an entry without its bump or its text is refused, with its file", async () => {
  const folder = join(copy, "wrong");
  await cp(join(repository, ".changeset"), folder, { recursive: true });
  await writeFile(join(folder, "careless.md"), "Just a text.\n");
  await expect(changesets(folder)).rejects.toThrow(".changeset/careless.md");
});
