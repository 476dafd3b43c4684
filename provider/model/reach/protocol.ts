/** A protocol as Kuma knows it; `unknown` is handled like tcp. */
export type Protocol = "tcp" | "tls" | "http" | "http2" | "grpc" | "kafka" | "mysql" | "unknown";

const PROTOCOLS: readonly string[] = ["tcp", "tls", "http", "http2", "grpc", "kafka", "mysql"];
/** What each protocol is built on, from itself downwards. */
const STACKS: Readonly<Partial<Record<Protocol, readonly Protocol[]>>> = {
  grpc: ["grpc", "http2", "tcp"],
  http2: ["http2", "tcp"],
  http: ["http", "tcp"],
  kafka: ["kafka", "tcp"],
  tls: ["tcp"],
  tcp: ["tcp"],
};

/** Reads a protocol, in any case. */
export function protocolOf(value: unknown): Protocol {
  const text = String(value ?? "").toLowerCase();
  return PROTOCOLS.includes(text) ? (text as Protocol) : "unknown";
}

/** The protocol of several endpoints together: the highest that all are built on. */
export function commonProtocol(protocols: readonly Protocol[]): Protocol {
  const [first = "unknown", ...rest] = protocols;
  return rest.reduce<Protocol>((common, other) => {
    if (common === other) return common;
    return STACKS[common]?.find((one) => STACKS[other]?.includes(one)) ?? "unknown";
  }, first);
}

/** Whether requests are read as HTTP, or bytes are passed on. */
export function isHttp(protocol: Protocol): boolean {
  return protocol === "http" || protocol === "http2" || protocol === "grpc";
}

/** What is spoken to the endpoint. */
export function upstreamProtocol(protocol: Protocol): "HTTP/1" | "HTTP/2" | "TCP" {
  if (protocol === "http") return "HTTP/1";
  return protocol === "http2" || protocol === "grpc" ? "HTTP/2" : "TCP";
}
