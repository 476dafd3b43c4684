import type { Judged, Stored } from "../serving/objects.ts";
import { inboundsOf, selects } from "./names.ts";
import { policiesInOrder, type Target, targetAt } from "./policy.ts";
import { from, nameOf, ofMesh, read, textMap, unknowns, type World } from "./world.ts";

/** A rule of who may reach a service. */
export interface PermissionRule {
  /** The tags of the clients that it takes; empty for all. */
  from: Record<string, string>;
  action: "Allow" | "Deny";
  /** The policy that has it, with its type. */
  policy: string;
}

/** Who may reach a service. Without a rule that takes a client it is refused. */
export interface Permission {
  /** Whose rules count; `mesh` for what the mesh itself allows or forbids. */
  by: "MeshTrafficPermission" | "TrafficPermission" | "mesh" | "nothing";
  /** Of all rules that take a client the last decides. */
  rules: PermissionRule[];
}

/** Whether a data plane may reach a service. It asks with the tags of each of its inbounds. */
export function allows({ rules }: Permission, dataplane: Stored): boolean {
  return inboundsOf(dataplane).some(
    ({ tags }) => rules.findLast((rule) => selects(rule.from, tags))?.action === "Allow",
  );
}

/** Who may reach the services with a tag through an egress. */
export function permissionFor(world: World, mesh: string, tag: string): Judged<Permission> {
  const policies = policiesInOrder(world, "MeshTrafficPermission", mesh);
  const because = unknowns(...policies.map(({ target }) => target));
  if (because.length > 0) return { known: false, because };
  const chosen = policies.filter(({ target }) => target.known && takesService(target.value, tag));
  const rules = from(
    chosen.map(({ policy }) => rulesOf(policy)),
    (...lists) => lists.flat(),
  );
  if (!rules.known) return rules;
  if (rules.value.length > 0)
    return { known: true, value: { by: "MeshTrafficPermission", rules: rules.value } };
  return oldPermission(world, mesh, tag);
}

function takesService({ kind, name, tags }: Target, tag: string): boolean {
  const service = { "kuma.io/service": tag };
  if (kind === "Mesh") return true;
  if (kind === "MeshSubset") return selects(tags, service);
  if (kind === "MeshService") return name === tag;
  return kind === "MeshServiceSubset" && name === tag && selects(tags, service);
}

function rulesOf(policy: Stored): Judged<PermissionRule[]> {
  return read(policy, (get) => {
    const list = get("spec", "from");
    return (Array.isArray(list) ? list : []).flatMap((_, index) => {
      const clients = clientsOf(targetAt(get, ["spec", "from", index, "targetRef"]));
      const action = get("spec", "from", index, "default", "action");
      if (!clients || typeof action !== "string") return [];
      const allows = action.startsWith("Allow");
      const rule: PermissionRule = {
        from: clients,
        action: allows ? "Allow" : "Deny",
        policy: `MeshTrafficPermission ${nameOf(policy)}`,
      };
      return [rule];
    });
  });
}

function clientsOf({ kind, name, tags }: Target): Record<string, string> | undefined {
  if (kind === "Mesh") return {};
  if (kind === "MeshSubset") return tags;
  if (kind !== "MeshService" && kind !== "MeshServiceSubset") return undefined;
  return { ...tags, "kuma.io/service": name ?? "" };
}

/** The older TrafficPermission counts where no MeshTrafficPermission does: the one that names the service best. */
function oldPermission(world: World, mesh: string, tag: string): Judged<Permission> {
  const permissions = ofMesh(world, "TrafficPermission", mesh).map((policy) =>
    read(policy, (get) => {
      const matches = (list: string) => {
        const entries = get(list);
        return (Array.isArray(entries) ? entries : []).map((_, index) => textMap(get(list, index, "match")));
      };
      const fitting = matches("destinations").filter((match) => selects(match, { "kuma.io/service": tag }));
      const rank = Math.max(-1, ...fitting.map(specialty));
      return { policy, rank, created: String(get("creationTime") ?? ""), sources: matches("sources") };
    }),
  );
  return from(permissions, (...all) => {
    const [best] = all
      .filter(({ rank }) => rank >= 0)
      .sort((a, b) => b.rank - a.rank || (a.created < b.created ? 1 : a.created > b.created ? -1 : 0));
    if (!best) return { by: "nothing", rules: [] };
    const rules = best.sources.map(
      (source): PermissionRule => ({
        from: Object.fromEntries(Object.entries(source).filter(([, value]) => value !== "*")),
        action: "Allow",
        policy: `TrafficPermission ${nameOf(best.policy)}`,
      }),
    );
    return { by: "TrafficPermission", rules };
  });
}

/** More tags go before fewer, and of as many those that are named before wildcards. */
function specialty(match: Readonly<Record<string, string>>): number {
  const values = Object.values(match);
  return values.length * 100 + values.filter((value) => value !== "*").length;
}
