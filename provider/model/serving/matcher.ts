import type { FirstRoutes } from "./consumer-plugins.ts";
import { type Decision, decide, reasonsOf } from "./decision.ts";
import { type Fitting, fitting, type Question, type Router, surelyElsewhere } from "./fitting.ts";
import { type Handling, handle } from "./handling.ts";
import { type Gateway, idOf, type Unclear } from "./objects.ts";
import { PLUGINS } from "./plugin-priorities.ts";
import type { Catalogue } from "./plugins.ts";
import { prepare } from "./prepared.ts";
import { nearestFirst, type Verdict } from "./reason.ts";
import { type Request, type Seen, seen } from "./request.ts";
import { variablesOf } from "./variables.ts";

/** How a gateway is set up. */
export interface Setup {
  /** Default: radixtree_host_uri, as in APISIX's own configuration. */
  router?: Router;
  /** Its plugins as `GET /apisix/admin/plugins?all=true` tells them. Default: those of APISIX 3.18. */
  plugins?: Catalogue;
}

/** Which route serves a request. */
export type Choice =
  /** nginx refuses the path with 400 before any route is asked. */
  | { outcome: "refused" }
  /** The gateway itself answers 404, unless a plugin of a global rule answers before. */
  | { outcome: "no route" }
  /** It cannot be said: one of `candidates` serves, or none. */
  | { outcome: "unclear"; because: Unclear[]; candidates: string[] }
  /** `tied` routes are equal to it in all and were read later. After a start of the gateway another one may be first. */
  | { outcome: "served"; route: string; tied: string[] };

/** Which route serves a request, what becomes of it, and why the others do not serve. */
export interface Serving {
  choice: Choice;
  /** Undefined where it is refused or the route is not known. */
  handling: Handling | undefined;
  /** Every other route, those that come nearest to serving first. */
  others: Verdict[];
}

/** Answers questions about the routes of one gateway. */
export interface Matcher {
  /** Which route serves, without what else there is to say. */
  choose(request: Request): Choice;
  /**
   * All that can be said.
   *
   * @param first the routes by which each consumer came first, where that is known
   */
  serve(request: Request, first?: FirstRoutes): Serving;
}

/** A matcher over all that a gateway has been told. */
export function matcher(gateway: Gateway, setup: Setup = {}): Matcher {
  const catalogue = setup.plugins ?? PLUGINS["3.18"];
  const services = new Map((gateway.services ?? []).map((service) => [idOf(service), service]));
  const routes = (gateway.routes ?? []).map((route, index) =>
    prepare(route, index, (id) => services.get(id)),
  );
  const ask = (request: Seen): Question => ({
    request,
    variables: variablesOf(request),
    router: setup.router ?? "radixtree_host_uri",
  });
  return {
    choose(request) {
      const known = seen(request);
      if (!known) return { outcome: "refused" };
      const question = ask(known);
      const near = routes.filter((route) => !surelyElsewhere(route, question));
      return choiceOf(decide(near.map((route) => fitting(route, question))));
    },
    serve(request, first) {
      const known = seen(request);
      if (!known) return { choice: { outcome: "refused" }, handling: undefined, others: [] };
      const question = ask(known);
      const fittings = routes.map((route) => fitting(route, question));
      const decision = decide(fittings);
      const served = decision.outcome === "route" ? decision.route : undefined;
      const others = fittings.filter((route) => route !== served);
      return {
        choice: choiceOf(decision),
        handling:
          decision.outcome === "unclear"
            ? undefined
            : handle({ gateway, catalogue, first }, known, served?.route),
        others: nearestFirst(
          others.map((route) => ({ route: route.id, reasons: reasonsOf(route, decision) })),
        ),
      };
    },
  };
}

function choiceOf(decision: Decision): Choice {
  const ids = (routes: readonly Fitting[]) => routes.map(({ id }) => id);
  if (decision.outcome === "no route") return { outcome: "no route" };
  if (decision.outcome === "route") {
    return { outcome: "served", route: decision.route.id, tied: ids(decision.tied) };
  }
  return { outcome: "unclear", because: decision.because, candidates: ids(decision.candidates) };
}
