import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

/** Which folders the files of a folder may import from, besides their own. */
const ARROWS: Record<string, readonly string[]> = {
  "provider/model": [],
  "provider/server": ["provider/model"],
  "provider/lifecycle": ["provider/server", "provider/model"],
  "provider/dynamic": ["provider/lifecycle", "provider/server", "provider/model"],
  "provider/plugin": ["provider/lifecycle", "provider/server", "provider/model"],
  // `dynamic` for the resources' base class.
  sdk: ["provider/model", "provider/dynamic"],
  cli: ["provider/lifecycle", "provider/server", "provider/model"],
  policies: ["provider/model"],
  sandbox: [],
};

interface Import {
  file: string;
  /** Only types, which are gone when the code runs. */
  isType: boolean;
  /** The file that is imported, or the package. */
  target: string;
}

const files = globSync("{provider,sdk,cli,policies,sandbox}/**/*.ts").map((file) =>
  file.replaceAll("\\", "/"),
);
const imports: Import[] = files.flatMap((file) =>
  // Not those in an example inside a text.
  [
    ...readFileSync(file, "utf8")
      .replace(/`[^`]*`/g, "")
      .matchAll(
        /^(?:import|export)( type)?\s[^;"]*?from "([^"]+)"|^import "([^"]+)"|\b(?:import|require)\("(\.[^"]+)"\)/gm,
      ),
  ]
    .map(([, type, from, plain, dynamic]) => ({ type, name: from ?? plain ?? dynamic ?? "" }))
    .map(({ type, name }) => ({
      file,
      isType: type !== undefined,
      target: name.startsWith(".") ? normalize(join(dirname(file), name)).replaceAll("\\", "/") : name,
    })),
);

/** `provider/model/apisix/route.ts` is of `provider/model`, `cli/main.ts` of `cli`. */
function folderOf(file: string): string {
  return file.startsWith("provider/") ? file.split("/").slice(0, 2).join("/") : (file.split("/")[0] ?? "");
}

test.each(Object.entries(ARROWS))(
  "files of %s import only from where the house lets them",
  (folder, others) => {
    const own = imports.filter(({ file }) => folderOf(file) === folder);
    const wrong = own.filter(({ target }) =>
      target.endsWith(".ts")
        ? ![folder, ...others].includes(folderOf(target))
        : target.startsWith("pulumi-external-backends"),
    );
    expect(wrong).toEqual([]);
  },
);

test("every folder of the source has its rule", () => {
  const folders = new Set(files.filter((file) => file !== "provider/index.ts").map(folderOf));
  expect([...folders].filter((folder) => !(folder in ARROWS))).toEqual([]);
});

test("the model knows no Pulumi and does no I/O; what speaks to servers and the lifecycle know no Pulumi", () => {
  const inner = /^provider\/(model|server|lifecycle)\//;
  const outside = imports
    .filter(({ file }) => inner.test(file))
    .filter(({ target }) => !target.endsWith(".ts"));
  expect(outside.filter(({ target }) => target.startsWith("@pulumi/"))).toEqual([]);
  const io = /^(undici|node:(fs|http|https|net|tls|child_process|worker_threads)(\/|$))/;
  // `node:net` tells an address from a name.
  const model = outside.filter(
    ({ file, target }) => folderOf(file) === "provider/model" && target !== "node:net",
  );
  expect(model.filter(({ target }) => io.test(target))).toEqual([]);
});

test("only provider/server/http.ts speaks HTTP", () => {
  const speaks = files
    .filter((file) => !file.startsWith("sandbox/"))
    .filter((file) => /from "(undici|node:https?)"|\bfetch\(/.test(readFileSync(file, "utf8")));
  expect(speaks).toEqual(["provider/server/http.ts"]);
});

test("no file imports itself by way of others", () => {
  const byFile = Map.groupBy(imports, ({ file }) => file);
  const done = new Set<string>();
  const circles: string[] = [];
  const follow = (file: string, way: string[]): void => {
    const start = way.indexOf(file);
    if (start >= 0) circles.push([...way.slice(start), file].join(" -> "));
    if (start >= 0 || done.has(file)) return;
    for (const { target, isType } of byFile.get(file) ?? [])
      if (target.endsWith(".ts") && !isType) follow(target, [...way, file]);
    done.add(file);
  };
  for (const file of files) follow(file, []);
  expect(circles).toEqual([]);
});

test("no module of the provider holds what an operation has seen", () => {
  // A WeakMap belongs to the objects that are its keys.
  const state = /^(export )?(let|var) |^(export )?const \w+(: [^=]+)? = new (Map|Set)(<.*>)?\(\);/m;
  const holding = files
    .filter((file) => file.startsWith("provider/"))
    .filter((file) => state.test(readFileSync(file, "utf8")));
  expect(holding).toEqual([]);
});

test("examples import the package by its name, and nothing of the repository by a path", () => {
  for (const file of globSync("examples/*/*.ts"))
    expect(readFileSync(file, "utf8")).not.toMatch(/from "(\.\.|pulumi-external-backends\/provider)/);
});

test("tools import no test, and no test helper imports a test", () => {
  const all = globSync("{tools,test}/**/*.ts").map((file) => file.replaceAll("\\", "/"));
  const wrong = all.filter((file) => {
    const text = readFileSync(file, "utf8");
    return file.startsWith("tools/") ? /from "\.\.\/test\//.test(text) : /from "[^"]*\.test\.ts"/.test(text);
  });
  expect(wrong).toEqual([]);
});
