import { complainIf, each, fields, isSet, list, text } from "./checks.ts";
import { checkNameLength, nameWarnings, serverNameWarnings } from "./names.ts";
import type { Rules } from "./policy.ts";
import { PROTOCOLS } from "./tags.ts";

/** The names of a service's ports: their own, or their numbers. */
export const portNames = (ports: unknown): string[] =>
  list(ports).map((port) => String(fields(port).name ?? fields(port).port));

/** Services: a name short enough for a host name, and one way to select data planes. */
export const meshService: Rules = {
  typing: {
    intOrString: { "ports.targetPort": "Port" },
    omittedWhenEmpty: ["ports.appProtocol", "dataplaneRef.name", "spec.ports", "spec.state"],
    alwaysWritten: ["spec.selector"],
  },
  check({ selector }, circumstances) {
    const ways = ["dataplaneTags", "dataplaneRef", "dataplaneLabels"];
    const chosen = ways.filter((name) => isSet(fields(selector)[name]));
    return [
      ...checkNameLength(circumstances),
      ...complainIf(
        chosen.length > 1,
        "spec.selector",
        "must specify only one of: dataplaneTags, dataplaneRef, or dataplaneLabels",
      ),
    ];
  },
  warnings: ({ ports }, circumstances) => [
    ...nameWarnings("MeshService", circumstances),
    ...serverNameWarnings("MeshService", "msvc", portNames(ports), circumstances),
  ],
};

/** Services of several zones: labels that select their parts, and ports. */
export const meshMultiZoneService: Rules = {
  check({ selector, ports }) {
    const { matchLabels } = fields(fields(selector).meshService);
    const isEmpty = Object.keys(fields(matchLabels)).length === 0;
    return [
      ...complainIf(isEmpty, "spec.selector.meshService.matchLabels", "cannot be empty"),
      ...complainIf(list(ports).length === 0, "spec.ports", "cannot be empty"),
      ...each(ports, "spec.ports", ({ name, appProtocol }, field) => [
        ...complainIf(name === "", `${field}.name`, "must not be empty"),
        ...complainIf(
          !PROTOCOLS.includes(text(appProtocol)),
          `${field}.appProtocol`,
          `appProtocol must be one of: ${PROTOCOLS.join(", ")}`,
        ),
      ]),
    ];
  },
  warnings: ({ ports }, circumstances) => [
    ...nameWarnings("MeshMultiZoneService", circumstances),
    ...serverNameWarnings("MeshMultiZoneService", "mzsvc", portNames(ports), circumstances),
  ],
};

/** Workloads: only their names are judged. */
export const workload: Rules = { check: (_spec, circumstances) => checkNameLength(circumstances, 253) };
