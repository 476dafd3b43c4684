import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonical, toServer } from "../../provider/canonical.ts";
import type { JsonObject } from "../../provider/fields.ts";
import type { Problem } from "../../provider/validate.ts";
import { validate } from "../../provider/validate.ts";
import { kindsOf } from "../../sandbox/kuma/kinds/index.ts";
import { checkLabels, checkNames } from "../../sandbox/kuma/meta.ts";
import { bodies, SCHEMAS, serverSchema } from "./apisix-bodies.ts";
import {
  anyArgs,
  argsOf,
  externalService,
  otherForms,
  route,
  SEED,
  upstream,
  zoneEgress,
} from "./arbitraries.ts";
import { allMutations, mutated, wholeBody } from "./mutations.ts";
import { STRICTER } from "./stricter.ts";

const RUNS = { seed: SEED, numRuns: 3000 };

/** Fields left out of a body that has all the others, since they exclude some of those. */
const EXCLUDING = {
  route: [
    ["uris", "hosts", "remote_addrs", "script", "upstream"],
    ["uri", "host", "remote_addr", "plugins", "plugin_config_id", "upstream_id", "upstream"],
  ],
  upstream: [["service_name", "discovery_type"], ["nodes"]],
} as const;

const isExcused = ({ path, reason }: Problem) =>
  STRICTER.some((place) => place.path.test(path) && place.reason.test(reason));

describe.each([
  ["route", route],
  ["upstream", upstream],
] as const)("our schema of %s and APISIX's", (name, kind) => {
  const server = serverSchema(name);
  const nearlyValid = mutated(SCHEMAS[name] ?? {}, bodies(name));
  const problemsOf = (body: JsonObject) => validate(kind, argsOf(body) as JsonObject);

  /** Says what the server's schema says, once it is sure that ours says the same. */
  function compare(body: JsonObject): "accepted" | "refused" {
    const problems = problemsOf(body);
    if (server(body)) {
      expect(problems.filter((problem) => !isExcused(problem))).toEqual([]);
      return "accepted";
    }
    expect(problems, JSON.stringify([body, server.errors])).not.toEqual([]);
    return "refused";
  }

  test("what we accept, the server's schema accepts in the form in which we send it", () => {
    let accepted = 0;
    const args = otherForms(nearlyValid.map((body) => argsOf(body) as JsonObject));
    fc.assert(
      fc.property(args, (args) => {
        if (validate(kind, args).length > 0) return;
        accepted++;
        const sent = toServer(kind, canonical(kind, args));
        expect(server(sent), JSON.stringify([sent, server.errors])).toBe(true);
      }),
      RUNS,
    );
    expect(accepted).toBeGreaterThan(RUNS.numRuns / 5);
  });

  test.each(EXCLUDING[name].map((excluded) => [...excluded]))(
    "agree on every single mistake in a body with all fields but %s",
    (...excluded) => {
      const whole = wholeBody(SCHEMAS[name] ?? {}, excluded);
      expect([server(whole), problemsOf(whole)]).toEqual([true, []]);
      for (const body of allMutations(SCHEMAS[name] ?? {}, whole)) compare(body);
    },
  );

  test("what the server's schema accepts, we accept, apart from the places in the written list", () => {
    let refused = 0;
    fc.assert(
      fc.property(nearlyValid, (body) => {
        if (compare(body) === "refused") refused++;
      }),
      RUNS,
    );
    expect(refused).toBeGreaterThan(RUNS.numRuns / 5);
  });
});

describe("ours is stricter on purpose, because", () => {
  test.each(STRICTER)("$why", ({ path, reason, examples }) => {
    for (const { kind, body, at } of examples) {
      const server = serverSchema(kind);
      expect(server(body), JSON.stringify(server.errors)).toBe(true);
      const problems = validate(kind === "route" ? route : upstream, argsOf(body) as JsonObject);
      expect(problems).toEqual([{ path: at, reason: expect.stringMatching(reason) }]);
      expect(at).toMatch(path);
    }
  });
});

describe.each([externalService, zoneEgress])("our schema of $type and the control plane's rules", (kind) => {
  const model = kindsOf("2.14.3").find(({ type }) => `kuma:${type}` === kind.type);

  test("what we accept, the control plane accepts and keeps whole", () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyArgs(kind), (args) => {
        if (validate(kind, args).length > 0) return;
        accepted++;
        const { type: _, mesh, name, labels = {}, ...spec } = toServer(kind, canonical(kind, args));
        const kept = model?.decode(spec) ?? {};
        expect(kept).toEqual(spec);
        const complaints = [
          ...(model?.check?.(kept) ?? []),
          ...checkNames(
            { type: "", mesh: String(mesh), name: String(name), labels: {} },
            kind === externalService,
          ),
          ...checkLabels(labels as JsonObject),
        ];
        expect(complaints, JSON.stringify(args)).toEqual([]);
      }),
      RUNS,
    );
    expect(accepted).toBeGreaterThan(RUNS.numRuns / 5);
  });
});
