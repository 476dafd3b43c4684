import type { JsonObject } from "../../model/fields.ts";
import type { Kind } from "../../model/kind.ts";

/** A resource that a preview asks the server about. */
export interface Subject {
  kind: Kind;
  id: string;
  /** Its arguments in canonical form. */
  args: JsonObject;
  /** The object that would be written. */
  body: JsonObject;
  /** PROJECT.STACK, as the label has it. */
  stack?: string | undefined;
}

/** What is said about a resource at a preview: errors refuse it. */
export interface Remarks {
  errors: string[];
  warnings: string[];
}
