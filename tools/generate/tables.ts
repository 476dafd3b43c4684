import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DialectName } from "../../provider/model/kind.ts";
import { SETTINGS, type Setting, settingsOf } from "../../provider/model/settings.ts";
import { leftTable } from "../markdown.ts";
import { repository } from "../repository.ts";
import { defaultOf, isCommon } from "./providers.ts";

/** The page of the settings. */
export const configurationFile: string = join(repository, "docs", "configuration.md");

/** The page of the settings with its tables as they have to be. */
export function configuration(): string {
  return withPart(readFileSync(configurationFile, "utf8"), "settings", [
    ownSettings("apisix"),
    ownSettings("kuma"),
    "Both also take, under either prefix and as arguments:\n",
    commonSettings(),
  ]);
}

/** A document with lines in the place of those between the comments `<!-- NAME -->` and `<!-- /NAME -->`. */
export function withPart(text: string, name: string, lines: readonly string[]): string {
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->\n`];
  const [before = "", rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`There is no ${start.trim()} with ${end.trim()} behind it.`);
  return `${before}${start}\n${lines.join("\n")}\n${end}${after}`;
}

function ownSettings(dialect: DialectName): string {
  const rows = settingsOf(dialect)
    .filter((setting) => !isCommon(setting))
    .flatMap((setting) => {
      const { name, role, secret, variable = "" } = setting;
      const key = `\`${dialect}:${name}\`${secret ? " (secret)" : ""}`;
      const row = [
        key,
        `\`${name}\``,
        variable && `\`${variable}\``,
        sentenceOf({ ...setting, variable: "" }),
      ];
      const byReference = [
        `\`${dialect}:${name}Env\`, \`${dialect}:${name}File\``,
        `\`${name}: { env }\`, \`${name}: { file }\``,
        "",
        "The same by reference: an environment variable, or a file.",
      ];
      return role === "credential" ? [row, byReference] : [row];
    });
  return leftTable([
    ["Stack configuration", `Argument of \`new ${dialect}.Provider\``, "Environment", ""],
    ...rows,
  ]);
}

function commonSettings(): string {
  const rows = SETTINGS.filter(isCommon).map((setting) => {
    const { name, unit = "", doc, secret } = setting;
    return [`\`${name}\``, defaultOf(setting) ?? "", unit, secret ? `${doc} Secret.` : doc];
  });
  return leftTable([["Setting", "Default", "Unit", ""], ...rows]);
}

function sentenceOf(setting: Setting): string {
  const standard = defaultOf(setting);
  return standard ? `${setting.doc} Default: ${standard}.` : setting.doc;
}
