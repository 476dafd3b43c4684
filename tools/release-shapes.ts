import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { repository } from "./repository.ts";
import { releasedFile, shapeOf, shapeText } from "./schema-changes.ts";

/** Writes the shapes of the plugins' schemas into `schemas/released`, as those that a release has. */
export async function writeReleasedShapes(): Promise<void> {
  for (const plugin of ["apisix", "kuma"] as const) {
    const file = releasedFile(plugin);
    await mkdir(dirname(file), { recursive: true });
    const schema = JSON.parse(await readFile(join(repository, "schemas", `${plugin}.json`), "utf8"));
    await writeFile(file, shapeText(shapeOf(schema)));
  }
}
