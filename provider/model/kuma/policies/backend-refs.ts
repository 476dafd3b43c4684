import type { Json } from "../../fields.ts";
import type { Report } from "../../kind.ts";
import { entriesOf } from "./entries.ts";
import { targetRefRules } from "./target-refs.ts";

const BACKENDS = ["MeshService", "MeshServiceSubset", "MeshExternalService", "MeshMultiZoneService"];

/** What a route of the Gateway API becomes whose backend is not there. */
const UNRESOLVED = "kuma.io/unresolved-backend";

/** Judges the backends to which a route sends, a list that stands at the path `at`. */
export function backendRefRules(refs: Json | undefined, at: string, report: Report): void {
  for (const { object, at: where } of entriesOf(refs, at)) {
    const ref = object.name === UNRESOLVED ? { ...object, name: "unresolved" } : object;
    targetRefRules(ref, where, { kinds: BACKENDS }, report);
    if (object.kind === "MeshMultiZoneService" && object.port === undefined)
      report(`${where}.port`, "is missing", "the kind MeshMultiZoneService needs it");
  }
}
