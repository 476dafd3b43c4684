import type { JsonObject } from "../../model/fields.ts";
import type { DialectName, Kind, Side, Surroundings } from "../../model/kind.ts";
import type { Api } from "../../server/api.ts";
import { inspectAt as inspectApisix, surroundingsAt } from "./apisix.ts";
import { impossibleAt, unreportedAt } from "./control-plane.ts";
import type { Inspection } from "./inspection.ts";
import { inspectAt as inspectKuma } from "./kuma.ts";
import type { Remarks, Subject } from "./subject.ts";

/** What is asked of one kind of server beside its objects, most of it by previews. */
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
  /** Why the server never makes the outputs that servers of its kind report, as a clause; nothing where it does. */
  unreported?(api: Api, kind: Kind): Promise<string | undefined>;
}

/** What is asked, by kind of server. */
export const QUESTIONS: Record<DialectName, Questions> = {
  apisix: { surroundings: surroundingsAt, inspect: inspectApisix },
  kuma: { impossible: impossibleAt, inspect: inspectKuma, unreported: unreportedAt },
};
