import type { Exit } from "../inventory/exits.ts";
import { joinedExits } from "../inventory/exits.ts";
import { exitsOfGateway } from "../inventory/exits-apisix.ts";
import { exitsOfControlPlane } from "../inventory/exits-kuma.ts";
import { gatewaysOf } from "../inventory/gateways.ts";
import { controlPlanesOf } from "../inventory/meshes.ts";
import type { Resource } from "../inventory/resource.ts";
import { markersIn } from "../inventory/values.ts";
import type { Router } from "../serving/fitting.ts";
import { changedExits } from "./exits.ts";
import type { Line } from "./line.ts";
import { changedPermissions, sameTold } from "./permissions.ts";
import { changedRoutes } from "./routes.ts";

/** Everything outside that resources reach. */
export function exitsOf(resources: readonly Resource[]): Exit[] {
  return joinedExits([
    ...gatewaysOf(resources).flatMap(exitsOfGateway),
    ...controlPlanesOf(resources).flatMap(exitsOfControlPlane),
  ]);
}

/**
 * What a change opens and closes. Every request that is answered by another route or backend afterwards is one of a route that
 * a line names: a route that has not changed goes before another one as it did before.
 */
export function changesOf(
  before: readonly Resource[],
  after: readonly Resource[],
  router: Router = "radixtree_host_uri",
): Line[] {
  const lines = changedExits(exitsOf(before), exitsOf(after));
  const pairs = <T extends { at: string }>(list: (resources: readonly Resource[]) => T[]) => {
    const [old, next] = [list(before), list(after)];
    const ats = [...new Set([...old, ...next].map(({ at }) => at))];
    return ats.map((at) => [old.find((one) => one.at === at), next.find((one) => one.at === at)] as const);
  };
  for (const [old, next] of pairs(gatewaysOf)) lines.push(...changedRoutes(old, next, router));
  for (const [old, next] of pairs(controlPlanesOf)) lines.push(...changedPermissions(old, next));
  return [...lines, ...unseen(before, after)];
}

/** Resources that change without a difference that can be seen: something secret or not known yet is another one. */
function unseen(before: readonly Resource[], after: readonly Resource[]): Line[] {
  const old = new Map(before.map((one) => [one.urn, one]));
  return after.flatMap((one): Line[] => {
    const was = one.urn === undefined ? undefined : old.get(one.urn);
    if (!was || (one.operation !== "update" && one.operation !== "replace")) return [];
    if (!sameTold(was.object, one.object)) return [];
    const isSecret = markersIn(one.object, "secret").length > 0;
    const isUnknown = markersIn(one.object, "unknown").length > 0;
    if (!isSecret && !isUnknown) return [];
    const about = `${one.type} "${one.name}"`;
    const text = `a ${isSecret ? "secret value" : "value that is not known yet"} of ${about} changes; what it opens cannot be said`;
    return [{ effect: "not known", about, place: one.place, text, examples: [] }];
  });
}
