import type { Resource } from "./resource.ts";

/** Whether what is sent is encrypted, and whether the other side's certificate is verified. */
export type Tls = "verified" | "not verified" | "cannot be verified at APISIX" | "none" | "not known";

/** A certificate's public part. */
export interface Validity {
  /** Where it stands, as in `upstreams/httpbin tls.client_cert`. */
  field: string;
  subject: string;
  /** ISO 8601. */
  validUntil: string;
}

/** Something outside that can be reached. */
export interface Exit {
  /** A name, an address, or `*` for all; `?` where it is not known. */
  host: string;
  /** Undefined where every port is meant, or where it is not known. */
  port: number | undefined;
  protocol: string;
  tls: Tls;
  /** From where, as in `gateway local.httpbin.org/*` or `mesh payments, zone-1, by egress`. */
  from: string[];
  place: string;
  /** Whose it is: what names the host, and what leads there. */
  resources: Resource[];
  certificates: Validity[];
  /** What of it is not known. */
  because: string[];
}

/** Joins those that are the same in all but from where they are reached, and sorts them. */
export function joinedExits(exits: readonly Exit[]): Exit[] {
  const found = new Map<string, Exit>();
  for (const exit of exits) {
    const key = [exit.place, exit.host, exit.port ?? "", exit.protocol, exit.tls].join(" ");
    const known = found.get(key);
    if (!known) found.set(key, { ...exit });
    else {
      known.from = unique([...known.from, ...exit.from]);
      known.because = unique([...known.because, ...exit.because]);
      known.resources = [...new Set([...known.resources, ...exit.resources])];
      known.certificates = [
        ...new Map([...known.certificates, ...exit.certificates].map((one) => [one.field, one])).values(),
      ];
    }
  }
  const key = ({ host, port, place }: Exit) => `${host} ${String(port ?? 0).padStart(5, "0")} ${place}`;
  return [...found.values()].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
