import type { Violation } from "../errors.ts";
import type { Fields } from "../message.ts";
import type { Circumstances } from "../rules/index.ts";
import type { Store, StoredObject } from "../store.ts";

/** Where the objects of a kind are written and where they are copied to in a federation. */
export interface Federated {
  /** Which control plane takes writes; a standalone one takes them all. */
  writtenOn: "global" | "zone" | "either";
  /** From the global control plane to each zone. */
  goesDown?: true;
  /** From a zone to the global control plane. */
  goesUp?: true;
  /** And from there to the other zones. */
  goesAcross?: true;
  /** Has the same name everywhere; others get a suffix on the other side, and a label with their own name. */
  keepsName?: true;
}

/** The form of a policy. */
export interface PolicyForm {
  isTargetRef?: boolean;
  hasTo?: boolean;
  hasFrom?: boolean;
  hasRules?: boolean;
  isFromAsRules?: boolean;
}

/** What is special about one kind of resource. */
export interface Kind extends Federated {
  /** As in the `type` field of a resource. */
  type: string;
  /** The plural in paths. */
  path: string;
  /** Another plural that is understood in paths. */
  otherPath?: string;
  /** Whether it lives in a mesh. */
  inMesh: boolean;
  /** The name for people, where it is not the type with spaces. */
  title?: string;
  /** It is defined by a custom resource definition; in a federation each side then owns what it has written. */
  hasCrd?: true;
  /** A policy, and which. */
  policy?: PolicyForm;
  /** Only the control plane writes it. */
  readOnly?: true;
  /** Only administrators may read and write it. */
  adminOnly?: true;
  /** Labels that the control plane writes by what is in the spec; undefined takes one away. */
  proxyLabels?(spec: Fields): Record<string, string | undefined>;
  /** There is a path where an object is answered together with what the control plane observes of it. */
  hasOverview?: true;
  /** The kind's short name in Kuma resource identifiers; without it the answers have none. */
  shortName?: string;
  /**
   * Keeps what the control plane knows of a whole body, beside type, mesh, name and labels. Throws `DecodeError`,
   * or `KumaError` where a schema refuses the body.
   */
  decode(body: Fields): Fields;
  /** Complaints about what was decoded. */
  check?(spec: Fields, circumstances: Circumstances): Violation[];
  /** What the answer to a PUT warns of. */
  warnings?(spec: Fields, circumstances: Circumstances): string[];
  /** Fields that only answers have. */
  computed?(object: Fields, circumstances: Circumstances): Fields;
  /** What an object has as status when it was just created; without it the kind has none. */
  status?: Fields;
  /** Whether an object stays when its mesh goes, as some that nobody marked as the mesh's do. */
  outlivesMesh?(object: StoredObject): boolean;
  /** The spec with what the control plane adds to it when it stores it. */
  complete?(spec: Fields, surroundings: Surroundings): Fields;
  /** Complaints about a new object that only its surroundings tell. */
  checkCreate?(object: StoredObject, store: Store): Violation[];
  /** Complaints about a change that only what was there before, and the surroundings, tell. */
  checkUpdate?(before: StoredObject, after: StoredObject, store: Store): Violation[];
  /** Why an object cannot go. */
  checkDelete?(object: StoredObject, store: Store): Violation[];
}

/** Where an object is stored. */
export interface Surroundings {
  /** The zone's name; empty on a global control plane. */
  zone: string;
  /** The mesh that it lives in. */
  mesh: Fields | undefined;
  isNew: boolean;
}

/** Kuma's complaint about a port that is none, or nothing. */
export function checkPort(field: string, port: number): Violation[] {
  return port >= 1 && port <= 65535 ? [] : [{ field, reason: "port must be in the range [1, 65535]" }];
}
