import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { camelCase } from "../../cli/names.ts";
import type { ProgramDoor } from "../../cli/options.ts";
import type { DialectName } from "../../provider/model/kind.ts";
import { leaves } from "../../provider/model/paths.ts";
import type { TestStack } from "../../tools/engine.ts";
import { loadProgram } from "../../tools/program.ts";
import { installNodePackage } from "../support/generated-package.ts";
import { runShipped, typeErrors } from "../support/import-command.ts";
import type { LiveObject } from "./objects.ts";

/** How the objects of a live server are imported. */
export interface ImportWish {
  dialect: DialectName;
  door: ProgramDoor;
  bundle: boolean;
  objects: readonly LiveObject[];
}

/** What was imported. */
export interface Imported {
  /** What the compiler says of the program. */
  typeErrors: string;
  /** Resources of the plugins whose secrets the server does not give back: the first preview shows them. */
  incomplete: number;
  /** What `pulumi import` has printed. */
  output: string;
}

/** Carries out what `import` says for these objects only, up to the program that the stack runs then. */
export async function importInto(
  stack: TestStack,
  { dialect, door, bundle, objects }: ImportWish,
): Promise<Imported> {
  const folder = join(stack.directory, "imported");
  mkdirSync(folder);
  const chosen = objects.flatMap(({ named }) => ["--id", named]);
  const how = ["--door", door, ...(bundle ? ["--bundle"] : []), "--unprotected", "--out", folder, "--force"];
  const args = ["import", "--from", dialect, ...chosen, ...how];
  const { stdout: first } = await runShipped(args);
  const missing = [...first.matchAll(/^ {2}(\w+): of (\S+) "(.*)"$/gm)].map(
    ([, name = "", type = "", resource = ""]) => ({ name, type, resource }),
  );
  const given = join(folder, "given.json");
  writeFileSync(
    given,
    JSON.stringify(
      Object.fromEntries(missing.map(({ name, type }) => [name, secretOf(objects, type, name)])),
    ),
  );
  const { stdout: said } = await runShipped([...args, "--secrets", given]);

  if (door === "plugin") await installNodePackage(dialect, folder);
  const errors = await typeErrors(folder);
  await stack.setConfig(settingsIn(said));
  const commands = [...said.matchAll(/pulumi (import .*)/g)].map(([, command = ""]) => command.split(" "));
  const outputs: string[] = [];
  for (const command of commands) {
    const { output } = await stack.cli([...command, "--yes", "--stack", stack.name]);
    outputs.push(output);
  }
  writeFileSync(join(folder, "Pulumi.yaml"), "name: test\nruntime: nodejs\n");
  stack.program = loadProgram(folder);
  const byId = commands.filter(([, word]) => word !== "--file").map(([, type, name]) => `${type} ${name}`);
  const unknown = missing.map(({ type, resource }) => `${type.replace(":", ":index:")} ${resource}`);
  const incomplete = new Set(unknown.filter((one) => byId.includes(one))).size;
  return { typeErrors: errors, incomplete, output: outputs.join("\n") };
}

/** What the command says to set, but for the connection: secrets of the file that it has written, and lints. */
function settingsIn(said: string): Record<string, string | { value: string; secret: true }> {
  const file = /^ {2}(\S*secrets\.json) /m.exec(said)?.[1];
  const values: Record<string, string> = file === undefined ? {} : JSON.parse(readFileSync(file, "utf8"));
  const secrets = Object.entries(values).map(([name, value]) => [name, { value, secret: true as const }]);
  const lints = /config set (\S+:ignoreLints) (\S+)/.exec(said);
  return { ...Object.fromEntries(secrets), ...(lints ? { [String(lints[1])]: String(lints[2]) } : {}) };
}

/** The value that was declared for a secret which the server does not give back, by what the command calls it. */
function secretOf(objects: readonly LiveObject[], type: string, name: string): unknown {
  const found = objects
    .filter(({ kind }) => kind.type === type)
    .flatMap(({ kind }) => leaves(kind.full))
    .filter(({ path }) => {
      const end = camelCase(["-", ...path.slice(-2)].join("-"));
      return name.toLowerCase().endsWith(end.toLowerCase());
    });
  // Of names such as `key` and `tls.clientKey` the longer one is meant.
  const [longest] = found.sort((a, b) => b.path.join().length - a.path.join().length);
  if (!longest) throw new Error(`${type}: nothing was declared for ${name}`);
  return longest.value;
}
