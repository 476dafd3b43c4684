import type { Found } from "./adopt.ts";
import { labelsOf } from "./foreign.ts";
import { unique } from "./names.ts";
import type { Split } from "./options.ts";

/** Where everything is that more than one file needs, or none. */
export const SHARED = "shared";

/** The name of the file, without its end, in which each resource stands. Files need nothing of each other, but for the shared one. */
export function filesOf(split: Split, ordered: readonly Found[]): Map<Found, string> {
  const groups = groupsOf(split, ordered);
  const fileNames = new Set(["index", SHARED]);
  const files = new Map(
    [...new Set(groups.values())].sort().map((group) => [group, unique(fileName(group), fileNames, "-")]),
  );
  const result = new Map<Found, string>();
  // What refers to others comes after them, so this meets the users of each first.
  for (const found of [...ordered].reverse()) {
    const group = groups.get(found);
    const needed = new Set(found.users.map((user) => result.get(user)));
    const [only] = needed.size === 1 ? needed : [];
    result.set(found, (group === undefined ? only : files.get(group)) ?? SHARED);
  }
  shareWhatIsNeededElsewhere(result, ordered);
  return result;
}

/** Until nothing stands in a file of its own that another file needs. */
function shareWhatIsNeededElsewhere(files: Map<Found, string>, ordered: readonly Found[]): void {
  for (const found of [...ordered].reverse()) {
    for (const { to } of found.references) {
      if (to && files.get(to) !== files.get(found)) files.set(to, SHARED);
    }
  }
}

/** What decides by itself in which file it is. */
function groupsOf(split: Split, ordered: readonly Found[]): Map<Found, string> {
  const entries = ordered.flatMap((found) => {
    const group = split.by === "label" ? labelsOf(found.stored)[split.key] : hostOf(found);
    return typeof group === "string" ? [[found, group] as const] : [];
  });
  return new Map(entries);
}

/** The first host of a route, or of its service. */
function hostOf({ kind, args, references }: Found): unknown {
  if (kind.type !== "apisix:Route") return undefined;
  if (Array.isArray(args.hosts)) return args.hosts[0];
  const service = references.find(({ path }) => path[0] === "serviceId")?.to;
  return Array.isArray(service?.args.hosts) ? service.args.hosts[0] : undefined;
}

/** `*.example.org` as `any-example-org`: without points, behind which an import might look for a kind of file. */
function fileName(group: string): string {
  const name = group
    .replaceAll("*", "any")
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return name.slice(0, 60) || "group";
}
