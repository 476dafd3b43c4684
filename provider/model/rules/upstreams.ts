import { isObject, type JsonObject, UNKNOWN } from "../fields.ts";
import { at, type Declared } from "../lints/facts.ts";
import { formatPath, type Path } from "../paths.ts";

/** An upstream, a resource of its own or inside another one. */
export interface Upstream {
  resource: Declared;
  value: JsonObject;
  /** Where it stands in the resource's arguments; empty for a resource of its own. */
  path: Path;
}

/** Everything at a gateway that names nodes. */
export function upstreamsOf(declared: readonly Declared[]): Upstream[] {
  return declared.flatMap((resource) => {
    const { type, args } = resource;
    if (type === "apisix:Upstream") return [{ resource, value: args, path: [] }];
    if (!type.startsWith("apisix:")) return [];
    const inline = isObject(args.upstream) ? [{ resource, value: args.upstream, path: ["upstream"] }] : [];
    return [...inline, ...split(resource)];
  });
}

/** The upstreams among which traffic-split chooses. */
function split(resource: Declared): Upstream[] {
  const rules = at(resource.args, "plugins", "traffic-split", "rules");
  return listOf(rules).flatMap((rule, index) =>
    listOf(at(rule, "weighted_upstreams")).flatMap((choice, which) => {
      const value = at(choice, "upstream");
      const path = ["plugins", "traffic-split", "rules", index, "weighted_upstreams", which, "upstream"];
      return isObject(value) ? [{ resource, value, path }] : [];
    }),
  );
}

/** A host that resources name, and where it stands; undefined where it is not known. */
export interface NamedHost {
  resource: Declared;
  host: string | undefined;
  field: string;
}

/** The hosts of an upstream's nodes: the one that service discovery finds is not among them. */
export function nodeHosts({ resource, value, path }: Upstream): NamedHost[] {
  const { nodes } = value;
  const named = (at: Path, host: unknown): NamedHost => ({
    resource,
    host: knownHost(host),
    field: formatPath([...path, "nodes", ...at]),
  });
  if (Array.isArray(nodes)) return nodes.map((node, index) => named([index, "host"], at(node, "host")));
  // A plugin's own words: the host is a key, which no message shows.
  if (isObject(nodes))
    return Object.keys(nodes).map((key, index) =>
      named([index], key.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1")),
    );
  return [];
}

/** A value as a list; empty for all else. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A host, or undefined where it is not known. */
export function knownHost(value: unknown): string | undefined {
  return typeof value === "string" && !value.includes(UNKNOWN) ? value : undefined;
}
