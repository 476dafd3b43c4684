/**
 * The end-to-end tests that run through both doors: as Pulumi's dynamic resources, and once more through the plugins (the
 * project e2e-plugin of vitest.config.mts, in which the classes of plugin-apisix.ts and plugin-kuma.ts take the place of the
 * package's). They are those over all kinds, and those of what a door could change: outputs, previews, references, providers. test/e2e/doors.test.ts goes from one door to the other and back.
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
  "lost-answer",
  "previews",
  "references",
  "bad-input",
  "providers",
  "policies",
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
  "ids unknown in a preview": {
    door: "dynamic",
    why: "A preview of the plugins knows the id that an object will have, and so judges what is made from it already.",
  },
  "references by text": {
    door: "dynamic",
    why: "The classes of the dynamic resources see the whole program; a plugin is asked for one resource at a time.",
  },
  "providers of a resource": {
    door: "dynamic",
    why: "Pulumi's own class refuses `providers` for a resource; ours takes the one of its kind out of the list.",
  },
  replaceOnChanges: {
    door: "plugin",
    why: "Pulumi's dynamic resources cannot say which fields change, so the engine finds none that asks for a replacement.",
  },
  "id and urn": {
    door: "dynamic",
    why: "Pulumi's SDK drops arguments of these names before a plugin sees them; types refuse them.",
  },
} as const;
