import type { Violation } from "../errors.ts";
import { complainIf, complaint, each, fields, isSet, list, text } from "./checks.ts";
import { checkTop, FROM_WARNING, policyWarnings, type Rules, topKind } from "./policy.ts";
import { checkTargetRef } from "./target-ref.ts";

/** TLS between data planes: versions in order; versions and ciphers only for the whole mesh. */
export const meshTls: Rules = {
  typing: { alwaysWritten: ["default"] },
  check(spec, circumstances) {
    const top = topKind(spec);
    return [
      ...checkTop(spec, circumstances, ["Mesh", "MeshSubset", "Dataplane"]),
      ...complainIf(
        list(spec.rules).length > 0 && list(spec.from).length > 0,
        "spec",
        "field 'from' must be empty when 'rules' is defined",
      ),
      ...each(spec.rules, "spec.rules", (rule, field) => checkDefault(rule.default, `${field}.default`, top)),
      ...each(spec.from, "spec.from", (entry, field) => [
        ...checkTargetRef(entry.targetRef, `${field}.targetRef`, ["Mesh"]),
        ...checkDefault(entry.default, `${field}.default`, top),
      ]),
    ];
  },
  warnings: (spec) => policyWarnings(spec, FROM_WARNING),
};

function checkDefault(value: unknown, field: string, top: unknown): Violation[] {
  const { tlsCiphers, tlsVersion } = fields(value);
  const onlyForMesh = (name: string) => `${name} can only be defined with top level targetRef kind: Mesh`;
  const isForMesh = top === "Mesh";
  return [
    ...complainIf(
      list(tlsCiphers).length > 0 && !isForMesh,
      `${field}.tlsCiphers`,
      onlyForMesh("tlsCiphers"),
    ),
    ...(isSet(tlsVersion) && !isForMesh
      ? complaint(`${field}.tlsVersion`, onlyForMesh("tlsVersion"))
      : checkTlsVersions(tlsVersion, `${field}.tlsVersion`)),
  ];
}

/** The lowest version of TLS is not above the highest. */
export function checkTlsVersions(value: unknown, field: string): Violation[] {
  const { min, max } = fields(value);
  const order = ["TLS10", "TLS11", "TLS12", "TLS13"];
  const [lowest, highest] = [order.indexOf(text(min)), order.indexOf(text(max))];
  const isWrong = lowest >= 0 && highest >= 0 && lowest > highest;
  return complainIf(isWrong, `${field}.min`, "min version must be lower than max");
}
