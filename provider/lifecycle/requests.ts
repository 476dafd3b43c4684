import type { Json, JsonObject } from "../model/fields.ts";
import type { Path } from "../model/paths.ts";
import type { Later } from "./verify.ts";

/** By which create, and at which server, an object was made. */
export interface Made {
  mark: string;
  server: string;
}

/** A field that a patch has set, and what stood there before; no value when there was none. */
export interface Former {
  path: string;
  value?: Json;
}

/** What a state says about one object. */
export interface Saved {
  /** The arguments and nothing beside them. */
  args: JsonObject;
  /** Absent for what was only read. */
  made?: Made | undefined;
  /** Of a patch. */
  former?: readonly Former[] | undefined;
  /** Where the program had marked something as secret. */
  marks: readonly Path[];
  /** The arguments are in the user's words. Versions 0.1 and 0.2 stored the canonical form. */
  asWritten: boolean;
}

/** What is declared, after a check. */
export interface Declared {
  args: JsonObject;
  /** The hash that says whose the object is. */
  owner: string;
  /** PROJECT.STACK, for people. */
  stack?: string | undefined;
  /** Takes over an object that exists already. */
  adopt?: boolean | undefined;
  /** Of an object of a bundle: the mark that all of its objects have, by which one that is there already is known. */
  mark?: string | undefined;
  /** Of an object of a bundle: its key there, where that is not the object's name. */
  key?: string | undefined;
  /** Of an object of a bundle: takes the look by which one makes sure that it was written. */
  later?: Later | undefined;
}

/** A resource as the program declares it. */
export interface CheckRequest {
  /** The resource's name in the program, from which a missing id is made. */
  name?: string | undefined;
  owner: string;
  stack?: string | undefined;
  old?: Saved | undefined;
  /** As the program wrote them, less what the engine has put in the place of ignored fields. */
  args: JsonObject;
  adopt?: unknown;
  marks: readonly Path[];
  /** Where the arguments stand in the resource, as in `["routes", "payments"]` of a bundle; else they are all of it. */
  at?: Path | undefined;
  /** What carries the owner's label is the resource's own: of a bundle that is there, a run may have died. */
  isPartlyMade?: boolean | undefined;
  /** Why the resource cannot work together with the program's others. */
  lint?: string | undefined;
  /** What the program itself has written, where the door knows it. */
  written?: JsonObject | undefined;
  /** The paths of the option `ignoreChanges`, as far as the door knows them. */
  ignored?: readonly string[] | undefined;
}

/** What a check answers: the arguments in the user's words, or what is wrong with them. */
export interface CheckAnswer {
  args: JsonObject;
  /** What has to be encrypted, by the schema and by the program's marks. */
  secrets: Path[];
  /** What the program has marked as secret, and what was marked where the old value is kept. */
  marks: Path[];
  problems: string[];
}

/** What would happen to an object. */
export interface DiffAnswer {
  changed: boolean;
  /** The fields that a change of replaces the object. */
  replaces: string[];
  deleteBeforeReplace: boolean;
}

/** What stands in the state after a call. */
export interface Outcome {
  id: string;
  args: JsonObject;
  /** Outputs that are made from the arguments. */
  derived: JsonObject;
  made: Made;
  former?: readonly Former[] | undefined;
  /** What of `args` has to be encrypted. */
  secrets: Path[];
}

/** What a look at the server says; undefined when the object is gone. */
export type ReadAnswer = (Outcome & { drifted: boolean }) | undefined;
