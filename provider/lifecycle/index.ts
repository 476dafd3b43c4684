import type { Kind } from "../model/kind.ts";
import { PatchLifecycle } from "./patch.ts";
import type { Session } from "./session.ts";
import { Lifecycle } from "./single.ts";

/** What can be done with resources of a kind in an operation. */
export function lifecycleOf(kind: Kind, session: Session): Lifecycle {
  return kind.patch ? new PatchLifecycle(kind, session) : new Lifecycle(kind, session);
}
