import { describe, expect, test } from "vitest";
import { definitions, type Schema } from "../../sandbox/kuma/schema/schema.ts";
import { compactCrds, crds, crdsFile } from "../../tools/kuma-crds.ts";

describe("the compact form of Kuma's definitions that the sandbox reads", () => {
  test("is the one that Kuma's own definitions give; npm run generate:crds renews it", async () => {
    await expect(compactCrds()).toMatchFileSnapshot(crdsFile);
  });

  test("has every kind, and every keyword of every field that says what is legal", () => {
    const all = crds();
    expect(Object.keys(definitions)).toEqual([...all.keys()]);
    for (const [kind, { spec }] of all) {
      const { properties } = spec.versions[0]?.schema.openAPIV3Schema ?? {};
      expect(rulesOf(definitions[kind]?.spec), kind).toEqual(rulesOf(properties?.spec));
      expect(rulesOf(definitions[kind]?.status), kind).toEqual(rulesOf(properties?.status));
    }
  });
});

/** Every keyword of a schema that says what is legal, with its place. */
function rulesOf(schema: unknown, path = ""): string[] {
  if (schema === undefined) return [];
  const { properties = {}, items, additionalProperties, anyOf = [], ...rules } = schema as Schema;
  const own = Object.entries(rules)
    .filter(([name]) => !["description", "example"].includes(name) && !name.startsWith("x-kubernetes-list"))
    .map(([name, value]) => `${path} ${name} ${JSON.stringify(value)}`)
    .sort();
  return [
    ...own,
    ...Object.entries(properties).flatMap(([name, inner]) => rulesOf(inner, `${path}.${name}`)),
    ...rulesOf(items, `${path}[]`),
    ...rulesOf(additionalProperties, `${path}.*`),
    ...anyOf.flatMap((inner, index) => rulesOf(inner, `${path}|${index}`)),
  ];
}
