import { execFileSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import ts from "typescript";
import { afterAll, expect, test } from "vitest";
import { Cast, Code, comment, print, quote, type Tree } from "../../cli/code.ts";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { startKuma } from "../../sandbox/kuma/index.ts";
import { repository } from "../../tools/repository.ts";
import { declaredBy, differences, importFrom } from "../support/import.ts";

const apisix = await startApisix({ protocols: ["redis"] });
const kuma = await startKuma();
afterAll(() => Promise.all([apisix.close(), kuma.close()]));

const PLACE = { indent: 0, before: 10, behind: 1 };

/** Texts near what could break out of a literal or a comment, or deceive a reader. */
const HOSTILE = [
  ...['"', "'", "`", "\\", "\u0024{process.exit(1)}", '"); throw new Error("out"); ("', "'); throw 1; ('"],
  ...[
    "*/ throw 1; /*",
    "// a",
    "\n throw 1",
    "\r\nthrow 1",
    "\u2028throw 1",
    "\u2029throw 1",
    "<!--",
    "</script>",
  ],
  ...[
    "\u202e\u2066 reversed",
    "zero\u200bwidth",
    "\ufeff",
    "\u0000\u001b[31mred",
    "\ud800",
    "\\u0022",
    "\\\n",
    "a\\",
  ],
];

/** Values of every form, their texts and keys made of such characters. */
function trees(unit: "binary" | "grapheme-ascii"): { text: fc.Arbitrary<string>; tree: fc.Arbitrary<Tree> } {
  const hostile = HOSTILE.filter((one) => unit === "binary" || /^[\x20-\x7e]*$/.test(one));
  const text = fc.oneof(
    fc.string({ unit }),
    fc.constantFrom(...hostile),
    fc.string({ unit, maxLength: 150 }),
  );
  const key = fc.oneof(
    fc.string({ unit }),
    fc.constantFrom("a", "uri", "hosts", "limit-count", "constructor"),
  );
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      ...[text, fc.integer(), fc.boolean(), fc.constant(null)],
      number.map((value) => (Object.is(value, -0) ? 0 : value)),
      fc.array(tie("tree"), { maxLength: 5 }),
      fc.array(fc.nat(100_000), { minLength: 2, maxLength: 40 }),
      fc.dictionary(key, tie("tree"), { maxKeys: 5, noNullPrototype: true }),
    ),
  }));
  return { text, tree };
}

const { text, tree } = trees("binary");

test("a value is read back as it was, whatever it holds", () => {
  fc.assert(
    fc.property(tree, (value) => {
      const read: unknown = new Function(`return (${print(value, PLACE)});`)();
      expect(JSON.stringify(read)).toBe(JSON.stringify(value));
    }),
    { numRuns: 1000 },
  );
});

test("what is printed holds nothing that cannot be seen, and what a comment holds stays in it", () => {
  fc.assert(
    fc.property(text, (value) => {
      for (const printed of [quote(value), comment(value)])
        expect(printed).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      const { statements } = ts.createSourceFile("a.ts", `${comment(value)}\nx;`, ts.ScriptTarget.ES2022);
      expect(statements.map((statement) => statement.kind)).toEqual([ts.SyntaxKind.ExpressionStatement]);
    }),
    { numRuns: 1000 },
  );
});

test("what is printed is what a formatter leaves as it is", () => {
  // Of letters beyond ASCII, formatters differ in how wide they are and whether they need quotes.
  const object = trees("grapheme-ascii").tree.filter((value) => JSON.stringify(value).startsWith("{"));
  const values: Tree[] = [
    ...fc.sample(object, { numRuns: 300, seed: 1 }),
    { commented: [{ a: new Code('"x"', "a comment"), b: 1 }], plain: [{ a: 1 }, { b: 2 }] },
    { call: new Code(`config.requireSecret("${"a".repeat(100)}")`), shortKey: ["a".repeat(120)] },
    {
      cast: new Cast({ a: { b: 1 } }, "Record<string, unknown>"),
      url: "u".repeat(110),
      address: "a".repeat(110),
    },
    { pem: [`-----BEGIN CERTIFICATE-----\n${"b".repeat(64)}\n-----END CERTIFICATE-----\n`] },
  ];
  const program = values
    .map((value, index) => {
      const head = `export const value${index} = `;
      return `${head}${print(value, { indent: 0, before: head.length, behind: 1 })};\n`;
    })
    .join("");
  const biome = join(repository, "node_modules", "@biomejs", "biome", "bin", "biome");
  const formatted = execFileSync(process.execPath, [biome, "format", "--stdin-file-path=test/program.ts"], {
    cwd: repository,
    input: program,
    encoding: "utf8",
  });
  expect(formatted.split("\n")).toEqual(program.split("\n"));
});

test("no name or text at a server breaks out of the program, the comments or what is told", async () => {
  const node = { nodes: [{ host: "a.example", port: 80, weight: 1 }] };
  HOSTILE.forEach((hostile, index) => {
    const desc = hostile.slice(0, 256);
    apisix.store.put("upstreams", `u${index}`, { ...node, name: hostile, desc });
    apisix.store.put("upstreams", hostile, node);
    apisix.store.put("routes", `r${index}`, {
      uri: hostile,
      plugins: { "tenant-lookup": { [hostile]: hostile, list: [hostile], password: hostile } },
      upstream_id: hostile,
      labels: { [hostile]: "a" },
    });
    apisix.store.put("services", `s${index}`, {
      plugins: { "tenant-lookup": { [hostile]: { [hostile]: hostile } } },
      labels: { "pulumi-owner": "0123456789abcdef.abcdefgh", "pulumi-stack": hostile },
    });
    const file = { type: "File", file: { path: "/dev/stdout", format: { type: "Plain", plain: hostile } } };
    const endpoint = { endpoint: "otel:4317", body: { [hostile]: hostile } };
    const backends = [file, { type: "OpenTelemetry", openTelemetry: endpoint }];
    const to = [{ targetRef: { kind: "Mesh" }, default: { backends } }];
    kuma.store.put({ type: "MeshAccessLog", mesh: "default", name: `p${index}`, spec: { to } });
    kuma.store.put({ type: "MeshTimeout", mesh: "default", name: hostile, spec: {} });
  });
  const config = {
    "apisix:adminUrl": apisix.adminUrl,
    "apisix:adminKey": apisix.adminKey,
    "kuma:url": kuma.url,
  };
  for (const split of [undefined, { by: "host" as const }]) {
    const { program, resources, report, files } = await importFrom(config, {
      owned: true,
      ...(split ? { split } : {}),
    });
    for (const output of [report, ...Object.values(program)])
      expect(output.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    for (const [name, source] of Object.entries(program)) expect(strangeStatements(name, source)).toEqual([]);
    const secrets = JSON.parse(files.find(({ name }) => name === "secrets.json")?.text ?? "{}");
    const declared = declaredBy(program, secrets);
    expect(declared.length).toBe(resources.length);
    expect(declared.length).toBeGreaterThanOrEqual(HOSTILE.length * 3);
    expect(await differences(resources, declared, config)).toEqual([]);
  }
});

/** Every statement of a program that is neither an import, the options, the configuration nor a resource. */
function strangeStatements(name: string, source: string): string[] {
  const { statements } = ts.createSourceFile(name, source, ts.ScriptTarget.ES2022);
  const legal =
    /^(import [*{"]|(export )?(const \w+ = )?new (apisix|kuma|pulumi)\.[A-Z]\w+\(|const options = \{ protect: true \};$)/;
  return statements
    .map((statement) => source.slice(statement.pos, statement.end))
    .filter((statement) => {
      const code = statement.replace(/^(\s|\/\/[^\n]*\n)*/, "");
      return !legal.test(code);
    });
}
