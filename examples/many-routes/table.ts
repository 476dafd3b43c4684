import { readFileSync } from "node:fs";
import type * as apisix from "pulumi-external-backends/apisix";

const COLUMNS = ["team", "name", "host", "path", "backend"];

/** Routes of a CSV file with the columns team, name, host, path and backend, by team. Wrong lines are one error. */
export function bundlesOf(file: string): Map<string, apisix.BundleArgs> {
  const [header = "", ...lines] = readFileSync(file, "utf8").trimEnd().split(/\r?\n/);
  if (header !== COLUMNS.join(",")) throw new Error(`${file}: the first line is not ${COLUMNS.join(",")}`);
  const teams = new Map<
    string,
    { upstreams: Record<string, apisix.UpstreamArgs>; routes: Record<string, apisix.RouteArgs> }
  >();
  const problems: string[] = [];
  const names = new Set<string>();
  for (const [index, line] of lines.entries()) {
    const [team = "", name = "", host = "", uri = "", backend = "", ...more] = line.split(",");
    const [, server, port] = /^([^:]+):(\d+)$/.exec(backend) ?? [];
    if (!team || !name || !host || !uri || !server || more.length > 0 || names.has(name)) {
      problems.push(`${file}:${index + 2}: ${names.has(name) ? `${name} stands there twice` : line}`);
      continue;
    }
    names.add(name);
    const tables = teams.get(team) ?? { upstreams: {}, routes: {} };
    teams.set(team, tables);
    tables.upstreams[name] = { scheme: "https", nodes: [{ host: server, port: Number(port), weight: 1 }] };
    tables.routes[name] = { host, uri, upstreamId: name };
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return teams;
}
