import { routePlugins } from "../serving/configuration.ts";
import { isNotKnown } from "../serving/not-known.ts";
import { below, type Field, fieldOf, idOf, isMap, type Stored } from "../serving/objects.ts";
import { nodesOf, ownTarget } from "../serving/targets.ts";
import { validityOf } from "./certificates.ts";
import type { Exit, Tls } from "./exits.ts";
import { collectionOf, type KnownGateway } from "./gateways.ts";
import { urlsOfPlugin } from "./plugin-urls.ts";
import type { Resource } from "./resource.ts";

const ENCRYPTED: readonly unknown[] = ["https", "grpcs", "tls"];
const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, grpc: 80, grpcs: 443 };

/** All that the routes of a gateway lead to. */
export function exitsOfGateway({ gateway, resources }: KnownGateway): Exit[] {
  const upstreams = new Map((gateway.upstreams ?? []).map((one) => [idOf(one), one]));
  const services = new Map((gateway.services ?? []).map((one) => [idOf(one), one]));
  const clients = new Map(
    resources.filter(({ type }) => type === "apisix:Ssl").map(({ id, object }) => [id, object]),
  );
  const byField = new Map(resources.map((one) => [`${collectionOf(one)}/${one.id}`, one]));
  const find = (id: string) => upstreams.get(id);
  const exits: Exit[] = [];
  const streams = resources.filter(({ type }) => type === "apisix:StreamRoute").map(({ object }) => object);
  for (const [collection, route] of [
    ...(gateway.routes ?? []).map((one) => ["routes", one] as const),
    ...streams.map((one) => ["stream_routes", one] as const),
  ]) {
    if (route.status === 0) continue;
    const owner = byField.get(`${collection}/${idOf(route)}`);
    if (!owner) continue;
    const service = services.get(String(route.service_id));
    const from = collection === "routes" ? routeText(route, service) : streamText(route);
    const holders = [
      { holder: route, field: fieldOf(collection, route, "") },
      ...(service ? [{ holder: service, field: fieldOf("services", service, "") }] : []),
    ];
    const { plugins } = routePlugins(gateway, route);
    const split = plugins.byName.get("traffic-split");
    const targets = [
      ownTarget(holders, find),
      ...(split ? splits(split.configuration, split.field).map((holder) => ownTarget([holder], find)) : []),
    ];
    for (const target of targets) {
      if (!target.known) {
        const because = target.because.map(({ field, why }) => `${textOf(field)} is ${why}`);
        exits.push(unknownExit(owner, from, because));
      } else if (target.value) {
        const { upstream, field } = target.value;
        const holder = byField.get(`${field.collection}/${field.id}`);
        const context = {
          from,
          resources: [...(holder && holder !== owner ? [holder] : []), owner],
          clients,
        };
        exits.push(...exitsOfUpstream(upstream, field, context));
      }
    }
    for (const { name, configuration, field } of plugins.byName.values())
      exits.push(...exitsOfPlugin(name, configuration, field, from, owner));
  }
  return exits;
}

interface Context {
  from: string;
  resources: Resource[];
  clients: ReadonlyMap<string | undefined, Stored>;
}

function exitsOfUpstream(upstream: Stored, field: Field, { from, resources, clients }: Context): Exit[] {
  const nodes = nodesOf({ upstream, field });
  const scheme = isNotKnown(upstream.scheme) ? "not known" : String(upstream.scheme ?? "http");
  const tls: Tls = isNotKnown(upstream.scheme)
    ? "not known"
    : ENCRYPTED.includes(scheme)
      ? "cannot be verified at APISIX"
      : "none";
  const place = resources[0]?.place ?? "";
  const common = {
    protocol: scheme,
    tls,
    from: [from],
    place,
    resources,
    certificates: certificatesOf(upstream, field, clients),
  } satisfies Partial<Exit>;
  if (!nodes.known) {
    const { service_name: service, discovery_type: discovery } = upstream;
    const because = nodes.because.map(({ field: at, why }) => `${textOf(at)} is ${why}`);
    const host = typeof service === "string" ? `${service} (${String(discovery ?? "discovery")})` : "?";
    return [
      {
        ...common,
        host,
        port: undefined,
        because: host === "?" ? because : [],
        certificates: [...common.certificates],
      },
    ];
  }
  return nodes.value.map(({ host, port }) => ({
    ...common,
    host: host.toLowerCase(),
    port: port ?? PORTS[scheme],
    because: [],
    certificates: [...common.certificates],
  }));
}

/** The certificate by which the gateway makes itself known to the nodes. */
function certificatesOf(upstream: Stored, field: Field, clients: Context["clients"]) {
  const { tls } = upstream;
  if (!isMap(tls)) return [];
  const own = validityOf(tls.client_cert, textOf(below(field, "tls.client_cert")));
  const shared = tls.client_cert_id === undefined ? undefined : clients.get(String(tls.client_cert_id));
  return [...own, ...validityOf(shared?.cert, `ssls/${String(tls.client_cert_id)} cert`)];
}

function unknownExit(owner: Resource, from: string, because: string[]): Exit {
  const unknown = { host: "?", port: undefined, protocol: "not known", tls: "not known" } as const;
  return { ...unknown, from: [from], place: owner.place, resources: [owner], certificates: [], because };
}

/** Upstreams among which traffic-split chooses, whatever its conditions. */
function splits(configuration: unknown, field: Field): { holder: Stored; field: Field }[] {
  const rules = isMap(configuration) && Array.isArray(configuration.rules) ? configuration.rules : [];
  return rules.flatMap((rule, index) => {
    const list = isMap(rule) && Array.isArray(rule.weighted_upstreams) ? rule.weighted_upstreams : [];
    return list.filter(isMap).map((holder, at) => ({
      holder,
      field: below(field, `rules[${index}].weighted_upstreams[${at}]`),
    }));
  });
}

/** What a plugin itself speaks to: collectors of logs, servers that decide, mirrors. */
function exitsOfPlugin(
  name: string,
  configuration: unknown,
  field: Field,
  from: string,
  owner: Resource,
): Exit[] {
  const verify = isMap(configuration) ? configuration.ssl_verify : undefined;
  return urlsOfPlugin(name, configuration).map(({ url: { protocol, hostname, port } }) => {
    const scheme = protocol.replace(":", "");
    const encrypted = scheme === "https" || scheme === "grpcs";
    return {
      host: hostname.replace(/^\[(.*)\]$/, "$1"),
      port: port === "" ? (PORTS[scheme] ?? undefined) : Number(port),
      protocol: scheme,
      tls: !encrypted
        ? "none"
        : verify === true
          ? "verified"
          : verify === false
            ? "not verified"
            : "not known",
      from: [`${from} by ${name}`],
      place: owner.place,
      resources: [owner],
      certificates: [],
      because: encrypted && typeof verify !== "boolean" ? [`${textOf(field)}.ssl_verify is not set`] : [],
    } satisfies Exit;
  });
}

function routeText(route: Stored, service: Stored | undefined): string {
  const hosts = textsOf(route.hosts ?? route.host ?? service?.hosts, "*");
  const paths = textsOf(route.uris ?? route.uri, "/*");
  return `gateway ${hosts.flatMap((host) => paths.map((path) => `${host}${path}`)).join(", ")}`;
}

function streamText({ server_port: port, sni }: Stored): string {
  const parts = [port === undefined ? "any port" : `port ${isNotKnown(port) ? "not known" : String(port)}`];
  return `gateway ${[...parts, ...(sni === undefined ? [] : textsOf(sni, ""))].join(", ")}`;
}

function textsOf(value: unknown, all: string): string[] {
  if (value === undefined || value === null) return [all];
  if (isNotKnown(value)) return ["(not known)"];
  return Array.isArray(value)
    ? value.map((one) => (isNotKnown(one) ? "(not known)" : String(one)))
    : [String(value)];
}

function textOf({ collection, id, path }: Field): string {
  return `${collection}/${id} ${path}`;
}
