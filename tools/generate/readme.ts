import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DialectName } from "../../provider/model/kind.ts";
import { KINDS } from "../../provider/model/kinds.ts";
import { SETTINGS, type Setting, settingsOf } from "../../provider/model/settings.ts";
import { leftTable } from "../markdown.ts";
import { repository } from "../repository.ts";
import { firstSentence, qualifiedName, writtenAt } from "./kinds.ts";
import { defaultOf, isCommon } from "./providers.ts";
import { pageName } from "./reference.ts";

/** The README. */
export const readmeFile: string = join(repository, "README.md");

/** The README with its tables of resources and settings as they have to be, between the comments that mark them. */
export function readme(): string {
  const parts: Record<string, string> = {
    resources: resources(),
    settings: [
      ownSettings("apisix"),
      ownSettings("kuma"),
      "Both also take, under either prefix and as arguments:\n",
      commonSettings(),
    ].join("\n"),
  };
  return Object.entries(parts).reduce(
    (text, [name, part]) => {
      const [start, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->\n`];
      const [before = "", rest] = text.split(start);
      const after = rest?.split(end)[1];
      if (after === undefined)
        throw new Error(`README.md has no ${start.trim()} with ${end.trim()} behind it.`);
      return `${before}${start}\n${part}\n${end}${after}`;
    },
    readFileSync(readmeFile, "utf8"),
  );
}

function resources(): string {
  const rows = KINDS.map((kind) => [
    `[\`${qualifiedName(kind)}\`](docs/reference/${pageName(kind)})`,
    firstSentence(kind).replace(/\.$/, ""),
    kind.identity.map((field) => `\`${field}\``).join(", "),
    writtenAt(kind),
  ]);
  return leftTable([["Resource", "What it is", "Named by", "Written at"], ...rows]);
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
