import { stableJson } from "../fields.ts";
import type { KnownControlPlane } from "../inventory/meshes.ts";
import { told } from "../inventory/values.ts";
import { type Backend, reach } from "../reach/reach.ts";
import type { Line } from "./line.ts";

/** For whom which services are permitted otherwise than before. */
export function changedPermissions(
  before: KnownControlPlane | undefined,
  after: KnownControlPlane | undefined,
): Line[] {
  const [was, is] = [permissionsOf(before), permissionsOf(after)];
  const place = (after ?? before)?.places.join(", ") ?? "";
  // What is new or gone as a whole, or led nowhere on one side, is told as reachable or not.
  return [...is].flatMap(([about, next]): Line[] => {
    const old = was.get(about);
    if (old === undefined || old === next) return [];
    return [
      {
        effect: "permission",
        about,
        place,
        text: `${about}: permitted is ${old} before, ${next} after`,
        examples: [],
      },
    ];
  });
}

function permissionsOf(plane: KnownControlPlane | undefined): Map<string, string> {
  const found = new Map<string, string>();
  if (!plane) return found;
  for (const mesh of plane.meshes)
    for (const zone of plane.zones)
      for (const backend of reach(plane.world(zone), mesh)?.backends ?? [])
        if (leadsOut(backend))
          found.set(
            `${backend.kind} ${backend.service} in mesh ${mesh}, zone ${zone}`,
            permissionText(backend),
          );
  return found;
}

/** What leads nowhere nobody needs a permission for; what leads to data planes inside asks for other ones. */
function leadsOut({ route }: Backend): boolean {
  if (!route.known) return true;
  const { way } = route.value;
  if (way.by !== "egress") return way.by === "straight";
  return !way.beyond.known || !("why" in way.beyond.value);
}

function permissionText({ permission }: Backend): string {
  if (!permission.known)
    return `not known (${permission.because.map(({ field }) => `${field.collection}/${field.id} ${field.path}`).join(", ")})`;
  if (!permission.value) return "everybody";
  const rules = permission.value.rules.map(({ from, action }) => {
    const tags = Object.entries(from).map(([name, value]) => `${name}=${value}`);
    return `${action} ${tags.join(" ") || "all"}`;
  });
  return rules.length > 0 ? rules.join(", then ") : "nobody";
}

/** The same JSON, markers told as what they are. */
export function sameTold(left: unknown, right: unknown): boolean {
  return stableJson(told(left)) === stableJson(told(right));
}
