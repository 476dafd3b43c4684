import type { JsonObject } from "../../provider/model/fields.ts";
import type { IgnoredPaths, WordCase } from "./word-cases.ts";

/** The kinds that have the fields of an upstream, with where these are. */
const PLACES: { type: string; at: string; around(upstream: JsonObject): JsonObject }[] = [
  { type: "apisix:Upstream", at: "", around: (upstream) => upstream },
  { type: "apisix:Route", at: "upstream", around: (upstream) => ({ uri: "/words", upstream }) },
  { type: "apisix:Service", at: "upstream", around: (upstream) => ({ upstream }) },
  { type: "apisix:StreamRoute", at: "upstream", around: (upstream) => ({ serverPort: 9100, upstream }) },
];

const WHOLE = { isWhole: true, coversBeyond: true } as const;

/** A row for each of the kinds. */
type Row = Omit<WordCase, "type" | "at">;

/** The fields of an upstream, in every kind that has one. */
export function upstreamCases(token: string): WordCase[] {
  const rows = [mapOfNodes(token), listOfNodes(token), balancer(), discovery(), statuses(), certificateId()];
  return PLACES.flatMap(({ type, at, around }) =>
    rows.map((row) => ({
      ...row,
      type,
      at: row.at === undefined ? at : [at, row.at].filter((name) => name !== "").join("."),
      fields: row.fields.map((field) => (at === "" ? field : `${at}.${field}`)),
      around: (fields: JsonObject) => around(row.around(fields)),
    })),
  );
}

type InUpstream = Row & { at?: string };

function mapOfNodes(token: string): InUpstream {
  const map = (a: number, b: number): JsonObject => ({
    nodes: { [`${token}b.example:80`]: b, [`${token}a.example:80`]: a },
  });
  const node = (name: string, weight: number, more: JsonObject = {}) => ({
    host: `${token}${name}.example`,
    port: 80,
    weight,
    ...more,
  });
  return {
    fields: ["nodes form"],
    around: (fields) => fields,
    words: map(7771, 7772),
    respelled: { nodes: [node("a", 7771), node("b", 7772)] },
    changed: map(7773, 7772),
    beyond: { nodes: [node("a", 7771), node("b", 7772, { priority: 7 })] },
    ignored: [
      { paths: ["nodes"], changed: map(7773, 7774), ...WHOLE },
      { paths: [`nodes["${token}b.example:80"]`], changed: map(7771, 7774), coversBeyond: true },
      { paths: ["nodes.*"], changed: map(7773, 7774), coversBeyond: true },
    ],
  };
}

function listOfNodes(token: string): InUpstream {
  const node = (name: string, weight: number) => ({ host: `${token}${name}.example`, port: 443, weight });
  const list = (stable: number, canary: number): JsonObject => ({
    nodes: [node("stable", stable), node("canary", canary)],
  });
  const both: IgnoredPaths = { paths: ["nodes[0].weight", "nodes[1].weight"], changed: list(7773, 7774) };
  return {
    fields: ["nodes order"],
    around: (fields) => fields,
    words: list(7779, 7771),
    respelled: { nodes: [...(list(7779, 7771).nodes as JsonObject[])].reverse() },
    changed: list(7775, 7771),
    beyond: { nodes: [node("stable", 7779), node("canary", 7771), node("z", 7772)] },
    ignored: [
      { paths: ["nodes"], changed: { nodes: [node("other", 7773)] }, ...WHOLE },
      { paths: ["nodes[0]"], changed: { nodes: [node("other", 7773), node("canary", 7771)] } },
      { paths: ["nodes[0].weight"], changed: list(7773, 7771) },
      { paths: ["nodes[*].weight"], changed: list(7773, 7774) },
      both,
    ],
  };
}

function balancer(): InUpstream {
  const type = (custom: string): JsonObject => ({ type: { custom } });
  return {
    fields: ["type form"],
    around: (fields) => ({ nodes: { "a.example:80": 1 }, ...fields }),
    words: type("ewma"),
    respelled: { type: "ewma" },
    changed: type("least_conn"),
    beyond: type("a-balancer"),
    gone: type("roundrobin"),
    ignored: [
      { paths: ["type"], changed: { type: "least_conn" }, ...WHOLE },
      { paths: ["type.custom"], changed: type("least_conn"), coversBeyond: true },
    ],
  };
}

function discovery(): InUpstream {
  const by = (custom: string): JsonObject => ({ discoveryType: { custom } });
  return {
    fields: ["discoveryType form"],
    around: (fields) => ({ serviceName: "words", ...fields }),
    words: by("consul"),
    respelled: { discoveryType: "consul" },
    changed: by("nacos"),
    beyond: by("a-discovery"),
    ignored: [
      { paths: ["discoveryType"], changed: { discoveryType: "nacos" }, ...WHOLE },
      { paths: ["discoveryType.custom"], changed: by("nacos"), coversBeyond: true },
    ],
  };
}

/**
 * All four lists of statuses. What is around them stays when they go, since Pulumi ignores nothing inside of an object that
 * comes or goes.
 */
function statuses(): InUpstream {
  const checks = (list?: number[]): JsonObject => {
    const some = (offset: number) => (list ? { httpStatuses: list.map((status) => status + offset) } : {});
    const both = { healthy: { successes: 9, ...some(0) }, unhealthy: { httpFailures: 9, ...some(100) } };
    return { active: { httpPath: "/health", ...both }, passive: both };
  };
  const parts = ["active.healthy", "active.unhealthy", "passive.healthy", "passive.unhealthy"];
  const paths = (end: string) => parts.map((part) => `checks.${part}.httpStatuses${end}`);
  return {
    fields: parts.map((part) => `checks.${part}.httpStatuses order`),
    around: (fields) => ({ nodes: { "a.example:80": 1 }, ...fields }),
    words: { checks: checks([418, 411]) },
    respelled: { checks: checks([411, 418]) },
    changed: { checks: checks([425, 411]) },
    beyond: { checks: checks([418, 411, 425]) },
    gone: { checks: checks() },
    ignored: [
      { paths: paths(""), changed: { checks: checks([425]) }, ...WHOLE },
      { paths: paths("[0]"), changed: { checks: checks([425, 411]) } },
    ],
  };
}

function certificateId(): InUpstream {
  const ids = (clientCertId: string | number): JsonObject => ({ clientCertId });
  return {
    fields: ["tls.clientCertId id"],
    at: "tls",
    around: (tls) => ({
      nodes: { "a.example:443": 1 },
      scheme: "https",
      passHost: "node",
      // The object stays when the id goes.
      tls: { verify: false, ...tls },
    }),
    words: ids(771),
    respelled: ids("771"),
    changed: ids(772),
    beyond: ids("seven"),
    gone: {},
    ignored: [{ paths: ["clientCertId"], changed: ids(772), ...WHOLE }],
  };
}
