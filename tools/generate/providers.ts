import { join } from "node:path";
import type * as z from "zod";
import { bare } from "../../provider/model/fields.ts";
import type { DialectName } from "../../provider/model/kind.ts";
import { PROVIDERS, SETTINGS, type Setting, settingsOf } from "../../provider/model/settings.ts";
import { repository } from "../repository.ts";
import { comment, documentation, format, HEADER } from "./text.ts";
import { Types } from "./types.ts";

/** Where the arguments that both providers have are committed. */
export const connectionFile: string = join(repository, "sdk", "connection.ts");

/** Where a provider's class is committed. */
export function providerFile(dialect: DialectName): string {
  return join(repository, "sdk", dialect, "provider.ts");
}

/** The TypeScript source of the arguments that both providers have. */
export function connectionTypes(): string {
  const types = new Types();
  const members = SETTINGS.filter(isCommon).map((setting) => member(setting, types));
  const source = `${comment("What both providers take.")}export interface ConnectionArgs {\n${members.join("\n")}\n}\n`;
  return format(`${HEADER}${types.text()}\n${source}`, connectionFile);
}

/** The TypeScript source of a provider. */
export function providerClass(dialect: DialectName): string {
  const settings = settingsOf(dialect);
  const types = new Types();
  const members = settings.filter((setting) => !isCommon(setting)).map((setting) => member(setting, types));
  const credential = settings.find(({ role }) => role === "credential")?.name;
  // Inputs of a provider are texts; what is secret is made into one together with its mark.
  const lists = settings
    .filter((setting) => !setting.secret && typeOf(setting) === "array")
    .map(({ name }) => name);
  const { doc, example } = PROVIDERS[dialect];
  const given = lists.map((name) => `...(${name} && { ${name}: pulumi.jsonStringify(${name}) })`);
  const source = `
import ${lists.length > 0 ? "" : "type "}* as pulumi from "@pulumi/pulumi";
import { type Credential, ServerProvider } from "../../provider/dynamic/provider.ts";
import { settingsOf } from "../../provider/model/settings.ts";
import type { ConnectionArgs } from "../connection.ts";

/** The arguments of {@link Provider}. */
export interface ProviderArgs extends ConnectionArgs {
  ${members.join("\n")}
}

const KNOWN = settingsOf("${dialect}").map(({ name }) => name);

${documentation([doc], [example])}export class Provider extends ServerProvider {
  constructor(name: string, args: ProviderArgs = {}, options?: pulumi.ResourceOptions) {
    ${lists.length > 0 ? `const { ${[...lists, "...others"].join(", ")} } = args;` : ""}
    const inputs = { ${[lists.length > 0 ? "...others" : "...args", ...given].join(", ")} };
    super("${dialect}", name, KNOWN, "${credential}", inputs, options);
  }

  /** The name of the package, which the resources that use this provider have, too. */
  override getPackage(): "${dialect}" {
    return "${dialect}";
  }
}
`;
  return format(HEADER + source.trimStart(), providerFile(dialect));
}

/** Both servers' connections have it. */
export function isCommon({ servers }: Setting): boolean {
  return servers.length > 1;
}

/** What is used where a setting is left out, in Markdown; nothing where the server cannot be found without it. */
export function defaultOf({ schema, otherwise, variable }: Setting): string | undefined {
  const { default: standard } = bare(schema);
  const isEmpty = typeof standard === "object" && Object.keys(standard ?? {}).length === 0;
  const known = standard === undefined || isEmpty ? otherwise : `\`${JSON.stringify(standard)}\``;
  const words = [...(known ? [known] : []), ...(variable ? [`\`${variable}\``] : [])];
  if (words.length === 0) return isEmpty ? "none" : undefined;
  return words.join(", else ").replaceAll('"', "");
}

/** What a setting is, with unit and default. */
export function sentenceOf(setting: Setting): string {
  const { doc, unit, secret } = setting;
  const standard = defaultOf(setting);
  const measured = unit ? doc.replace(/[,.]/, ` in ${unit}$&`) : doc;
  return [measured, ...(secret ? ["Secret."] : []), ...(standard ? [`Default: ${standard}.`] : [])].join(" ");
}

function member(setting: Setting, types: Types): string {
  const isCredential = setting.role === "credential";
  const type = isCredential ? "Credential" : types.input(setting.name, setting.schema);
  return `${comment(sentenceOf(setting))}${setting.name}?: ${type} | undefined;`;
}

function typeOf({ schema }: Setting): z.core.$ZodType["_zod"]["def"]["type"] {
  return bare(schema).schema._zod.def.type;
}
