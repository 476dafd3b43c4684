import type { Exit, Tls } from "../inventory/exits.ts";
import type { Line } from "./line.ts";

/** What is newly reachable, no longer reachable, or encrypted and verified otherwise. */
export function changedExits(before: readonly Exit[], after: readonly Exit[]): Line[] {
  const [old, next] = [byWay(before), byWay(after)];
  const hosts = (exits: readonly Exit[]) => new Set(exits.map((one) => `${one.place} ${address(one)}`));
  const [oldHosts, nextHosts] = [hosts(before), hosts(after)];
  const lines: Line[] = [];
  for (const { exit, from } of next.values()) {
    const known = old.get(keyOf(exit, from));
    const about = address(exit);
    const { place } = exit;
    if (!known) {
      const isNew = !oldHosts.has(`${place} ${about}`);
      const text = `${isNew ? "newly reachable" : "newly reachable from there"}: ${about} (${exit.protocol}, TLS ${exit.tls}) from ${from}`;
      lines.push({ effect: "reachable", about, place, text, examples: [] });
      if (isNew && exit.tls === "not verified")
        lines.push({
          effect: "unverified",
          about,
          place,
          text: `not verified: TLS to ${about} from ${from}`,
          examples: [],
        });
    } else if (known.exit.tls !== exit.tls) lines.push(tlsLine(about, place, from, known.exit.tls, exit.tls));
  }
  for (const { exit, from } of old.values()) {
    if (next.has(keyOf(exit, from))) continue;
    const about = address(exit);
    const isGone = !nextHosts.has(`${exit.place} ${about}`);
    const text = `${isGone ? "no longer reachable" : "no longer reachable from there"}: ${about} from ${from}`;
    lines.push({ effect: "gone", about, place: exit.place, text, examples: [] });
  }
  return lines;
}

function tlsLine(about: string, place: string, from: string, old: Tls, next: Tls): Line {
  const common = { about, place, examples: [] };
  const change = `TLS to ${about} from ${from} (${old} before, ${next} after)`;
  if (next === "verified") return { ...common, effect: "verified", text: `now verified: ${change}` };
  if (old === "verified") return { ...common, effect: "unverified", text: `no longer verified: ${change}` };
  if (next === "none") return { ...common, effect: "unverified", text: `no longer encrypted: ${change}` };
  return { ...common, effect: "encryption", text: `otherwise encrypted: ${change}` };
}

function byWay(exits: readonly Exit[]): Map<string, { exit: Exit; from: string }> {
  return new Map(exits.flatMap((exit) => exit.from.map((from) => [keyOf(exit, from), { exit, from }])));
}

function keyOf(exit: Exit, from: string): string {
  return `${exit.place} ${address(exit)} ${from}`;
}

function address({ host, port }: Exit): string {
  const name = host.includes(":") && !host.includes("/") ? `[${host}]` : host;
  return port === undefined ? name : `${name}:${port}`;
}
