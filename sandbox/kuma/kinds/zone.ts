import { flagValue, message } from "../message.ts";
import { complainIf } from "../rules/checks.ts";
import { nameWarnings } from "../rules/names.ts";
import type { Kind } from "./kind.ts";

/** A zone, as its own control plane and the global one know it. */
export const zone: Kind = {
  type: "Zone",
  path: "zones",
  inMesh: false,
  writtenOn: "either",
  shortName: "z",
  hasOverview: true,
  decode: message({ enabled: flagValue }),
  // Of a zone that is connected the control plane has an observation.
  checkDelete: ({ name }, store) =>
    complainIf(
      store.get("ZoneInsight", undefined, name) !== undefined,
      "zone",
      "unable to delete Zone, Zone CP is still connected, please shut it down first",
    ),
  warnings: (_spec, circumstances) => nameWarnings("Zone", circumstances),
};
