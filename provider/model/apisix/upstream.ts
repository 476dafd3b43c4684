import * as z from "zod";
import { atMostOneOf, exactlyOneOf, excluding } from "../exclusions.ts";
import { type FieldMeta, type Form, isObject, type Json, type JsonObject } from "../fields.ts";
import type { Kind, RuleContext } from "../kind.ts";
import {
  certificate,
  desc,
  host,
  idArgument,
  isDomain,
  labels,
  name,
  privateKey,
  reference,
  SERVER_MADE,
  timeout,
} from "./fields.ts";
import { checks } from "./health-checks.ts";
import { isNodeAddress, NODE_ADDRESS, node } from "./node.ts";
import { isSecretReference } from "./secret-references.ts";

const BALANCERS = ["roundrobin", "chash", "ewma", "least_conn"] as const;
const DISCOVERIES = ["dns", "consul", "consul_kv", "nacos", "eureka", "kubernetes", "tars"] as const;
/** The names that need no `{ custom }`, by field, in our spelling and the server's. */
const KNOWN_NAMES: Record<string, readonly string[]> = {
  type: BALANCERS,
  discoveryType: DISCOVERIES,
  discovery_type: DISCOVERIES,
};
const custom = z
  .strictObject({ custom: z.string().min(1).describe("The name as the server's plugin has it.") })
  .meta({
    typeName: "CustomName",
    description: "A name that this package does not know, passed on as it is.",
  });
/** A map of addresses to weights, and a list. */
const nodesForm: Form = {
  canonical(nodes) {
    if (!isObject(nodes)) return nodes;
    return Object.entries(nodes).map(([address, weight]) => {
      const [, host = address, port] = NODE_ADDRESS.exec(address) ?? [];
      return { host, ...(port ? { port: Number(port) } : {}), weight };
    });
  },
  like(nodes, written) {
    if (!isObject(written) || !Array.isArray(nodes)) return undefined;
    const entries = nodes.filter(isObject).map(({ host, port, weight, ...more }) => ({
      address: port === undefined ? String(host) : `${host}:${port}`,
      weight: weight ?? 0,
      isPlain: Object.keys(more).length === 0,
    }));
    const map = Object.fromEntries(entries.map(({ address, weight }) => [address, weight]));
    const isSaid = entries.every(({ address, isPlain }) => isPlain && isNodeAddress(address));
    const fits = isSaid && Object.keys(map).length === nodes.length;
    return fits && entries.length === nodes.length ? inOrderOf(written, map) : undefined;
  },
};

/** The fields of an upstream, alone or inside a route. Defined by the APISIX Admin API, `upstream`. */
export const upstreamShape = {
  nodes: z
    .union([
      z
        .array(node.meta({ typeName: "UpstreamNode", description: "One address that serves requests." }))
        .meta({ elementKey: nodeAddress } satisfies FieldMeta),
      z.record(z.string().refine(isNodeAddress, 'is no "host:port" or "host"'), z.int().min(0)),
    ])
    .optional()
    .meta({ form: nodesForm } satisfies FieldMeta)
    .describe(
      'Where requests go: a list of nodes, or a map of `"host:port"` to weight. Either this or `serviceName`.',
    ),
  serviceName: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe("Service to look up by `discoveryType`, instead of `nodes`."),
  discoveryType: z
    .union([z.enum(DISCOVERIES), custom])
    .optional()
    .meta({ form: nameForm(DISCOVERIES) } satisfies FieldMeta)
    .describe(
      'Discovery that resolves `serviceName`. The server accepts a misspelt one and then answers 503, so others are written `{ custom: "name" }`.',
    ),
  discoveryArgs: z
    .looseObject({
      namespaceId: z.string().optional().describe("Namespace (nacos)."),
      groupName: z.string().optional().describe("Group (nacos)."),
    })
    .optional()
    .describe("Arguments of the discovery."),
  type: z
    .union([z.enum(BALANCERS), custom])
    .default("roundrobin")
    .meta({ form: nameForm(BALANCERS) } satisfies FieldMeta)
    .describe(
      'Load balancer. Server\'s default: `roundrobin`. The server accepts any text and then answers 500 to every request, so a balancer of your own is written `{ custom: "name" }`.',
    ),
  hashOn: z
    .enum(["vars", "header", "cookie", "consumer", "vars_combinations"])
    .default("vars")
    .describe("What `chash` hashes on. Server's default: `vars`."),
  key: z
    .string()
    .optional()
    .meta({ examples: ["remote_addr", "arg_user"] } satisfies FieldMeta)
    .describe("Variable, header or cookie that `chash` hashes; needed unless `hashOn` is `consumer`."),
  checks,
  retries: z
    .int()
    .min(0)
    .optional()
    .describe(
      "Further nodes to try after a failure. Server's default: as many as there are nodes; 0 switches it off.",
    ),
  retryTimeout: z
    .number()
    .min(0)
    .optional()
    .describe("Time in which retries may begin, in seconds. Server's default: 0, no limit."),
  timeout: timeout.describe("Timeouts towards the nodes, in seconds, all three. Server's default: 60 each."),
  scheme: z
    .enum(["grpc", "grpcs", "http", "https", "tcp", "tls", "udp", "kafka"])
    .default("http")
    .describe(
      "What the nodes speak. Server's default: `http`. APISIX never verifies the certificate of an `https` node.",
    ),
  passHost: z
    .enum(["pass", "node", "rewrite"])
    .optional()
    .meta({ absentMeans: "pass" } satisfies FieldMeta)
    .describe(
      "Host header, and with https the SNI, that the node gets: the client's (`pass`), the node's own (`node`) or `upstreamHost` (`rewrite`). Server's default: `pass`. With scheme `https` and domain names as nodes, `node` is filled in when this is left out: with `pass` the client's host would be sent as SNI, which most external backends refuse.",
    ),
  upstreamHost: host().optional().describe('Host header for `passHost: "rewrite"`.'),
  keepalivePool: z
    .strictObject({
      size: z.int().min(1).default(320).describe("Idle connections kept. Server's default: 320."),
      idleTimeout: z
        .number()
        .min(0)
        .default(60)
        .describe("Seconds until an idle connection is closed. Server's default: 60."),
      requests: z.int().min(1).default(1000).describe("Requests per connection. Server's default: 1000."),
    })
    .optional()
    .describe("A pool of connections of this upstream's own."),
  tls: z
    .strictObject({
      clientCert: certificate
        .optional()
        .describe(
          "Client certificate, PEM, 128 to 65536 characters, no reference; with `clientKey`. For a reference (`$env://NAME`, `$secret://MANAGER/ID/KEY`) give `clientCertId`.",
        ),
      clientKey: privateKey
        .optional()
        .describe(
          "Private key of `clientCert`, PEM, no reference. Secret, and write-only: a change of it outside is not seen.",
        ),
      clientCertId: reference("apisix:Ssl")
        .optional()
        .describe("Id of an SSL object of type client, instead of `clientCert` and `clientKey`."),
      verify: z
        .boolean()
        .default(false)
        .describe(
          "Verifies the node's certificate. APISIX does so for scheme `kafka` only; with another it is refused. Server's default: false.",
        ),
    })
    .meta({ exclusions: [atMostOneOf(["clientCertId", ["clientCert", "clientKey"]])] } satisfies FieldMeta)
    .prefault({})
    .describe("TLS towards the nodes."),
  name,
  desc,
  labels,
};

const TARGET = exactlyOneOf(["nodes", ["serviceName", "discoveryType"]], {
  missing: "an upstream needs nodes, or serviceName with discoveryType",
});

/** An upstream inside another object. */
export const inlineUpstream = excluding(z.strictObject(upstreamShape), TARGET);

/** Rules between the fields of an upstream; `at` is where it stands, as in `upstream.`. */
function upstreamRules(upstream: JsonObject, { report, known }: RuleContext, at = ""): void {
  const { type, hashOn, key, passHost, upstreamHost, tls, scheme } = upstream;
  const sure = (...fields: string[]) => known(...fields.map((field) => at + field));
  if (sure("type", "hashOn", "key") && type === "chash" && hashOn !== "consumer")
    hashKeyRules(key, hashOn ?? "vars", at, report);
  if (sure("passHost") && passHost === "rewrite" && upstreamHost === undefined) {
    report(`${at}upstreamHost`, "is missing", 'passHost "rewrite" needs it');
  }
  if (isObject(upstream.checks) && upstream.checks.active === undefined) {
    report(
      `${at}checks.active`,
      "is missing",
      "passive checks take nodes out, only active ones bring them back",
    );
  }
  if (!isObject(tls)) return;
  for (const field of ["clientCert", "clientKey"]) {
    if (!isSecretReference(tls[field])) continue;
    report(
      `${at}tls.${field}`,
      "is a reference, which APISIX reads in SSL objects only",
      "give clientCertId, the id of an SSL object of type client",
    );
  }
  if (sure("tls.verify", "scheme") && tls.verify === true && scheme !== "kafka") {
    report(
      `${at}tls.verify`,
      "has no effect: APISIX verifies certificates of scheme kafka only",
      "leave it out",
    );
  }
}

const HASH_KEYS: Record<string, [RegExp, string]> = {
  vars: [
    /^((uri|server_name|server_addr|request_uri|remote_port|remote_addr|query_string|host|hostname|mqtt_client_id)|arg_[0-9a-zA-Z_-]+)$/,
    "uri, server_name, server_addr, request_uri, remote_port, remote_addr, query_string, host, hostname, mqtt_client_id or arg_NAME",
  ],
  header: [/^[a-zA-Z0-9\-_]+$/, "the name of a header"],
  cookie: [/^[a-zA-Z0-9\-_]+$/, "the name of a cookie"],
};

function hashKeyRules(key: unknown, hashOn: unknown, at: string, report: RuleContext["report"]): void {
  if (key === undefined) {
    report(`${at}key`, "is missing", 'type "chash" needs it unless hashOn is "consumer"');
    return;
  }
  const [pattern, allowed] = HASH_KEYS[String(hashOn)] ?? [];
  if (pattern && !pattern.test(String(key)))
    report(`${at}key`, `is nothing that hashOn "${hashOn}" knows`, `allowed: ${allowed}`);
}

/**
 * With scheme `https` and domain names as nodes, what is left out means `node`: with `pass`, the server's default, the
 * client's host would be sent as SNI.
 */
export function fillPassHost(upstream: JsonObject): JsonObject {
  return upstream.passHost === undefined && needsPassHost(upstream)
    ? { ...upstream, passHost: "node" }
    : upstream;
}

/** `passHost` is left out where it is `pass`, except where {@link fillPassHost} would fill in something else. */
export function canonicalUpstream(upstream: JsonObject): JsonObject {
  const { passHost, ...others } = upstream;
  return passHost === "pass" && !needsPassHost(upstream) ? others : upstream;
}

function needsPassHost({ scheme, nodes }: JsonObject): boolean {
  if (scheme !== "https") return false;
  const hosts = Array.isArray(nodes)
    ? nodes.map((node) => (isObject(node) ? node.host : undefined))
    : Object.keys(isObject(nodes) ? nodes : {}).map(hostOf);
  return hosts.length > 0 && hosts.every(isDomain);
}

function hostOf(address: string): string {
  return NODE_ADDRESS.exec(address)?.[1] ?? address;
}

/** What was written keeps its place. */
function inOrderOf(written: JsonObject, map: JsonObject): JsonObject {
  const kept = Object.keys(written).filter((key) => Object.hasOwn(map, key));
  return Object.fromEntries([...new Set([...kept, ...Object.keys(map)])].map((key) => [key, map[key] ?? 0]));
}

/** A known name needs no `{ custom }`. */
function nameForm(known: readonly string[]): Form {
  return {
    canonical: (value) =>
      isObject(value) && typeof value.custom === "string" && known.includes(value.custom)
        ? value.custom
        : value,
    like: (name, written) => (isObject(written) && typeof name === "string" ? { custom: name } : undefined),
  };
}

function nodeAddress(node: Json): string {
  return isObject(node) ? `${node.host}:${node.port ?? ""}` : String(node);
}

/** `{ custom: "name" }` is a text on the wire. */
export function upstreamToServer(body: JsonObject): JsonObject {
  const text = (value: unknown) =>
    isObject(value) && typeof value.custom === "string" ? value.custom : value;
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [
      key,
      key === "type" || key === "discovery_type" ? text(value) : value,
    ]),
  ) as JsonObject;
}

/** The reverse of {@link upstreamToServer}; a `pass_host` that the server has not stored is `pass`. */
export function upstreamFromServer(body: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries({ pass_host: "pass", ...body }).map(([key, value]) =>
      typeof value === "string" && KNOWN_NAMES[key] && !KNOWN_NAMES[key].includes(value)
        ? [key, { custom: value }]
        : [key, value],
    ),
  );
}

/** Rules of the upstream inside another object. */
export function insideRules(args: JsonObject, context: RuleContext): void {
  if (isObject(args.upstream)) upstreamRules(args.upstream, context, "upstream.");
}

/** A change of the upstream inside another object, if it has one. */
export function inside(change: (body: JsonObject) => JsonObject): (body: JsonObject) => JsonObject {
  return (body) => (isObject(body.upstream) ? { ...body, upstream: change(body.upstream) } : body);
}

/** Nodes and how APISIX talks to them. */
export const upstream: Kind = {
  type: "apisix:Upstream",
  title: "upstream",
  doc: "Nodes, and how APISIX talks to them.",
  docs: "https://apisix.apache.org/docs/apisix/admin-api/#upstream",
  examples: [
    `
const payments = new apisix.Upstream("payments", { scheme: "https", nodes: { "api.example.com:443": 1 } });
`,
  ],
  dialect: "apisix",
  identity: ["upstreamId"],
  schema: excluding(z.strictObject({ upstreamId: idArgument("upstream"), ...upstreamShape }), TARGET),
  serverSchema: "upstream",
  path: ([id]) => `upstreams/${id}`,
  rules: (args, context) => upstreamRules(args, context),
  fill: fillPassHost,
  canonical: canonicalUpstream,
  toServer: upstreamToServer,
  fromServer: upstreamFromServer,
  serverMade: SERVER_MADE,
};
