import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { KINDS } from "../../provider/model/kinds.ts";
import { PROVIDERS } from "../../provider/model/settings.ts";
import { repository } from "../../tools/repository.ts";

const PREAMBLE = `import * as pulumi from "@pulumi/pulumi";
import * as apisix from "../../sdk/apisix/index.ts";
import * as kuma from "../../sdk/kuma/index.ts";
export const config = new pulumi.Config();
export const used = [apisix, kuma];
`;

/** The examples of doc comments and pages, each as a file of its own. */
const examples = new Map([
  ...KINDS.flatMap(({ type, examples }) =>
    examples.map((code, index) => [`${type.replace(":", ".")}-${index + 1}`, code] as const),
  ),
  ...Object.entries(PROVIDERS).map(([dialect, { example }]) => [`${dialect}.Provider`, example] as const),
]);

test("every example of a kind compiles", { timeout: 60_000 }, () => {
  const folder = join(repository, "test", "sdk");
  const files = new Map([...examples].map(([name, code]) => [join(folder, `${name}.ts`), PREAMBLE + code]));
  const { config } = ts.readConfigFile(join(repository, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, include: [] },
    ts.sys,
    repository,
    { noUnusedLocals: false },
    undefined,
  );
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.getSourceFile = (file, target, ...rest) => {
    const text = files.get(file);
    return text === undefined
      ? getSourceFile(file, target, ...rest)
      : ts.createSourceFile(file, text, target, true);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  const problems = ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  expect(problems).toEqual([]);
});
