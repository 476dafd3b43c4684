/** A state, as `pulumi stack export` prints it. */
export interface State {
  deployment: { resources: object[] };
}

const PLACES = ["zone-1", "zone-2", "zone-3", "zone-4"];
/** Half of the names are of these domains. */
const DOMAINS = Array.from({ length: 20 }, (_, index) => `provider-${index + 1}.example`);

/**
 * States of so many backends, by place, as a platform team's stacks hold them: two thirds behind gateways (an upstream and its
 * route each), a third in meshes; half of the names in a few domains, the others each in one of its own.
 */
export function manyBackends(count: number): Map<string, State> {
  const states = new Map<string, State>();
  for (const [at, place] of PLACES.entries()) {
    const stack = `urn:pulumi:prod::${place}::`;
    const mesh = resource(stack, "kuma", "Mesh", "default", {
      networking: { outbound: { passthrough: false } },
    });
    const egress = resource(stack, "kuma", "ZoneEgress", "egress", {
      ...{ zone: place, networking: { address: "10.0.0.9", port: 10002 } },
    });
    const own = Array.from({ length: count }, (_, index) => index).filter((index) => index % 4 === at);
    const resources = own.flatMap((index) => backend(stack, index));
    states.set(place, { deployment: { resources: [mesh, egress, ...resources] } });
  }
  return states;
}

function backend(stack: string, index: number): object[] {
  const domain = index % 2 === 0 ? DOMAINS[(index / 2) % DOMAINS.length] : `customer-${index}.example`;
  const host = `api-${index}.${domain}`;
  const name = `backend-${index}`;
  const labels = { team: `team-${index % 12}` };
  if (index % 3 === 2)
    return [
      resource(stack, "kuma", "ExternalService", name, {
        mesh: "default",
        tags: { "kuma.io/service": name, "kuma.io/protocol": index % 2 === 0 ? "http" : "tcp" },
        networking: { address: `${host}:443`, tls: { enabled: index % 5 > 0 } },
      }),
    ];
  const scheme = index % 7 === 0 ? "http" : "https";
  const node = { host, port: scheme === "http" ? 80 : 443, weight: 1 };
  return [
    resource(stack, "apisix", "Upstream", name, { scheme, nodes: [node], labels }),
    resource(stack, "apisix", "Route", name, {
      ...{ hosts: ["gateway.example"], uris: [`/${name}/*`], upstreamId: name, labels },
    }),
  ];
}

function resource(stack: string, dialect: string, kind: string, name: string, inputs: object): object {
  const type = `${dialect}:index:${kind}`;
  return { urn: `${stack}${type}::${name}`, type, inputs, modified: "2026-11-26T20:00:00Z" };
}
