import type { DialectName } from "../provider/model/kind.ts";
import { isResourceName } from "./names.ts";
import { parsedBy } from "./parsed.ts";
import { Problem } from "./problem.ts";

/** The text of `--help`. */
export const USAGE = `Commands: import (below); explain, which tells what becomes of a request (explain --help);
map, which lists what can be reached outside (map --help).

Reads what a live server has and writes a Pulumi program for it, and a file for \`pulumi import\`.
The server is only read.

  npx pulumi-external-backends import --from apisix [--from kuma] [options]

What to read
  --from SERVER        apisix or kuma; may be repeated
  --label KEY[=VALUE]  only objects with this label; repeated, with all of them
  --id ID              only the object with this id, as in payments, jack/key-1 or default/httpbin, or with its kind
                       before it, as in apisix:Route/payments; may be repeated
  --owned              also objects that belong to a stack of this package already, for a state that was lost

Where the servers are: as for the package, in the environment (APISIX_ADMIN_URL, APISIX_ADMIN_KEY, KUMA_URL or
KUMA_GLOBAL_URL and KUMA_ZONE_URL, KUMA_TOKEN), or by the names that a stack's configuration has:
  --config NAME=VALUE  as in apisix:adminUrl=https://gateway.example:9180, kuma:tokenFile=token.txt,
                       apisix:gatewayId=edge; nothing secret, which every process of the machine could read
  --config-file FILE   the same as a JSON object of names and values; what is secret may stand in it

What to write
  --out DIR            folder of the program (default: imported)
  --door DOOR          dynamic (default): resources of this package, with a file for \`pulumi import\`; or plugin: resources of
                       the packages that \`pulumi package add\` makes of the plugins, which \`pulumi import\` needs no file for
  --bundle             one resource for all objects of a server, apisix.Bundle or kuma.Bundle, for hundreds or thousands of
                       them; what a bundle cannot hold stays a resource of its own
  --bundle-name NAME   of the bundle (default: apisix or kuma)
  --split host         a file for each host of a route, with what only that needs; the rest in shared.ts
  --split label:KEY    a file for each value of a label, with what only that needs; label alone takes --label's KEY
  --secrets FILE       a JSON object of configuration names and values, for what the server does not give back
  --unprotected        the resources are not protected from being deleted (default: protect: true)
  --force              overwrites files of an earlier run
  --help               this text
`;

/** How the program is divided into files: by the hosts of routes, or by the values of a label. */
export type Split = { by: "host" } | { by: "label"; key: string };

/** What the program's resources are: Pulumi's dynamic resources, or those of the provider plugins. */
export type ProgramDoor = "dynamic" | "plugin";

/** A label that objects must have. */
export interface LabelFilter {
  key: string;
  value?: string;
}

/** What was asked for. */
export interface Options {
  from: DialectName[];
  labels: LabelFilter[];
  ids: string[];
  owned: boolean;
  config: Record<string, string>;
  configFile?: string;
  out: string;
  door: ProgramDoor;
  /** The objects of a server become one resource. */
  bundle: boolean;
  bundleName?: string;
  split?: Split;
  secrets?: string;
  unprotected: boolean;
  force: boolean;
}

/** Reads the command line; nothing when only the help is wanted. */
export function readOptions(args: string[]): Options | undefined {
  const { values, positionals } = parsed(args);
  if (values.help || args.length === 0) return undefined;
  const [command, ...more] = positionals;
  if (command !== "import")
    throw new Problem(`There is no command "${command ?? ""}"; there is import, explain and map.`);
  if (more.length > 0) throw new Problem(`"${more[0]}" is too much: import takes options only.`);
  const labels = (values.label ?? []).map(labelFilter);
  const split = values.split === undefined ? undefined : splitOf(values.split, labels);
  if (split && values.bundle)
    throw new Problem("--bundle writes one file; --label or --id with --out makes a bundle of a part.");
  const bundleName = values["bundle-name"];
  if (bundleName !== undefined && !(values.bundle && isResourceName(bundleName)))
    throw new Problem(
      `--bundle-name ${bundleName}: goes with --bundle, and takes letters, digits, "-", "_" and ".".`,
    );
  return {
    from: fromOf(values.from ?? []),
    labels,
    ids: values.id ?? [],
    owned: values.owned ?? false,
    config: Object.fromEntries((values.config ?? []).map(setting)),
    ...(values["config-file"] === undefined ? {} : { configFile: values["config-file"] }),
    out: values.out ?? "imported",
    door: doorOf(values.door ?? "dynamic"),
    bundle: values.bundle ?? false,
    ...(bundleName === undefined ? {} : { bundleName }),
    ...(split ? { split } : {}),
    ...(values.secrets === undefined ? {} : { secrets: values.secrets }),
    unprotected: values.unprotected ?? false,
    force: values.force ?? false,
  };
}

function parsed(args: string[]) {
  return parsedBy({
    args,
    allowPositionals: true,
    options: {
      from: { type: "string", multiple: true },
      label: { type: "string", multiple: true },
      id: { type: "string", multiple: true },
      owned: { type: "boolean" },
      config: { type: "string", multiple: true },
      "config-file": { type: "string" },
      out: { type: "string" },
      door: { type: "string" },
      bundle: { type: "boolean" },
      "bundle-name": { type: "string" },
      split: { type: "string" },
      secrets: { type: "string" },
      unprotected: { type: "boolean" },
      force: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
}

function fromOf(names: string[]): DialectName[] {
  const wrong = names.find((name) => name !== "apisix" && name !== "kuma");
  if (wrong !== undefined) throw new Problem(`--from ${wrong}: there is apisix and kuma.`);
  if (names.length === 0) throw new Problem("--from is missing: --from apisix, --from kuma, or both.");
  return [...new Set(names)] as DialectName[];
}

function doorOf(name: string): ProgramDoor {
  if (name === "dynamic" || name === "plugin") return name;
  throw new Problem(`--door ${name}: there is dynamic and plugin.`);
}

function labelFilter(text: string): LabelFilter {
  const [key = "", ...value] = text.split("=");
  if (key === "") throw new Problem(`--label ${text}: write KEY or KEY=VALUE.`);
  return value.length > 0 ? { key, value: value.join("=") } : { key };
}

function splitOf(text: string, labels: LabelFilter[]): Split {
  if (text === "host") return { by: "host" };
  const key = /^label:(.+)$/s.exec(text)?.[1];
  if (key !== undefined) return { by: "label", key };
  if (text !== "label") throw new Problem(`--split ${text}: there is host and label:KEY.`);
  const [only, ...more] = labels;
  if (!only || more.length > 0)
    throw new Problem("--split label: say which label, as in --split label:team.");
  return { by: "label", key: only.key };
}

/** What would be read by everybody on the machine. */
const SECRET_SETTINGS = /^(apisix:(adminKey|headers|tls)|kuma:(token|headers|tls))(\.|$)/;

/** Reads `--config NAME=VALUE`. */
export function setting(text: string): [string, string] {
  const [name = "", ...rest] = text.split("=");
  if (!/^(apisix|kuma):./.test(name) || rest.length === 0)
    throw new Problem(`--config ${name}: write NAME=VALUE with a name such as apisix:adminUrl or kuma:url.`);
  if (SECRET_SETTINGS.test(name)) {
    throw new Problem(
      `--config ${name}: what is secret does not belong on a command line; use the environment or --config-file.`,
    );
  }
  return [name, rest.join("=")];
}
