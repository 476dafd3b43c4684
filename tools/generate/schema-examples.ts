import { stringify } from "yaml";
import type { DialectName } from "../../provider/model/kind.ts";
import { settingsOf } from "../../provider/model/settings.ts";

/** The npm name of the package that is generated for a plugin. */
export function npmName(plugin: DialectName): string {
  return `pulumi-external-backends-${plugin}`;
}

/** Examples as a part of a description, in the form in which Pulumi's generators take the one for their language. */
export function exampleSection(plugin: DialectName, title: string, programs: readonly string[]): string {
  const examples = programs.map((program, index) => {
    const heading = programs.length > 1 ? `${title} (${index + 1})` : title;
    const fences = [
      `\`\`\`typescript\n${typescript(plugin, program)}\n\`\`\``,
      `\`\`\`yaml\n${yaml(program)}\`\`\``,
    ];
    return `{{% example %}}\n### ${heading}\n\n${fences.join("\n")}\n{{% /example %}}`;
  });
  return `{{% examples %}}\n## Example Usage\n${examples.join("\n")}\n{{% /examples %}}`;
}

/** A program with the package that is generated for the plugin. */
export function typescript(plugin: DialectName, program: string): string {
  const code = withCredentialNames(plugin, program.trim());
  const names = (["apisix", "kuma"] as const).filter((name) => code.includes(`${name}.`));
  const usesConfig = /\bconfig\./.test(code);
  const lines = [
    ...(usesConfig || /\bpulumi\./.test(code) ? ['import * as pulumi from "@pulumi/pulumi";'] : []),
    ...names.map((name) => `import * as ${name} from "${npmName(name)}";`),
  ];
  const config = usesConfig ? "const config = new pulumi.Config();\n" : "";
  const imports = code.startsWith("import ") ? lines.join("\n") : `${lines.join("\n")}\n`;
  return `${imports}\n${config}${code}`;
}

/** A reference of a credential is a setting of its own: `adminKeyEnv` for `adminKey: { env }`. */
function withCredentialNames(plugin: DialectName, code: string): string {
  const credential = settingsOf(plugin).find(({ role }) => role === "credential")?.name ?? "";
  return code.replace(
    new RegExp(`\\b${credential}: \\{ (env|file): ("[^"]*") \\}`, "g"),
    (_, how: string, value: string) => `${credential}${how === "env" ? "Env" : "File"}: ${value}`,
  );
}

/** A resource of an example's program. */
interface Declared {
  type: string;
  properties: object;
  options: object | undefined;
  name: string;
  /** What the YAML program calls it. */
  key: string;
}

/** What a program takes from elsewhere, as YAML has it. */
class Expression {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** The same program in Pulumi YAML: it is run with classes that note down what is declared. */
export function yaml(program: string): string {
  const declared: Declared[] = [];
  const configuration: Record<string, object> = {};
  const classes = (module: string) =>
    new Proxy(
      {},
      {
        get: (_, name) =>
          function Resource(resource: string, args: object = {}, options?: object) {
            const key = declared.some((one) => one.key === resource)
              ? `${resource}-${String(name).toLowerCase()}`
              : resource;
            const type = name === "Provider" ? `pulumi:providers:${module}` : `${module}:${String(name)}`;
            declared.push({ type, name: resource, properties: args, options, key });
            return new Proxy(new Expression(`\${${key}}`), {
              get: (self, field) =>
                field === "text" ? self.text : new Expression(`\${${key}.${String(field)}}`),
            });
          },
      },
    );
  const config = (secret: boolean) => (key: string) => {
    configuration[key] = secret ? { type: "string", secret } : { type: "string" };
    return new Expression(`\${${key}}`);
  };
  const names: Record<string, unknown> = {
    apisix: classes("apisix"),
    kuma: classes("kuma"),
    config: {
      require: config(false),
      get: config(false),
      requireSecret: config(true),
      getSecret: config(true),
    },
    readFileSync: (file: string) => ({ "fn::readFile": `./${file}` }),
  };
  const code = withCredentialNames("apisix", withCredentialNames("kuma", program)).replace(
    /^import .*$/gm,
    "",
  );
  new Function(...Object.keys(names), code)(...Object.values(names));
  const resources = declared.map(({ key, type, name, properties, options }) => [
    key,
    {
      type,
      ...(name === key ? {} : { name }),
      properties: plain(properties),
      ...(options ? { options: plain(options) } : {}),
    },
  ]);
  const document = {
    ...(Object.keys(configuration).length > 0 ? { config: configuration } : {}),
    resources: Object.fromEntries(resources),
  };
  return stringify(document, { lineWidth: 110 });
}

/** JSON in which texts that look like expressions are none. */
function plain(value: unknown): unknown {
  if (value instanceof Expression) return value.text;
  if (typeof value === "string") return value.replaceAll("${", "$$${");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
