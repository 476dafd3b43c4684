import { message, text } from "../../message.ts";
import { checkSelectors } from "../../rules/tags.ts";
import type { Kind } from "../kind.ts";
import {
  checkServices,
  checkTagged,
  olderPolicy,
  selectorsOnly,
  sourcesAndDestinations,
} from "./older-policy.ts";

const conf = message({ backend: text });

/** Which traffic is logged. */
export const trafficLog: Kind = olderPolicy(
  "TrafficLog",
  "traffic-logs",
  { ...sourcesAndDestinations, conf },
  checkServices,
);

/** Which traffic is allowed. */
export const trafficPermission: Kind = olderPolicy(
  "TrafficPermission",
  "traffic-permissions",
  sourcesAndDestinations,
  checkTagged,
);

/** Which traffic is traced. */
export const trafficTrace: Kind = olderPolicy(
  "TrafficTrace",
  "traffic-traces",
  { ...selectorsOnly, conf },
  ({ selectors }) => checkSelectors(selectors, "selectors", { some: true }),
);
