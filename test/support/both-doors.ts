/**
 * The end-to-end tests that run through both doors: as Pulumi's dynamic resources, and once more through the plugins (the
 * project e2e-plugin of vitest.config.mts, in which the classes of plugin-apisix.ts and plugin-kuma.ts take the place of the
 * package's). They are those over all kinds, and those of outputs that a server makes. test/e2e/doors.test.ts goes from one door to the other and back.
 */
export const BOTH_DOORS = [
  "unchanged",
  "drift",
  "ownership",
  "replacement",
  "secrets",
  "faults",
  "killed",
  "federation",
  "import",
  "hostnames",
];

/** What these tests promise of one door only, and why. */
export const ONE_DOOR = {
  "import by a file": {
    door: "dynamic",
    why: "The engine cannot import dynamic resources, so the file holds their states; the plugins read what is imported.",
  },
  "import by id": {
    door: "plugin",
    why: "Pulumi's process for dynamic resources fails on a read without a state.",
  },
} as const;
