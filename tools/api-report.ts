import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import {
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type IConfigMessageReportingTable,
} from "@microsoft/api-extractor";
import { repository, workFolder } from "./repository.ts";

/** What a program can import, by the name of its report in `api`. */
export interface EntryPoint {
  /** As in `apisix`. */
  name: string;
  /** The file with its types, relative to the package. */
  types: string;
}

/** The entry points that a package.json names. */
export async function entryPoints(folder = repository): Promise<EntryPoint[]> {
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
    exports: Record<string, string | { types: string }>;
  };
  return Object.entries(manifest.exports).flatMap(([path, target]) =>
    typeof target === "string" ? [] : [{ name: path.slice(2) || "index", types: target.types }],
  );
}

/** Where the report of an entry point is committed. */
export function reportFile({ name }: EntryPoint): string {
  return join(repository, "api", `${name}.api.md`);
}

/** What is said of each message that API Extractor makes by itself. */
function reporting(
  logLevel: "error" | "none",
  exceptions: Record<string, "none"> = {},
): IConfigMessageReportingTable {
  const rows = Object.entries({ default: logLevel, ...exceptions });
  return Object.fromEntries(
    rows.map(([id, level]) => [id, { logLevel: level as ExtractorLogLevel, addToApiReportFile: false }]),
  );
}

/**
 * What a program can see of an entry point: every exported type, and what those consist of, as Markdown. A change of it may
 * break programs. Members without a doc comment are marked with `(undocumented)`.
 *
 * @param folder The folder of the package, built.
 */
export async function apiReport({ name, types }: EntryPoint, folder = repository): Promise<string> {
  const temporary = await mkdtemp(join(await workFolder(), "api-"));
  const file = join(folder, types);
  const compilerOptions = { strict: true, module: "nodenext", target: "es2022", types: ["node"] };
  try {
    const config = ExtractorConfig.prepare({
      configObjectFullPath: undefined,
      packageJsonFullPath: join(folder, "package.json"),
      configObject: {
        projectFolder: folder,
        mainEntryPointFilePath: file,
        newlineKind: "lf",
        compiler: {
          overrideTsconfig: { compilerOptions: { ...compilerOptions, skipLibCheck: true }, files: [file] },
        },
        apiReport: {
          enabled: true,
          includeForgottenExports: true,
          reportFileName: name,
          reportFolder: temporary,
          reportTempFolder: join(temporary, "made"),
        },
        messages: {
          compilerMessageReporting: reporting("error"),
          extractorMessageReporting: reporting("error", {
            // Everything is public, and the report marks by itself what has no doc comment.
            "ae-missing-release-tag": "none",
            "ae-undocumented": "none",
            // The report has what is not exported but seen through what is.
            "ae-forgotten-export": "none",
            // Links inside of `apisix` and `kuma` are looked for outside of them.
            "ae-unresolved-link": "none",
          }),
          tsdocMessageReporting: reporting("none"),
        },
      },
    });
    const problems: string[] = [];
    Extractor.invoke(config, {
      localBuild: true,
      messageCallback(message) {
        message.handled = true;
        if (message.logLevel === ExtractorLogLevel.Error)
          problems.push(`${message.sourceFilePath ?? relative(folder, file)}: ${message.text}`);
      },
    });
    if (problems.length > 0) throw new Error(problems.join("\n"));
    return await readFile(join(temporary, "made", `${name}.api.md`), "utf8");
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
