import { flagValue, message } from "../message.ts";
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
  warnings: (_spec, circumstances) => nameWarnings("Zone", circumstances),
};
