import type { Router } from "../provider/model/serving/fitting.ts";
import { parsedBy } from "./parsed.ts";
import { Problem } from "./problem.ts";
import { SOURCE_OPTIONS, SOURCE_USAGE, type SourceOptions, sourcesOf } from "./see-options.ts";

/** The text of `explain --help`. */
export const EXPLAIN_USAGE = `Explains what becomes of a request at a gateway, or of a connection out of a mesh. Nothing is sent to a backend.

  npx pulumi-external-backends explain --host HOST --path PATH [options] --state FILE
  npx pulumi-external-backends explain --mesh MESH NAME [options] --state FILE

${SOURCE_USAGE}
A request at a gateway
  --host HOST             as in local.httpbin.org; the port may stand behind it
  --path PATH             as in /get?a=1 (default: /)
  --method METHOD         default: GET
  --header "NAME: VALUE"  may be repeated
  --address IP            the client's address; --scheme https for a request over TLS, --port for the gateway's port
  --router ROUTER         radixtree_host_uri (default), radixtree_uri or radixtree_uri_with_parameter, as
                          apisix.router.http says in the gateway's configuration

A connection out of a mesh
  --mesh MESH NAME        as in --mesh default httpbin.mesh, or httpbin.mesh:80
  --address HOST:PORT     in the place of NAME, as in example.com:443
  --zone ZONE             the zone from which it is asked (default: the only one that an egress names, else default)

  --json                  the answer as JSON
  --help                  this text

Exit status: 0 it is served or let out; 1 nothing serves it; 2 it cannot be said, or nothing could be read.
`;

/** What is asked. */
export type ExplainQuestion =
  | {
      about: "request";
      host: string;
      path: string;
      method: string;
      headers: Record<string, string[]>;
      address?: string;
      scheme: "http" | "https";
      port?: number;
      router: Router;
    }
  | { about: "connection"; mesh: string; host: string; port?: number; zone?: string };

/** What was asked for. */
export interface ExplainOptions {
  sources: SourceOptions;
  question: ExplainQuestion;
  json: boolean;
}

const ROUTERS: readonly Router[] = ["radixtree_host_uri", "radixtree_uri", "radixtree_uri_with_parameter"];

/** Reads the command line behind `explain`; nothing when only the help is wanted. */
export function readExplainOptions(args: string[]): ExplainOptions | undefined {
  const { values, positionals } = parsedBy({
    args,
    allowPositionals: true,
    options: {
      ...SOURCE_OPTIONS,
      host: { type: "string" },
      path: { type: "string" },
      method: { type: "string" },
      header: { type: "string", multiple: true },
      address: { type: "string" },
      scheme: { type: "string" },
      port: { type: "string" },
      router: { type: "string" },
      mesh: { type: "string" },
      zone: { type: "string" },
      json: { type: "boolean" },
    },
  });
  if (values.help) return undefined;
  const question =
    values.mesh === undefined ? requestIn(values, positionals) : connectionIn(values, positionals);
  return { sources: sourcesOf(values), question, json: values.json ?? false };
}

type Values = {
  [name in "host" | "path" | "method" | "address" | "scheme" | "port" | "router" | "mesh" | "zone"]?:
    | string
    | undefined;
} & { header?: string[] | undefined };

function requestIn(values: Values, [extra]: string[]): ExplainQuestion {
  if (extra !== undefined)
    throw new Problem(`"${extra}" is too much; a name in a mesh needs --mesh MESH before it.`);
  if (values.host === undefined)
    throw new Problem(
      "Say what to explain: --host HOST --path PATH for a gateway, --mesh MESH NAME for a mesh.",
    );
  const { path = "/", scheme = "http", router } = values;
  if (!path.startsWith("/")) throw new Problem(`--path ${path}: a path begins with /.`);
  if (scheme !== "http" && scheme !== "https")
    throw new Problem(`--scheme ${scheme}: there is http and https.`);
  if (/[/\s]/.test(values.host))
    throw new Problem(`--host ${values.host}: write the host alone; what comes after it goes to --path.`);
  return {
    about: "request",
    host: values.host,
    path,
    method: (values.method ?? "GET").toUpperCase(),
    headers: headersOf(values.header ?? []),
    ...(values.address === undefined ? {} : { address: values.address }),
    scheme,
    ...(values.port === undefined ? {} : { port: portOf(values.port, "--port") }),
    router: routerOf(router),
  };
}

/** Reads `--router`. */
export function routerOf(name = "radixtree_host_uri"): Router {
  const known = ROUTERS.find((one) => one === name);
  if (!known) throw new Problem(`--router ${name}: there is ${ROUTERS.join(", ")}.`);
  return known;
}

function headersOf(lines: readonly string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (const line of lines) {
    const [, name, value = ""] = /^([^:\s]+):\s*(.*)$/s.exec(line) ?? [];
    // What stands there may be a key.
    if (name === undefined) throw new Problem('--header: write "NAME: VALUE".');
    headers[name.toLowerCase()] = [...(headers[name.toLowerCase()] ?? []), value];
  }
  return headers;
}

function connectionIn(values: Values, positionals: string[]): ExplainQuestion {
  const names = [...positionals, ...(values.address === undefined ? [] : [values.address])];
  const [name, extra] = names;
  if (name === undefined)
    throw new Problem("--mesh: say a name of the mesh, as in httpbin.mesh, or --address HOST:PORT.");
  if (extra !== undefined)
    throw new Problem(`"${extra}" is too much: one name or --address is asked at a time.`);
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(name) ?? [];
  return {
    about: "connection",
    mesh: values.mesh ?? "default",
    host: bracketed ?? plain ?? name,
    ...(port === undefined ? {} : { port: portOf(port, name) }),
    ...(values.zone === undefined ? {} : { zone: values.zone }),
  };
}

function portOf(text: string, what: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65535)
    throw new Problem(`${what}: a port is a number from 1 to 65535.`);
  return port;
}
