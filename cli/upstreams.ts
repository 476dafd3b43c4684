import { isNotKnown } from "../provider/model/serving/not-known.ts";
import { isMap, type Judged, type Stored } from "../provider/model/serving/objects.ts";
import { nodesOf, type Target } from "../provider/model/serving/targets.ts";
import type { Owner } from "./ownership.ts";
import { fieldText, unclearTexts } from "./unclear.ts";

/** An upstream that may get a request, as people ask for it. */
export interface SeenTarget {
  /** Where it stands, as in `upstreams/httpbin`. */
  field: string;
  owner?: Owner;
  weight: number;
  scheme: string;
  nodes: { host: string; port: number | null; weight: number }[];
  /** Why the nodes cannot be said. */
  nodesBecause: string[];
  /** The Host header that the nodes get, and the server name in TLS. */
  host: string;
  sni?: string;
  /** Whether the gateway checks the nodes' certificate. */
  tls: "none" | "cannot be verified at APISIX" | "cannot be said";
  /** How often another node is tried; by default as often as there are other nodes. */
  retries: string;
  /** Seconds. */
  timeouts: { connect: string; send: string; read: string };
  checks: string[];
  /** What an answer of the gateway itself could mean here. */
  failures: { 502: string[]; 503: string[]; 504: string[] };
}

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, grpc: 80, grpcs: 443 };
const ENCRYPTED: readonly string[] = ["https", "grpcs", "tls"];

/** Describes an upstream. */
export function seenTarget(
  { upstream, field, weight }: Target,
  sentHost: Judged<string | undefined> | undefined,
  asked: string,
): Omit<SeenTarget, "owner"> {
  const scheme = textOf(upstream.scheme, "http");
  const nodes = nodesOf({ upstream, field });
  const known = nodes.known ? nodes.value : [];
  const host = hostOf(
    upstream,
    sentHost,
    asked,
    known.map((one) => one.host),
  );
  const encrypted = ENCRYPTED.includes(scheme);
  const timeout = isMap(upstream.timeout) ? upstream.timeout : {};
  const timeouts = {
    connect: textOf(timeout.connect, "60"),
    send: textOf(timeout.send, "60"),
    read: textOf(timeout.read, "60"),
  };
  const retries = textOf(
    upstream.retries,
    known.length > 1 ? `${known.length - 1}, one for each other node` : "0",
  );
  const checks = checksOf(upstream.checks);
  return {
    field: fieldText(field),
    weight,
    scheme,
    nodes: known.map((node) => ({ ...node, port: node.port ?? PORTS[scheme] ?? null })),
    nodesBecause: nodes.known ? [] : unclearTexts(nodes.because),
    host,
    ...(encrypted ? { sni: host.replace(/:\d+$/, "") } : {}),
    tls: isNotKnown(upstream.scheme) ? "cannot be said" : encrypted ? "cannot be verified at APISIX" : "none",
    retries,
    timeouts,
    checks,
    failures: failuresOf({
      upstream,
      encrypted,
      host,
      checks,
      timeouts,
      nodes: known.length,
      isKnown: nodes.known,
    }),
  };
}

function textOf(value: unknown, standard: string): string {
  if (isNotKnown(value)) return "not known";
  return value === undefined || value === null ? standard : String(value);
}

function hostOf(
  upstream: Stored,
  sent: Judged<string | undefined> | undefined,
  asked: string,
  nodes: readonly string[],
): string {
  if (sent && !sent.known) return "not known";
  if (sent?.known && sent.value !== undefined) return sent.value;
  const mode = textOf(upstream.pass_host, "pass");
  if (mode === "rewrite") return textOf(upstream.upstream_host, "not known");
  if (mode === "node") return nodes.length === 1 ? (nodes[0] ?? "the node's own") : "the node's own";
  return mode === "pass" ? asked : "not known";
}

function checksOf(checks: unknown): string[] {
  if (isNotKnown(checks)) return ["not known"];
  if (!isMap(checks)) return [];
  const { active, passive } = checks;
  const path = isMap(active) ? textOf(active.http_path, "/") : "";
  const every = isMap(active) && isMap(active.healthy) ? textOf(active.healthy.interval, "1") : "1";
  return [
    ...(active === undefined
      ? []
      : [
          `active: ${isMap(active) ? `${textOf(active.type, "http")} ${path} every ${every} s` : "not known"}`,
        ]),
    ...(passive === undefined ? [] : ["passive: by the answers to requests"]),
  ];
}

interface Circumstances {
  upstream: Stored;
  encrypted: boolean;
  host: string;
  checks: readonly string[];
  timeouts: SeenTarget["timeouts"];
  nodes: number;
  isKnown: boolean;
}

function failuresOf({
  upstream,
  encrypted,
  host,
  checks,
  timeouts,
  nodes,
  isKnown,
}: Circumstances): SeenTarget["failures"] {
  const passes = textOf(upstream.pass_host, "pass") === "pass";
  return {
    502: [
      "no node takes the connection, its name does not resolve, or it closes without an answer",
      ...(encrypted
        ? [
            `TLS fails${passes ? `; nodes get the client's host ${host} as server name, which most backends refuse` : ""}`,
          ]
        : []),
      ...(checks.length > 0 ? ["with health checks, all nodes that are tried are down"] : []),
    ],
    503: nodes === 0 && isKnown ? ["the upstream has no node"] : ["the backend itself answers it"],
    504: [
      `a node did not take the connection in ${timeouts.connect} s, or did not answer in ${timeouts.read} s`,
    ],
  };
}
