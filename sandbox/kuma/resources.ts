import type { ControlPlane } from "./control-plane.ts";
import type { Kind } from "./kinds/index.ts";
import type { Fields } from "./message.ts";

/** What `/_resources` answers: the kinds that the control plane has. */
export function resources({ kinds, role }: ControlPlane): Fields {
  return {
    resources: byName(kinds).map((kind) => {
      const { type, path, inMesh, policy, goesDown, shortName = "" } = kind;
      const { singular, plural } = titles(kind);
      return {
        includeInFederation: goesDown === true,
        name: type,
        path,
        pluralDisplayName: plural,
        ...(policy && {
          policy: {
            hasFromTargetRef: policy.hasFrom ?? false,
            hasRulesTargetRef: policy.hasRules ?? false,
            hasToTargetRef: policy.hasTo ?? false,
            isFromAsRules: policy.isFromAsRules ?? false,
            isTargetRef: policy.isTargetRef ?? false,
          },
        }),
        readOnly: kind.readOnly === true || role.mode === "zone",
        scope: inMesh ? "Mesh" : "Global",
        shortName,
        singularDisplayName: singular,
      };
    }),
  };
}

/** What `/policies` answers: those of the kinds that are policies. */
export function policies(controlPlane: ControlPlane): Fields {
  return {
    policies: byName(controlPlane.kinds).flatMap((kind) => {
      const { type, path, policy } = kind;
      if (!policy) return [];
      const { singular, plural } = titles(kind);
      return {
        name: type,
        readOnly: controlPlane.isReadOnly(kind),
        path,
        singularDisplayName: singular,
        pluralDisplayName: plural,
        isExperimental: false,
        isTargetRefBased: policy.isTargetRef ?? false,
        isInbound: policy.hasFrom ?? false,
        isOutbound: policy.hasTo ?? false,
      };
    }),
  };
}

const byName = (kinds: Kind[]): Kind[] => [...kinds].sort((a, b) => (a.type < b.type ? -1 : 1));

function titles({ type, title }: Kind): { singular: string; plural: string } {
  const singular = title ?? type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ");
  const plural = `${singular.replace(/(?<![aeiou])y$/, "ie").replace(/(s|S|ch|sh)$/, "$1e")}s`;
  return { singular, plural };
}
