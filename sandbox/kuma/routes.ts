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

/** What a path below a proxy asks of its state. */
export interface Inspection {
  kind: Kind;
  mesh: string | undefined;
  name: string;
  /** What is asked for; of three things there is something to say. */
  aspect: string;
}

/** What the path asks of a proxy's state, if it is one of those. */
export function inspectionOf(path: string, kinds: Kind[]): Inspection | undefined {
  const segments = segmentsOf(path);
  const inMesh = segments[0] === "meshes" && segments.length > 2;
  const [plural, ...rest] = inMesh ? segments.slice(2) : segments;
  const kind = kinds.find((each) => each.path === plural);
  const [name = "", aspect = ""] = rest;
  if (kind?.proxyLabels === undefined || kind.inMesh !== inMesh || rest.length !== 2) return undefined;
  return { kind, mesh: inMesh ? segments[1] : undefined, name, aspect };
}

/**
 * Finds what is at `/KINDS`, `/KINDS/NAME`, `/meshes/MESH/KINDS` or `/meshes/MESH/KINDS/NAME`, each also with
 * `/_overview` where the kind has that.
 */
export function targetOf(path: string, kinds: Kind[], method = "GET"): Target | undefined {
  const segments = segmentsOf(path);
  const inMesh = segments[0] === "meshes" && segments.length > 2 && segments[2] !== "_overview";
  const [plural, ...rest] = inMesh ? segments.slice(2) : segments;
  const kind = kinds.find(
    (each) => each.path === plural || (each.otherPath === plural && plural !== undefined),
  );
  if (!kind || (inMesh && !kind.inMesh)) return undefined;
  // To what writes, `_overview` below a collection is a name like others.
  const isRead = method === "GET" || rest.length > 1;
  const isOverview = kind.hasOverview === true && rest.at(-1) === "_overview" && isRead;
  const [name, ...more] = isOverview ? rest.slice(0, -1) : rest;
  if (more.length > 0 || name === "") return undefined;
  if (name !== undefined && kind.inMesh !== inMesh) return undefined;
  const pattern = inMesh ? `/meshes/{mesh}/${plural}` : `/${plural}`;
  return { kind, mesh: inMesh ? segments[1] : undefined, name, isOverview, pattern };
}

/** The parts of a path between slashes, but for those at its end. */
const segmentsOf = (path: string): string[] => path.replace(/^\/+|\/+$/g, "").split("/");
