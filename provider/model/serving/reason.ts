import type { Field, Unclear } from "./objects.ts";

/** In what another route that fits goes before one. */
export type Outranked = "less specific host" | "less specific path" | "lower priority" | "read later";

/** Why a route does not serve a request. Changing only what `field` names makes it serve, or leaves another reason. */
export type Reason =
  /** `status` is 0. */
  | { kind: "disabled"; field: Field }
  /** None of its hosts is the request's; the field is the nearest of them. */
  | { kind: "host"; field: Field }
  /** None of its paths is the request's; the field is the nearest of them. */
  | { kind: "path"; field: Field }
  /** The request's method is not among its methods. */
  | { kind: "method"; field: Field }
  /** The client's address is not among its addresses. */
  | { kind: "address"; field: Field }
  /** A condition of `vars` does not hold. */
  | { kind: "condition"; field: Field }
  /** It fits, and the route `than` goes before it: by its host, its path, its priority, or because it was read first. */
  | { kind: Outranked; field: Field; than: string }
  /** Whether it serves cannot be said. */
  | { kind: "unclear"; because: Unclear[] };

/** A route that does not serve, and why: what keeps it from fitting, or what goes before it, the first being the gravest. */
export interface Verdict {
  route: string;
  reasons: Reason[];
}

const DISTANCE: Readonly<Partial<Record<Reason["kind"], number>>> = { path: 4, host: 2 };

/** Sorts by how much has to change: a path counts more than a host, and a host more than anything else. */
export function nearestFirst(verdicts: readonly Verdict[]): Verdict[] {
  const distance = ({ reasons }: Verdict) =>
    reasons.reduce((sum, { kind }) => sum + (DISTANCE[kind] ?? 1), 0);
  return [...verdicts].sort((a, b) => distance(a) - distance(b));
}
