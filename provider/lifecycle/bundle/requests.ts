import type { Entry } from "../../model/bundle/entries.ts";
import type { Made } from "../requests.ts";

/** What a state says about a bundle. */
export interface SavedBundle {
  entries: readonly Entry[];
  /** Absent in inputs. */
  made?: Made | undefined;
  /** Marks of objects that carry the bundle's label and are not of this state, as its last create or update has found them. */
  left?: readonly string[] | undefined;
  /** What changed when the inputs were written. */
  summary?: string | undefined;
}

/** A bundle as it is declared, after a check. */
export interface DeclaredBundle {
  entries: readonly Entry[];
  /** The hash that says whose the objects are. */
  owner: string;
  /** PROJECT.STACK, for people. */
  stack?: string | undefined;
  /** Takes over objects that exist already. */
  adopt: boolean;
}

/** A bundle as the program declares it. */
export interface BundleCheckRequest {
  owner: string;
  stack?: string | undefined;
  /** The old inputs. */
  old?: SavedBundle | undefined;
  entries: readonly Entry[];
  adopt?: unknown;
  /** Paths such as `routes.*.status`, at which the old values stay. */
  ignore?: unknown;
  /** Why entries cannot work together with the program's other resources. */
  lint?: string | undefined;
}

/** What a check answers: the entries with what is filled in, or what is wrong with them. */
export interface BundleCheckAnswer {
  entries: readonly Entry[];
  /** As in `12 added, 3 changed of 1,480`. */
  summary: string;
  problems: string[];
}

/** What stands in the state after a call. */
export interface BundleOutcome {
  /** The entries that are there, as they are there. */
  entries: readonly Entry[];
  made: Made;
  /** Marks of objects that carry the bundle's label, and that are neither of this state nor removed. */
  left: readonly string[];
  /** Why other entries are not as they are declared. */
  failures: readonly string[];
}

/** What a look at the server says; undefined when nothing is left. */
export type BundleReadAnswer = (Omit<BundleOutcome, "failures"> & { drifted: boolean }) | undefined;
