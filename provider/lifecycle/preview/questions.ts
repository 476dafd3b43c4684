import type { JsonObject } from "../../model/fields.ts";
import type { DialectName, Kind, Side, Surroundings } from "../../model/kind.ts";
import { inspectAt as inspectApisix, surroundingsAt } from "./apisix.ts";
import { impossibleAt } from "./control-plane.ts";
import type { Inspection } from "./inspection.ts";
import { inspectAt as inspectKuma } from "./kuma.ts";
import type { Remarks, Subject } from "./subject.ts";

/** What a preview asks of one kind of server. */
export interface Questions {
  /** What the rules of a kind have to know of the server. */
  surroundings?(inspection: Inspection, args: JsonObject): Promise<Partial<Surroundings>>;
  /** Why what is declared cannot be at this server, if the server tells. */
  impossible?(
    inspection: Inspection,
    kind: Kind,
    side: Side | undefined,
    args: JsonObject,
  ): Promise<string | undefined>;
  /** What the server's own schemas and objects say of arguments that are right by themselves. */
  inspect(inspection: Inspection, subject: Subject): Promise<Remarks>;
}

/** What previews ask, by kind of server. */
export const QUESTIONS: Record<DialectName, Questions> = {
  apisix: { surroundings: surroundingsAt, inspect: inspectApisix },
  kuma: { impossible: impossibleAt, inspect: inspectKuma },
};
