import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sharedHostNames } from "../../provider/model/lints/host-names.ts";
import { withHostnames } from "../../sandbox/kuma/upkeep/hostnames.ts";
import { SEED } from "../support/arbitraries.ts";

const BUILT_IN = "{{ .DisplayName }}.extsvc.mesh.local";
const labels = fc.dictionary(
  fc.constantFrom("app", "team", "kuma.io/display-name"),
  fc.constantFrom("a", "b"),
);
const service = fc.record({ mesh: fc.constantFrom("default", "apps"), labels });
const generator = fc.record({
  template: fc.constantFrom(
    ...["pay.internal", "{{ .DisplayName }}.internal", "{{ .Name }}.{{ .Mesh }}.internal", "NO.internal"],
    ...['{{ label "app" }}.internal', '{{ label "team" }}.{{ .Mesh }}', BUILT_IN],
  ),
  matchLabels: fc.option(fc.dictionary(fc.constantFrom("app", "team"), fc.constantFrom("a", "b"))),
});

test("what two services are said to share is what the control plane refuses to one of them", () => {
  const names = ["a", "b", "c"];
  const property = fc.property(
    fc.array(service, { maxLength: names.length }),
    fc.array(generator, { maxLength: 2 }),
    (services, generators) => {
      const specs = generators.map(({ template, matchLabels }) => ({
        selector: { meshExternalService: matchLabels ? { matchLabels } : {} },
        template,
      }));
      const declared = [
        ...services.map((args, index) => ({
          type: "kuma:MeshExternalService",
          name: names[index] ?? "",
          args: { ...args, name: names[index] ?? "" },
        })),
        ...specs.map((spec, index) => ({
          type: "kuma:HostnameGenerator",
          name: `g${index}`,
          args: { spec },
        })),
      ];
      const stored = services.map((one, index) => ({
        type: "MeshExternalService",
        name: names[index] ?? "",
        ...one,
      }));
      const own = { selector: { meshExternalService: {} }, template: BUILT_IN };
      const all = [own, ...specs].map((spec, index) => ({
        type: "HostnameGenerator",
        name: `g${index}`,
        spec,
      }));
      const refused = withHostnames(stored, all, "zone").filter((one) =>
        JSON.stringify(one.status ?? {}).includes('"Collision"'),
      );
      const shared = sharedHostNames(declared);
      expect(refused.length > 0).toBe(shared.length > 0);
      for (const { name } of refused)
        expect(shared.some(({ services: having }) => having.some((one) => one.name === name))).toBe(true);
    },
  );
  fc.assert(property, { seed: SEED, numRuns: 500 });
});
