import type { Violation } from "../errors.ts";
import type { Fields } from "../message.ts";

/** What is special about one kind of resource. */
export interface Kind {
  /** As in the `type` field of a resource. */
  type: string;
  /** The plural in paths. */
  path: string;
  /** Whether it lives in a mesh. */
  inMesh: boolean;
  /** Which control plane of a federation takes writes; a standalone one takes them all. */
  writtenOn: "global" | "zone" | "either";
  /** On a zone's control plane writes must carry the label `kuma.io/origin: zone`. */
  needsOriginOnZone?: true;
  /** A policy that says by `targetRef` what it is for. */
  isPolicy?: true;
  /** Only lists are offered, as far as the sandbox goes. */
  listOnly?: true;
  /** Which labels the control plane adds: none, the mesh, or also environment, origin and zone. */
  addedLabels: "none" | "mesh" | "all";
  /** Further labels of this kind. */
  moreLabels?: Record<string, string>;
  /** The kind's short name in Kuma resource identifiers; without it the answers have none. */
  shortName?: string;
  /** Keeps what the control plane knows of the body, beside type, mesh, name and labels; may throw. */
  decode(body: Fields): Fields;
  /** Complaints about what was decoded. */
  check?(spec: Fields): Violation[];
  /** Fields that only answers have. */
  computed?(object: Fields, zone: string): Fields;
}

/** Kuma's complaint about a port that is none, or nothing. */
export function checkPort(field: string, port: number): Violation[] {
  return port >= 1 && port <= 65535 ? [] : [{ field, reason: "port must be in the range [1, 65535]" }];
}
