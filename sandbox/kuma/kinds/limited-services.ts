import type { Violation } from "../errors.ts";
import { complainIf, fields, list } from "../rules/checks.ts";
import type { Store, StoredObject } from "../store.ts";

const SERVICE = "kuma.io/service";

/** Whether a rate limit chooses one of these external services, and not by its name alone: that is not possible. */
function isIncompatible(destination: unknown, services: unknown[]): boolean {
  const { [SERVICE]: service, ...others } = fields(fields(destination).match);
  const isChosen = service === "*" || (service !== undefined && services.includes(service));
  return isChosen && Object.keys(others).length > 0;
}

/** Complaints about a rate limit for external services that are there. */
export function checkRateLimit({ mesh, destinations }: StoredObject, store: Store): Violation[] {
  const services = store.list("ExternalService", mesh).map(({ tags }) => fields(tags)[SERVICE]);
  const reason = "RateLimit applied to external service only supports kuma.io/service as destination match";
  return services.length === 0
    ? []
    : list(destinations).flatMap((each) => complainIf(isIncompatible(each, services), "ratelimit", reason));
}

/** Complaints about an external service that a rate limit which is there would choose. */
export function checkLimitedService({ mesh, tags }: StoredObject, store: Store): Violation[] {
  const service = fields(tags)[SERVICE];
  return store.list("RateLimit", mesh).flatMap(({ name, destinations }) => {
    const reason = `ExternalService would match RateLimit '${name}' which includes incompatible destination matches`;
    return list(destinations).flatMap((each) =>
      complainIf(isIncompatible(each, [service]), "externalservice", reason),
    );
  });
}
