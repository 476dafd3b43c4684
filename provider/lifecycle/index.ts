import type { Kind } from "../model/kind.ts";
import { PatchLifecycle } from "./patch.ts";
import { RetypedLifecycle } from "./retyped.ts";
import type { Session } from "./session.ts";
import { Lifecycle } from "./single.ts";
import { SpecificLifecycle } from "./specific.ts";

/** What can be done with resources of a kind in an operation. */
export function lifecycleOf(kind: Kind, session: Session): Lifecycle {
  if (kind.patch) return new PatchLifecycle(kind, session);
  if (kind.former) return new RetypedLifecycle(kind, session, kind.former);
  return kind.specific ? new SpecificLifecycle(kind, session) : new Lifecycle(kind, session);
}
