import { isObject } from "../fields.ts";
import { at, ofType, servicesOf } from "../lints/facts.ts";
import type { Finding } from "../lints/finding.ts";
import { formatPath } from "../paths.ts";
import { isAmong } from "./patterns.ts";
import { pluginsOf } from "./plugins.ts";
import { type Judged, listSetting, type Rule } from "./rule.ts";
import type { OutsideHostsSettings } from "./settings.ts";
import { knownHost, listOf, type NamedHost, nodeHosts, upstreamsOf } from "./upstreams.ts";

/** What may be reached outside stands in one list. */
export const outsideHosts: Rule<OutsideHostsSettings> = {
  name: "outside-hosts",
  about: "Hosts outside are those of a list.",
  alone: true,
  settings: {
    hosts: listSetting(
      "Host names and addresses that may be reached, with * for any characters, as in *.example.com.",
    ),
  },
  find(judged, { hosts }) {
    const found: Finding[] = [];
    for (const { resource, host, field } of hostsOf(judged.declared)) {
      if (host === undefined) judged.notKnown(resource, field);
      else if (!isAmong(host, hosts))
        found.push({
          resources: [resource],
          reason: `${field} leads to a host that is not in the list of those that may be reached.`,
        });
    }
    for (const { resource, value, path } of upstreamsOf(judged.declared))
      if (at(value, "serviceName") !== undefined || at(value, "service_name") !== undefined)
        judged.unclear(resource, `${formatPath([...path, "nodes"])} comes from service discovery`);
    return found;
  },
};

/** Every host outside that resources name. */
function hostsOf(declared: Judged["declared"]): NamedHost[] {
  return [
    ...upstreamsOf(declared).flatMap(nodeHosts),
    ...pluginsOf(declared).flatMap(({ resource, name, urls }) =>
      urls.map(({ url, path }) => ({
        resource,
        host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
        field: formatPath(["plugins", name, ...path]),
      })),
    ),
    ...servicesOf(ofType(declared, "kuma:ExternalService")).map((one) => ({
      resource: one.resource,
      host: one.host,
      field: "networking.address",
    })),
    ...ofType(declared, "kuma:MeshExternalService").flatMap((resource) =>
      listOf(resource.args.endpoints).map((endpoint, index) => ({
        resource,
        host: knownHost(at(endpoint, "address")),
        field: formatPath(["endpoints", index, "address"]),
      })),
    ),
    ...passthroughs(declared),
  ];
}

/** What a MeshPassthrough lets out by name or address. */
function passthroughs(declared: Judged["declared"]): NamedHost[] {
  return ofType(declared, "kuma:MeshPassthrough", "kuma:Policy")
    .filter(({ type, args }) => type === "kuma:MeshPassthrough" || args.type === "MeshPassthrough")
    .flatMap((resource) =>
      listOf(at(resource.args, "spec", "default", "appendMatch"))
        .filter(isObject)
        .map((match, index) => ({
          resource,
          host: knownHost(match.value),
          field: formatPath(["spec", "default", "appendMatch", index, "value"]),
        })),
    );
}
