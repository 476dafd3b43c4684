import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** What the files of a folder may import by a relative path. */
const allowed: Record<string, RegExp> = {
  // Schemas, types and what judges by them; nothing that knows a server.
  sdk: /^sdk\/|^provider\/(?!(http|api|connection|lifecycle|patch|target|written|engine-gone|index|(.*\/)?(inspection|dialect|control-plane|plugin-defaults))\.ts$)/,
  provider: /^provider\//,
  // The command reads servers as the provider does, and knows no program.
  cli: /^(cli|provider)\//,
  sandbox: /^sandbox\//,
};

it.each(Object.keys(allowed))("imports of %s point one way", (folder) => {
  const imports = globSync(`${folder}/**/*.ts`).flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name = ""]) => ({
      file,
      name,
      target: name.startsWith(".") ? new URL(name, `file:///${file}`).pathname.slice(1) : undefined,
    })),
  );
  expect(imports.length).toBeGreaterThan(5);
  const wrong = imports.filter(({ target, name }) =>
    target ? !allowed[folder]?.test(target) : name.startsWith("pulumi-external-backends"),
  );
  expect(wrong).toEqual([]);
});

it("examples import the package by its name, and nothing of the repository by a path", () => {
  for (const file of globSync("examples/*/*.ts"))
    expect(readFileSync(file, "utf8")).not.toMatch(/from "(\.\.|pulumi-external-backends\/provider)/);
});

it("only provider/server/http.ts speaks HTTP", () => {
  const speaks = globSync("{sdk,provider,cli}/**/*.ts").filter((file) =>
    /from "(undici|node:https?)"|\bfetch\(/.test(readFileSync(file, "utf8")),
  );
  expect(speaks).toEqual(["provider/server/http.ts"]);
});
