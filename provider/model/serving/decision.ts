import type { Fitting } from "./fitting.ts";
import { distinct, type Unclear } from "./objects.ts";
import { order, tied } from "./order.ts";
import type { Reason } from "./reason.ts";

/** What the router decides for one request. */
export type Decision =
  | { outcome: "route"; route: Fitting; tied: Fitting[] }
  | { outcome: "no route" }
  /** Which route serves, or whether any does, cannot be said. */
  | { outcome: "unclear"; because: Unclear[]; candidates: Fitting[] };

/** Chooses among all routes. */
export function decide(routes: readonly Fitting[]): Decision {
  const possible = routes.filter(({ reasons }) => reasons.length === 0);
  const sure = possible.filter(({ unclear }) => unclear.length === 0);
  const [winner] = sure.reduce<Fitting[]>(
    (best, route) => (best[0] && !before(route, best[0]) ? best : [route]),
    [],
  );
  const rivals = winner
    ? possible.filter((route) => route !== winner && mayGoBefore(route, winner))
    : possible;
  if (rivals.length > 0) {
    const because = rivals.flatMap((route) => [...route.unclear, ...orderUnclear(route, winner)]);
    return {
      outcome: "unclear",
      because: distinct(because),
      candidates: winner ? [winner, ...rivals] : rivals,
    };
  }
  if (!winner) return { outcome: "no route" };
  return {
    outcome: "route",
    route: winner,
    tied: sure.filter((route) => route !== winner && tied(winner, route)),
  };
}

function before(left: Fitting, right: Fitting): boolean {
  return order(left, right).first === "left";
}

function mayGoBefore(route: Fitting, winner: Fitting): boolean {
  return order(winner, route).first !== "left";
}

function orderUnclear(route: Fitting, winner: Fitting | undefined): Unclear[] {
  if (!winner) return [];
  const found = order(winner, route);
  return found.first === "unclear" ? found.because : [];
}

/** Why a route does not serve. */
export function reasonsOf(route: Fitting, decision: Decision): Reason[] {
  const unclear: Reason[] = route.unclear.length > 0 ? [{ kind: "unclear", because: route.unclear }] : [];
  if (route.reasons.length > 0 || decision.outcome === "no route") return [...route.reasons, ...unclear];
  if (decision.outcome === "unclear") {
    if (decision.candidates.includes(route)) return [{ kind: "unclear", because: decision.because }];
    const [first] = decision.candidates;
    return first ? [outranked(route, first), ...unclear] : unclear;
  }
  return [outranked(route, decision.route), ...unclear];
}

function outranked(route: Fitting, winner: Fitting): Reason {
  const found = order(winner, route);
  if (found.first === "unclear") return { kind: "unclear", because: found.because };
  return { kind: found.by, field: found.level(route).field, than: winner.id };
}
