import type { MapAnswer, MapRow } from "../map-answer.ts";

/** What the page shows. */
export interface PageData {
  answer: MapAnswer;
  /** When it was read, in ISO 8601. */
  made: string;
  /** What `--by` groups rows by, as in `stack` or `label team`. */
  by: string;
  /** Certificates that end within so many days are listed by themselves. */
  days: number;
}

/** A resource to which a row leads. One that is named by several rows is one object. */
export type PageOwner = MapRow["owners"][number];

/** A row of the page's table: something outside that can be reached. */
export interface Row {
  exit: MapRow;
  /** By what it is reached, as in `gateway` or `mesh payments, zone zone-1, by egress`; each once. */
  ways: string[];
  /** All that a search looks at, in lower case. */
  searched: string;
}

/** What the rows of an answer are searched by and drawn from. */
export function rowsOf({ exits }: MapAnswer): Row[] {
  return exits.map((exit) => {
    const { host, port, protocol, tls, from, place, owners, labels, group } = exit;
    const texts = [
      destination(exit),
      ...[host, String(port ?? ""), protocol, tls, place, group, ...from],
      ...owners.flatMap(({ type, name, stack = IN_NO_STACK, line = "" }) => [`${type} ${name}`, stack, line]),
      ...Object.entries(labels).map(([key, value]) => `${key}=${value}`),
    ];
    const ways = [...new Set(from.map(wayOf))];
    return { exit, ways: ways.length > 0 ? ways : [place], searched: texts.join("\n").toLowerCase() };
  });
}

/** The owner of what no stack has. */
export const IN_NO_STACK = "in no stack";

/** Host and port, with brackets around an address of IPv6. */
export function destination({ host, port }: Pick<MapRow, "host" | "port">): string {
  const name = host.includes(":") && !host.includes("/") ? `[${host}]` : host;
  return port === null ? name : `${name}:${port}`;
}

/** The first day on which one of its certificates is no longer valid; empty where none is known. */
export function validUntil({ certificates }: Pick<MapRow, "certificates">): string {
  const [first = ""] = certificates.map((one) => one.validUntil).sort();
  return first.slice(0, 10);
}

/** By what something is reached: a text of the map's `from`, without the host names and paths that lead there. */
function wayOf(from: string): string {
  return from.startsWith("gateway ") ? "gateway" : from.replace(/, as .*$/s, "");
}
