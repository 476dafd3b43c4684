import { inNetwork, isAddress } from "../serving/networks.ts";
import type { Judged } from "../serving/objects.ts";
import type { PassthroughMatch } from "./passthrough.ts";
import { isHttp, type Protocol } from "./protocol.ts";
import type { Backend, Reach } from "./reach.ts";
import { from } from "./world.ts";

/** What becomes of a connection that no service answers. */
export type LetOut =
  /** It goes out as it is. */
  | { let: "out" }
  /** It goes out if one of these takes it, which depends on the address behind the name or on what is sent. */
  | { let: "out if"; matches: PassthroughMatch[] }
  | { let: "not out" };

/** What answers when an application connects to a host and port. */
export interface Answering {
  /** The services that have this name; more than one only without a transparent proxy. */
  backends: Backend[];
  /** Services that have the host at other ports. Such a connection gets nowhere. */
  otherPorts: Backend[];
  /** What happens where no service has the host at all. */
  letOut: Judged<LetOut>;
}

/** Finds what answers to a host, or an address without brackets, and a port. */
export function answering({ backends, passthrough }: Reach, host: string, port: number): Answering {
  const wanted = host.toLowerCase();
  const having = backends.filter(({ names }) => names.some((name) => name.host.toLowerCase() === wanted));
  const exact = having.filter(({ names }) =>
    names.some((name) => name.host.toLowerCase() === wanted && name.port === port),
  );
  return {
    backends: exact,
    otherPorts: having.filter((backend) => !exact.includes(backend)),
    letOut: from([passthrough], (given): LetOut => {
      if (given.mode === "none") return { let: "not out" };
      if (given.mode !== "matched") return { let: "out" };
      const matches = given.matches.filter((match) => mayTake(match, wanted, port));
      return matches.length > 0 ? { let: "out if", matches } : { let: "not out" };
    }),
  };
}

function mayTake({ type, value, port }: PassthroughMatch, host: string, asked: number): boolean {
  if (port !== undefined && port !== asked) return false;
  if (type === "Domain") return domainTakes(value.toLowerCase(), host);
  // Which address stands behind a name is only known where it is resolved.
  return !isAddress(host) || inNetwork(value, host) === true;
}

function domainTakes(domain: string, host: string): boolean {
  if (isAddress(host)) return false;
  return domain.startsWith("*") ? host.endsWith(domain.slice(1)) : host === domain;
}

/** By what a destination is recognised: the server name of TLS, the `Host` header, or the address alone. */
export function recognisedBy({
  type,
  protocol,
}: PassthroughMatch): "server name" | "Host header" | "address" {
  if (type !== "Domain") return "address";
  return isHttp(protocol as Protocol) ? "Host header" : "server name";
}
