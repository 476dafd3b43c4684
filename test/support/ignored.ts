import { withIgnored } from "../../provider/lifecycle/ignored.ts";
import { canonical } from "../../provider/model/canonical.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { copiedByEngine } from "./engine-copy.ts";

/** What the engine hands to a check of a resource whose option `ignoreChanges` is set. */
export interface Step {
  /** The old inputs. */
  old: JsonObject;
  /** What the program says now. */
  program: JsonObject;
  ignored: string[];
  /** The old inputs are those of version 0.1 or 0.2. */
  isOld?: boolean;
  /** A transform sets the option, so that the class does not know of it. */
  byTransform?: boolean;
}

/** What a check judges then: the engine copies first. */
export function kept(kind: Kind, { old, program, ignored, isOld, byTransform }: Step): JsonObject {
  const inputs = isOld ? canonical(kind, old) : old;
  return withIgnored(kind, {
    owner: "",
    marks: [],
    old: { args: inputs, marks: [], asWritten: !isOld },
    args: copiedByEngine(inputs, program, ignored).args,
    written: program,
    ignored: byTransform ? undefined : ignored,
  });
}
