import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { repository } from "./repository.ts";

const run = promisify(execFile);

/** A change that the next release's section of the changelog will have. */
export interface Changeset {
  /** The file in `.changeset`, without its ending. */
  name: string;
  bump: "major" | "minor" | "patch";
  /** Markdown, as it will stand in the changelog. */
  text: string;
}

/** The changes since the last release, one for each file in `.changeset`. */
export async function changesets(folder = join(repository, ".changeset")): Promise<Changeset[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".md") && file !== "README.md");
  return Promise.all(
    files.map(async (file) => {
      const [, bump, text = ""] =
        /^---\n"pulumi-external-backends": (major|minor|patch)\n---\n(.*)$/s.exec(
          await readFile(join(folder, file), "utf8"),
        ) ?? [];
      if (bump === undefined || text.trim() === "")
        throw new Error(`.changeset/${file} is not of the form that .changeset/README.md shows.`);
      return { name: file.slice(0, -3), bump: bump as Changeset["bump"], text: text.trim() };
    }),
  );
}

/**
 * Makes a section of the changelog of the entries, removes them, and puts the new version into package.json; returns it. The
 * tool changesets would take the examples, which are workspaces, for the packages that are released, so it runs in a folder
 * that has only the package itself.
 */
export async function collectEntries(root = repository): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "release-"));
  try {
    const original = await readFile(join(root, "package.json"), "utf8");
    const { workspaces: _, ...manifest } = JSON.parse(original);
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest, null, 2));
    for (const name of ["CHANGELOG.md", ".changeset"])
      await cp(join(root, name), join(folder, name), { recursive: true });
    await run("git", ["init", "--quiet"], { cwd: folder });
    const tool = join(repository, "node_modules", "@changesets", "cli", "bin.js");
    await run(process.execPath, [tool, "version"], { cwd: folder });
    const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    await writeFile(
      join(root, "package.json"),
      original.replace(`"version": "${manifest.version}"`, `"version": "${version}"`),
    );
    for (const name of ["CHANGELOG.md", ".changeset"]) {
      await rm(join(root, name), { recursive: true });
      await cp(join(folder, name), join(root, name), { recursive: true });
    }
    return version;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
