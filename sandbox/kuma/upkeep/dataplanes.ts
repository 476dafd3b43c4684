import { olderLabelReasons } from "../go/names.ts";
import type { Fields } from "../message.ts";
import { fields, list, text } from "../rules/checks.ts";
import { isProtocol } from "../rules/tags.ts";
import type { StoredObject } from "../store.ts";
import { hasAll, matches } from "./conditions.ts";

/** The inbounds of a data plane. */
export const inboundsOf = ({ networking }: StoredObject): Fields[] =>
  list(fields(networking).inbound).map(fields);

/** Whether an inbound takes traffic. */
export const isHealthy = ({ state, health }: Fields): boolean =>
  state === undefined && (health === undefined || fields(health).ready === true);

/** The data planes that a service selects. */
export function selected(service: StoredObject, dataplanes: StoredObject[]): StoredObject[] {
  const { dataplaneRef, dataplaneTags, dataplaneLabels } = fields(fields(service.spec).selector);
  return dataplanes.filter((dataplane) => {
    const inbounds = inboundsOf(dataplane);
    if (dataplane.mesh !== service.mesh || inbounds.length === 0) return false;
    if (dataplaneRef !== undefined) return fields(dataplaneRef).name === dataplane.name;
    if (dataplaneTags !== undefined) {
      const hasTags = Object.keys(fields(dataplaneTags)).length > 0;
      return hasTags && inbounds.some(({ tags }) => hasAll(dataplaneTags, fields(tags)));
    }
    return dataplaneLabels !== undefined && matches(dataplaneLabels, dataplane.labels);
  });
}

/** The workload that a data plane says it belongs to, if that is a name. */
export function workloadOf({ labels = {} }: StoredObject): string | undefined {
  const name = labels["kuma.io/workload"];
  return name && olderLabelReasons(name).length === 0 ? name : undefined;
}

/** What data planes say of the services that they run, by name: the ports of each. */
export function servicesOf(dataplanes: StoredObject[]): Map<string, Fields[]> {
  const services = new Map<string, Fields[]>();
  for (const dataplane of dataplanes) {
    const own = new Map<string, Fields[]>();
    for (const inbound of inboundsOf(dataplane)) {
      const service = text(fields(inbound.tags)["kuma.io/service"]);
      if (olderLabelReasons(service).length > 0) continue;
      own.set(service, [...(own.get(service) ?? []), portOf(inbound)]);
    }
    // Where data planes do not agree on the ports, the first one's are taken.
    for (const [service, ports] of own) if (!services.has(service)) services.set(service, ports);
  }
  return services;
}

function portOf({ name, port, protocol, tags }: Fields): Fields {
  const said = (text(protocol) || text(fields(tags)["kuma.io/protocol"])).toLowerCase();
  return {
    name: text(name) || String(port),
    port,
    targetPort: port,
    appProtocol: isProtocol(said) ? said : "tcp",
  };
}
