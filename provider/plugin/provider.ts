import type { JsonObject } from "../model/fields.ts";
import type {
  CheckRequest,
  ConfigureRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  GetSchemaRequest,
  ListRequest,
  PropertyDiff,
  ReadRequest,
  UpdateRequest,
} from "./messages.ts";

/**
 * What a plugin does, without a word of gRPC: the engine's requests as objects, and answers to them. Properties are JSON in
 * Pulumi's own forms: secrets are marked, what is not known yet is a text of its own. What a method throws reaches the person
 * at the terminal as the error's message.
 */
export interface Provider {
  /** The plugin's schema as JSON text, of which SDKs are generated. */
  getSchema(request: GetSchemaRequest, call: Call): Promise<string>;
  /** Checks the settings of the provider. */
  checkConfig(request: CheckRequest, call: Call): Promise<CheckAnswer>;
  /** Compares the settings of the provider. An answer of `none` makes the engine go on with the old ones. */
  diffConfig(request: DiffRequest, call: Call): Promise<DiffAnswer>;
  /** Takes the settings. It comes before everything that concerns a resource, once per process. */
  configure(request: ConfigureRequest, call: Call): Promise<void>;
  check(request: CheckRequest, call: Call): Promise<CheckAnswer>;
  diff(request: DiffRequest, call: Call): Promise<DiffAnswer>;
  create(request: CreateRequest, call: Call): Promise<CreateAnswer>;
  /** Reads what is there. Without a state it is an import. */
  read(request: ReadRequest, call: Call): Promise<ReadAnswer>;
  update(request: UpdateRequest, call: Call): Promise<UpdateAnswer>;
  delete(request: DeleteRequest, call: Call): Promise<void>;
  /** Resources at the server, a page of them. Without it the engine is told that there is no such method. */
  list?(request: ListRequest, call: Call): AsyncIterable<ListItem> | Iterable<ListItem>;
  /** Lets go of connections: the operation has ended, or the user has interrupted it. Calls that run are aborted before. */
  cancel?(): Promise<void>;
}

/** What a method has besides its request. */
export interface Call {
  /** Aborted when the resource's timeout has passed, and when the user interrupts the operation. */
  readonly signal: AbortSignal;
  /** Shows a message at the resource of the call; the call's answer waits until the engine has it. */
  log(severity: Severity, message: string): void;
  /** Shows what is being done just now at the resource of the call, until the next such message. */
  progress(message: string): void;
}

export type Severity = "debug" | "info" | "warning" | "error";

/** An input that is refused. */
export interface Failure {
  /** Path of the input. The engine prints the value of a named one, also where it is secret; empty prints the reason only. */
  property: string;
  reason: string;
}

export interface CheckAnswer {
  inputs: JsonObject;
  failures?: Failure[];
}

export interface DiffAnswer {
  changes: "none" | "some";
  /**
   * Each changed path, `nodes[0].weight` or `map["a:80"]`. The engine prints only what stands here. Without it the engine
   * compares the old and the new inputs by itself.
   */
  detailedDiff?: Record<string, PropertyDiff["kind"]>;
  /** Top-level inputs whose change replaces the resource, besides those of the detailed diff. */
  replaces?: string[];
  deleteBeforeReplace?: boolean;
}

/** What was made, and why it is not as it should be, if so. */
interface Outcome {
  properties: JsonObject;
  /** Why the resource is there but not whole. The state keeps it with these reasons, and the next run updates it. */
  reasons?: string[];
}

export interface CreateAnswer extends Outcome {
  /** May be empty in a preview. */
  id: string;
}

export interface UpdateAnswer extends Outcome {}

/** What is there; undefined for nothing. */
export type ReadAnswer = undefined | (Outcome & { id: string; inputs?: JsonObject });

/** A resource that List has found, or what to ask the next page with. */
export type ListItem = { id: string; name?: string } | { next: string };
