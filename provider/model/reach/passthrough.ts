import { isAddress } from "../serving/networks.ts";
import type { Field, Judged, Stored } from "../serving/objects.ts";
import type { MeshFacts } from "./mesh-facts.ts";
import { policiesInOrder, takes } from "./policy.ts";
import { fieldAt, from, ofType, read, type World } from "./world.ts";

/** A destination that passthrough lets out. */
export interface PassthroughMatch {
  type: "Domain" | "IP" | "CIDR";
  value: string;
  protocol: string;
  /** Undefined for every port. */
  port: number | undefined;
}

/** What is let out although no service has it. */
export type Passthrough =
  /** Without a transparent proxy Kuma does not see such connections: they go out as they are. */
  | { mode: "not intercepted" }
  | { mode: "all" | "none"; by: Field }
  | { mode: "matched"; matches: PassthroughMatch[]; by: Field };

/** What passthrough does for a data plane with a transparent proxy: a MeshPassthrough goes before the mesh. */
export function passthroughOf(
  world: World,
  mesh: MeshFacts,
  dataplane: Stored | undefined,
): Judged<Passthrough> {
  const policies = policiesInOrder(world, "MeshPassthrough", mesh.name);
  const judged = policies.map(({ policy, target }) => {
    const taken = target.known ? takes(policy, target.value, dataplane) : target;
    return from([taken, settingsOf(policy)], (yes, settings) => ({ policy, yes, settings }));
  });
  return from([from(judged, (...all) => all), mesh.passthrough], (all, open) => {
    const chosen = all.filter(({ yes }) => yes);
    const last = chosen.at(-1);
    if (!last) return { mode: open ? "all" : "none", by: meshField(world, mesh) };
    const deciding = chosen.findLast(({ settings }) => settings.mode !== undefined) ?? last;
    const by = fieldAt(deciding.policy, ["spec", "default"]);
    const mode = deciding.settings.mode ?? "Matched";
    if (mode === "All") return { mode: "all", by };
    if (mode === "None") return { mode: "none", by };
    // Lists of several policies are joined, whatever else they say.
    const matches = chosen.flatMap(({ settings }) => settings.matches);
    return matches.length === 0 ? { mode: "none", by } : { mode: "matched", matches, by };
  });
}

function meshField(world: World, { name }: MeshFacts): Field {
  const mesh = ofType(world, "Mesh").find((one) => one.name === name);
  return fieldAt(mesh ?? { type: "Mesh", name }, ["networking", "outbound", "passthrough"]);
}

function settingsOf(policy: Stored): Judged<{ mode: string | undefined; matches: PassthroughMatch[] }> {
  return read(policy, (get) => {
    const mode = get("spec", "default", "passthroughMode");
    const list = get("spec", "default", "appendMatch");
    const matches = (Array.isArray(list) ? list : []).map((_, index): PassthroughMatch => {
      const one = (name: string) => get("spec", "default", "appendMatch", index, name);
      const port = one("port");
      return {
        type: String(one("type")) as PassthroughMatch["type"],
        value: String(one("value") ?? ""),
        protocol: String(one("protocol") ?? "tcp"),
        port: typeof port === "number" && port !== 0 ? port : undefined,
      };
    });
    return { mode: typeof mode === "string" ? mode : undefined, matches };
  });
}

/**
 * Each destination with each port at which the proxy looks for it. One for every port is looked for at the ports of the
 * others as well.
 */
export function withPorts(matches: readonly PassthroughMatch[]): PassthroughMatch[] {
  const ports = [...new Set(matches.flatMap(({ port }) => (port === undefined ? [] : [port])))];
  const all = matches.flatMap((match) =>
    match.port === undefined ? [...ports.map((port) => ({ ...match, port })), match] : [match],
  );
  const key = ({ type, value, protocol, port }: PassthroughMatch) => `${type} ${value} ${protocol} ${port}`;
  return [...new Map(all.map((match) => [key(match), match])).values()];
}

/** Over which version of IP a destination is let out; a domain over both. */
export function versionsOf({ type, value }: PassthroughMatch): (4 | 6)[] {
  if (type === "Domain") return [4, 6];
  const [address = ""] = value.split("/");
  return isAddress(address) && address.includes(":") ? [6] : [4];
}
