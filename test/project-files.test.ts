import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { repository } from "../tools/repository.ts";
import { documents, textOf } from "./support/documents.ts";

const text = (file: string) => readFileSync(join(repository, file), "utf8");
const manifest = JSON.parse(text("package.json"));

test(".nvmrc has the Node.js that the project brings", () => {
  expect(text(".nvmrc").trim()).toBe(manifest.devDependencies.node);
});

test.each(globSync(".github/ISSUE_TEMPLATE/*.yaml", { cwd: repository }))(
  "%s is a form that GitHub takes",
  (file) => {
    const { name, description, body } = parse(text(file));
    expect([name, description].every((part) => typeof part === "string" && part !== "")).toBe(true);
    const fields: { type: string; id?: string; attributes: Record<string, unknown> }[] = body;
    expect(fields.some(({ type }) => type !== "markdown")).toBe(true);
    const ids = fields.flatMap(({ id }) => id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { type, id, attributes } of fields) {
      expect(["markdown", "textarea", "input", "dropdown", "checkboxes"]).toContain(type);
      if (type === "markdown") expect(attributes.value).toEqual(expect.any(String));
      else expect([id, attributes.label]).toEqual([expect.stringMatching(/^[\w-]+$/), expect.any(String)]);
      // `yes` and `no` are booleans in YAML unless they are quoted, which GitHub refuses.
      for (const option of type === "dropdown" ? (attributes.options as unknown[]) : [])
        expect(option).toEqual(expect.any(String));
    }
  },
);

test("paths of the house that CONTRIBUTING.md names are there", () => {
  const paths = [
    ...text("CONTRIBUTING.md").matchAll(/`((?:provider|sdk|cli|sandbox|tools|test|docs)\/[\w./-]+)`/g),
  ];
  expect(paths.length).toBeGreaterThan(20);
  expect(
    paths.flatMap(([, path = ""]) =>
      /VERSION/.test(path) || existsSync(join(repository, path)) ? [] : [path],
    ),
  ).toEqual([]);
});

test("every example has a README that says what it shows, how it is run and where to go on", () => {
  for (const folder of globSync("examples/*/", { cwd: repository })) {
    const readme = text(join(folder, "README.md"));
    expect(readme, folder).toMatch(/^# \S+\n\n\w/);
    expect(readme, folder).toMatch(/From here/);
    expect(readme, folder).toMatch(/^```\w+ example=/m);
  }
});

test("every command `npm run NAME` in the documents is a script", () => {
  const named = documents.flatMap((document) =>
    [...textOf(document).matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, name = ""]) => ({
      document,
      name,
    })),
  );
  expect(named.length).toBeGreaterThan(40);
  // A repository of the reader's own has this one.
  const own = ["preview"];
  expect(named.filter(({ name }) => !(name in manifest.scripts) && !own.includes(name))).toEqual([]);
});
