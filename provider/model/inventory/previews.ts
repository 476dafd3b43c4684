import { isObject, type JsonObject } from "../fields.ts";
import { draftsOf, objectsBy, partsOfUrn, type Reader, serversBy, textIn, writtenOf } from "./pulumi.ts";
import type { Draft, Operation, Reading } from "./resource.ts";

/** What a preview tells. */
export interface PreviewReading extends Reading {
  /** What there is before the change, as the servers have it where the preview has asked them, else as the state has it. */
  before: Draft[];
  /** Why nothing may be concluded from what is missing in it. */
  incomplete: ("failed" | "without unchanged")[];
}

/** Whether a document is what `pulumi preview --json` prints. */
export function isPreview(document: unknown): document is JsonObject {
  return (
    isObject(document) &&
    !isObject(document.deployment) &&
    (Array.isArray(document.steps) || "changeSummary" in document)
  );
}

/** What a preview says about one resource. */
interface Steps {
  refresh?: JsonObject;
  own?: JsonObject;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  create: "create",
  "create-replacement": "replace",
  replace: "replace",
  update: "update",
  delete: "delete",
  "delete-replaced": "replace",
  same: "same",
};

/**
 * Reads what `pulumi preview --json` prints. The drafts are what there is after the change.
 *
 * @param place undefined for PROJECT/STACK
 * @param source what the notes call it
 */
export function readPreview(document: JsonObject, place: string | undefined, source: string): PreviewReading {
  const steps = (Array.isArray(document.steps) ? document.steps : []).filter(isObject);
  const byUrn = new Map<string, Steps>();
  for (const step of steps) {
    const urn = textIn(step.urn);
    const known = byUrn.get(urn) ?? {};
    byUrn.set(urn, known);
    if (step.op === "refresh") known.refresh = step;
    else if (step.op !== "delete-replaced" || !known.own) known.own = step;
  }
  const states = [...byUrn.values()].map(sides);
  const config = isObject(document.config) ? document.config : {};
  const all = states.flatMap(({ before, after }) => [before, after]).flatMap((one) => writtenOf(one) ?? []);
  const context = { place, source, serverOf: serversBy(all, config), objectsOf: objectsBy(all) };
  const reading: PreviewReading = {
    drafts: [],
    before: [],
    notes: [],
    incomplete: incompleteOf(document, steps),
  };
  for (const { before, after, operation } of states) {
    const old = draftsIn(before, context);
    // What a preview creates has no outputs that tell its server; what it changes has them in the old state.
    const next = draftsIn(
      isObject(after) && isObject(before) ? { outputs: before.outputs ?? {}, ...after } : after,
      context,
    );
    const notes = [...old, ...next].filter((one) => typeof one === "string");
    reading.notes.push(...new Set(notes.map((text) => `${source}: ${text}`)));
    const was = old.filter((one) => typeof one === "object");
    reading.before.push(...was);
    for (const one of next) {
      if (typeof one === "string") continue;
      const former = was.find(({ urn }) => urn === one.urn);
      reading.drafts.push({ ...one, operation, ...(former ? { before: former.args } : {}) });
    }
  }
  const texts = { failed: FAILED, "without unchanged": WITHOUT_UNCHANGED };
  reading.notes.push(...reading.incomplete.map((why) => `${source}: ${texts[why]}`));
  return reading;
}

/** What a note says of a preview that ended with an error. */
export const FAILED = "the preview did not finish; what comes after its error is missing.";
/** What a note says of a preview that shows changes alone. */
export const WITHOUT_UNCHANGED =
  "what does not change is missing in the preview; make it with pulumi preview --json --show-sames.";

function draftsIn(raw: unknown, context: Reader): (Draft | string)[] {
  const written = writtenOf(raw);
  return written ? draftsOf(written, context) : [];
}

function sides({ refresh, own }: Steps): { before: unknown; after: unknown; operation: Operation } {
  // The engine compares with what the refresh has found; the refresh's own step may still show what the state had.
  const before = own ? own.oldState : refresh?.newState;
  const operation =
    (typeof own?.op === "string" && Object.hasOwn(OPERATIONS, own.op) && OPERATIONS[own.op]) || "same";
  // A refresh alone finds what the program no longer has, or what is gone.
  const after = own ? (own.op === "delete" ? undefined : own.newState) : refresh?.newState;
  return { before, after, operation };
}

function incompleteOf(document: JsonObject, steps: readonly JsonObject[]): PreviewReading["incomplete"] {
  const diagnostics = Array.isArray(document.diagnostics) ? document.diagnostics : [];
  const failed = diagnostics.some((one) => isObject(one) && one.severity === "error");
  const summary = isObject(document.changeSummary) ? document.changeSummary : {};
  const same = steps.filter(({ op }) => op === "same").length;
  return [
    ...(failed ? ["failed" as const] : []),
    ...(typeof summary.same === "number" && summary.same > same ? ["without unchanged" as const] : []),
  ];
}

/** PROJECT/STACK of a preview. */
export function stackOf(document: JsonObject): string | undefined {
  const [first] = Array.isArray(document.steps) ? document.steps : [];
  return isObject(first) ? partsOfUrn(textIn(first.urn)).stack : undefined;
}
