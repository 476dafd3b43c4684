import { join } from "node:path";
import ts from "typescript";
import { repository } from "../../tools/repository.ts";

/**
 * What the compiler has against programs, each a line with the program's name. They are compiled with the settings of
 * this repository, as files of `folder`; a module of `modules` is taken from that file of the repository.
 */
export function problemsOf(
  programs: ReadonlyMap<string, string>,
  folder: string,
  modules: Record<string, string> = {},
): string[] {
  const files = new Map([...programs].map(([name, code]) => [join(repository, folder, `${name}.ts`), code]));
  const { config } = ts.readConfigFile(join(repository, "tsconfig.json"), ts.sys.readFile);
  const paths = Object.fromEntries(
    Object.entries(modules).map(([name, file]) => [name, [join(repository, file)]]),
  );
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, include: [] },
    ts.sys,
    repository,
    { noUnusedLocals: false, paths },
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
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
}
