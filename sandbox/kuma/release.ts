/** What sets a release of Kuma apart from others, as far as the sandbox goes. */
export interface Release {
  /**
   * Labels came to all resources with 2.6 (its change log: "support labels in ResourceMeta"; the column in PostgreSQL is
   * as old). Before that they were an unknown field of the body: dropped in silence, and the answer 201 or 200.
   */
  keepsLabels: boolean;
  /**
   * From 2.9 on a control plane on Universal writes `kuma.io/mesh` on what is in a mesh. On an object of 2.6 to 2.8 that
   * was sent without labels there are none; nor are there on a Mesh of 2.14.
   */
  addsMeshLabel: boolean;
  /** MeshExternalService came with 2.8, as alpha. Paths of unknown kinds are a 404 that is no JSON. */
  hasMeshExternalService: boolean;
  /** From 2.6 on a new mesh gets policies with target references; before, other ones, which the sandbox does not make. */
  hasDefaultPolicies: boolean;
  /** Answers name objects by `kri` too; its form is younger than 2.10. */
  hasKri: boolean;
  /** ExternalService, ZoneEgress and `routing.zoneEgress` go with 3.0. */
  hasExternalService: boolean;
}

/** What a version such as `2.14.3` has. */
export function releaseOf(version: string): Release {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isAtLeast = (wantedMajor: number, wantedMinor: number) =>
    major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  return {
    keepsLabels: isAtLeast(2, 6),
    hasDefaultPolicies: isAtLeast(2, 6),
    addsMeshLabel: isAtLeast(2, 9),
    hasMeshExternalService: isAtLeast(2, 8),
    hasKri: isAtLeast(2, 11),
    hasExternalService: !isAtLeast(3, 0),
  };
}
