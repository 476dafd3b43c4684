import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonical } from "../../provider/model/canonical.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { externalService } from "../../provider/model/kuma/external-service.ts";
import { zoneEgress } from "../../provider/model/kuma/zone-egress.ts";
import type { Problem } from "../../provider/model/validate.ts";
import { validate } from "../../provider/model/validate.ts";
import { toServer } from "../../provider/model/wire.ts";
import { kindsOf } from "../../sandbox/kuma/kinds/index.ts";
import { checkLabels } from "../../sandbox/kuma/labels.ts";
import { checkNames } from "../../sandbox/kuma/meta.ts";
import { argsOf, kindOfSchema, otherForms } from "../support/apisix-arguments.ts";
import { bodies, SCHEMA_NAMES, SCHEMAS, type SchemaName, serverSchema } from "../support/apisix-bodies.ts";
import { anyArgs, SEED } from "../support/arbitraries.ts";
import { allMutations, mutated, wholeBody } from "../support/mutations.ts";
import { STRICTER } from "../support/stricter.ts";

const RUNS = { seed: SEED, numRuns: 3000 };
/** Of the kinds that are made of few fields. */
const FEWER_RUNS = { seed: SEED, numRuns: 500 };

/** Fields left out of a body that has all the others, since they exclude some of those. */
const EXCLUDING: Partial<Record<SchemaName, string[][]>> = {
  route: [
    ["uris", "hosts", "remote_addrs", "script", "upstream"],
    ["uri", "host", "remote_addr", "plugins", "plugin_config_id", "upstream_id", "upstream"],
  ],
  upstream: [["service_name", "discovery_type"], ["nodes"]],
  service: [["upstream"], ["upstream_id", "upstream"]],
  stream_route: [["upstream"]],
  ssl: [
    ["sni", "certs", "keys"],
    ["snis", "certs", "keys"],
  ],
};

const isExcused = ({ path, reason }: Problem) =>
  STRICTER.some((place) => place.path.test(path) && place.reason.test(reason));

describe.each(SCHEMA_NAMES)("our schema of %s and APISIX's", { timeout: 30_000 }, (name) => {
  const kind = kindOfSchema(name);
  const runs = ["route", "upstream"].includes(name) ? RUNS : FEWER_RUNS;
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
      runs,
    );
    expect(accepted).toBeGreaterThan(runs.numRuns / 5);
  });

  test.each((EXCLUDING[name] ?? [[]]).map((excluded) => [excluded]))(
    "agree on every single mistake in a body with all fields but %s",
    (excluded) => {
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
      runs,
    );
    expect(refused).toBeGreaterThan(runs.numRuns / 5);
  });
});

describe("ours is stricter on purpose, because", () => {
  test.each(STRICTER)("$why", ({ path, reason, examples }) => {
    for (const { kind, body, at } of examples) {
      const server = serverSchema(kind);
      expect(server(body), JSON.stringify(server.errors)).toBe(true);
      const problems = validate(kindOfSchema(kind), argsOf(body) as JsonObject);
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
          ...(model?.check?.(kept, { name: "", mesh: "", labels: {} }) ?? []),
          ...checkNames({ mesh: String(mesh), name: String(name) }, kind === externalService),
          ...checkLabels(labels as JsonObject),
        ];
        expect(complaints, JSON.stringify(args)).toEqual([]);
      }),
      RUNS,
    );
    expect(accepted).toBeGreaterThan(RUNS.numRuns / 5);
  });
});
