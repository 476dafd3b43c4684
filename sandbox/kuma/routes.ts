import type { Kind } from "./kinds/index.ts";

/** What a path means: a list, an object or an object together with what is observed of it. */
export interface Target {
  kind: Kind;
  mesh: string | undefined;
  /** Absent for a list. */
  name: string | undefined;
  isOverview: boolean;
  /** The path with a variable instead of the mesh's name. */
  pattern: string;
}

/** Whether the path is one of those, below a proxy, at which its state is read; the sandbox has none. */
export function isInspection(path: string, kinds: Kind[]): boolean {
  const segments = decodedSegments(path);
  const inMesh = segments[0] === "meshes" && segments.length > 2;
  const [plural, ...rest] = inMesh ? segments.slice(2) : segments;
  const kind = kinds.find((each) => each.path === plural);
  return kind?.proxyLabels !== undefined && kind.inMesh === inMesh && rest.length === 2;
}

/**
 * Finds what is at `/KINDS`, `/KINDS/NAME`, `/meshes/MESH/KINDS` or `/meshes/MESH/KINDS/NAME`, each also with
 * `/_overview` where the kind has that.
 */
export function targetOf(path: string, kinds: Kind[]): Target | undefined {
  const segments = decodedSegments(path);
  const inMesh = segments[0] === "meshes" && segments.length > 2 && segments[2] !== "_overview";
  const [plural, ...rest] = inMesh ? segments.slice(2) : segments;
  const kind = kinds.find(
    (each) => each.path === plural || (each.otherPath === plural && plural !== undefined),
  );
  if (!kind || (inMesh && !kind.inMesh)) return undefined;
  const isOverview = kind.hasOverview === true && rest.at(-1) === "_overview";
  const [name, ...more] = isOverview ? rest.slice(0, -1) : rest;
  if (more.length > 0 || name === "") return undefined;
  if (name !== undefined && kind.inMesh !== inMesh) return undefined;
  const pattern = inMesh ? `/meshes/{mesh}/${plural}` : `/${plural}`;
  return { kind, mesh: inMesh ? segments[1] : undefined, name, isOverview, pattern };
}

/** The parts of a path between slashes, but for those at its end; none of a path that is wrongly encoded. */
function decodedSegments(path: string): string[] {
  try {
    return decodeURIComponent(path).replace(/\/+$/, "").split("/").slice(1);
  } catch {
    return [];
  }
}
