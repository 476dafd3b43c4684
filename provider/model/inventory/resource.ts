import type { Stored } from "../serving/objects.ts";

/** What a run of Pulumi is about to do with a resource. */
export type Operation = "create" | "update" | "replace" | "delete" | "same";

/** A resource as one source tells it. */
export interface Draft {
  /** As the command line names it, else PROJECT/STACK. Servers of two places are two. */
  place: string;
  /** As in `apisix:Route`. */
  type: string;
  /** Pulumi's name of it, or the object's id where a server tells it. */
  name: string;
  /** The arguments, with markers for what is unknown or secret. */
  args: Stored;
  /** The same as the state has it, where a preview changes it. */
  before?: Stored;
  urn?: string;
  /** PROJECT/STACK. */
  stack?: string;
  /** The resource's provider, by its URN. */
  provider?: string;
  /** What tells its server from others, as far as it is said: an id of the configuration, else a URL. */
  server?: string;
  /** What the source is, as in `state edge.json`. */
  source: string;
  /** Where the program declares it, as in `index.ts line 7`. */
  line?: string;
  operation?: Operation;
  /** The component that it is part of, as in `ExternalBackend payments`. */
  component?: string;
  /** The server made it by itself. */
  madeByServer?: boolean;
  /** When it was changed last, as the source writes it. */
  changed?: string;
  /** The URNs behind each argument. */
  dependencies: Readonly<Record<string, readonly string[]>>;
  /** The URNs of all that Pulumi makes before it, as far as the source tells. */
  after?: readonly string[];
}

/** A resource of the inventory. */
export interface Resource extends Draft {
  /** The object's id at its server, where it is known. */
  id: string | undefined;
  /** The object as its server has it, with markers. */
  object: Stored;
  /** What all resources at one server have in common, and no others. */
  at: string;
}

/** What one source tells. */
export interface Reading {
  drafts: Draft[];
  /** What it does not tell, a sentence each. */
  notes: string[];
  /** Those of the notes because of which something of it may be missing. */
  unread?: string[];
  /** The server that was read, and the types of which it told all that it has. */
  covers?: { dialect: string; place: string; server: string; types: Set<string> };
}
