import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonical } from "../../provider/model/canonical.ts";
import { type Json, type JsonObject, UNKNOWN } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { kindDefinition } from "../../provider/model/kuma/policies/definitions.ts";
import { formatDuration, parseDuration } from "../../provider/model/kuma/policies/duration.ts";
import { SPECIFIED_KINDS } from "../../provider/model/kuma/policies/index.ts";
import { plural, policy } from "../../provider/model/kuma/policy.ts";
import { type Problem, validate } from "../../provider/model/validate.ts";
import { fromServer, toServer } from "../../provider/model/wire.ts";
import { SEED } from "../support/arbitraries.ts";

const timeout = kindOf("kuma:MeshTimeout");
const mesh: JsonObject = { kind: "Mesh" };
const toMesh = (conf: Json): JsonObject => ({
  name: "a",
  spec: { to: [{ targetRef: mesh, default: conf }] },
});

function problems(kind: Kind, args: JsonObject): string[] {
  return validate(kind, args).map(({ path, reason }: Problem) => `${path}: ${reason}`);
}

function warnings(kind: Kind, spec: JsonObject, more: JsonObject = {}): string[] {
  const said: string[] = [];
  const args = { mesh: "default", name: "a", ...more, spec };
  expect(validate(kind, args, { warn: (text) => said.push(text), customPlugins: [] })).toEqual([]);
  return said;
}

describe("a duration", () => {
  test.each([
    ["90s", "1m30s"],
    ["24h", "24h0m0s"],
    ["1.5h", "1h30m0s"],
    ["1us", "1µs"],
    ["1500us", "1.5ms"],
    ["0.25s", "250ms"],
    ["1h0.5s", "1h0m0.5s"],
    ["0", "0s"],
    ["+5s", "5s"],
    ["-0h", "0s"],
    ["999ns", "999ns"],
  ])("%s is %s, as Go writes it", (text, wanted) => {
    const args = canonical(timeout, toMesh({ idleTimeout: text }));
    expect(args).toEqual(toMesh({ idleTimeout: wanted }));
  });

  test.each(["1d", "5", "", "5 s", "5S", "1h-5m", "s", ".s", "9999999h", "1e3s"])(
    "is not %j, which Go does not read",
    (text) => {
      expect(problems(timeout, toMesh({ idleTimeout: text }))).toEqual([
        expect.stringContaining("spec.to[0].default.idleTimeout: "),
      ]);
    },
  );

  test("is no number", () => {
    expect(problems(timeout, toMesh({ idleTimeout: 5 }))).toEqual([
      expect.stringMatching(/^spec\.to\[0\]\.default\.idleTimeout: .*is not a string/),
    ]);
  });

  test("that Go has written is read as the same nanoseconds", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n - 1n), max: 2n ** 63n - 1n }), (nanoseconds) => {
        expect(parseDuration(formatDuration(nanoseconds))).toBe(nanoseconds);
      }),
      { seed: SEED },
    );
  });
});

describe("what Kuma fills in by itself", () => {
  const route = (ref: JsonObject): JsonObject => ({
    name: "a",
    spec: {
      to: [
        {
          targetRef: { kind: "MeshService", name: "a" },
          rules: [{ default: { backendRefs: [{ kind: "MeshService", name: "b", ...ref }] } }],
        },
      ],
    },
  });
  const tcpRoute = kindOf("kuma:MeshTCPRoute");

  test.each<[Json | undefined]>([[undefined], [null], [1]])("is said by %j, too", (weight) => {
    const args = route(weight === undefined ? {} : { weight });
    expect(problems(tcpRoute, args)).toEqual([]);
    expect(canonical(tcpRoute, args)).toEqual(canonical(tcpRoute, route({})));
    expect(fromServer(tcpRoute, { ...route({ weight: 1 }), type: "MeshTCPRoute" }, { name: "a" })).toEqual(
      canonical(tcpRoute, args),
    );
  });

  test("may be null only where there is a default", () => {
    expect(problems(tcpRoute, route({ port: null }))).toEqual([
      expect.stringContaining("backendRefs[0].port: null is not"),
    ]);
  });

  test("is what it makes, and no one declares", () => {
    const service = kindOf("kuma:MeshService");
    const ports: Json[] = [{ port: 80, targetPort: 80, appProtocol: "http", name: "web" }];
    const object = {
      ...{ type: "MeshService", mesh: "default", name: "a", kri: "kri_msvc_default___a_" },
      ...{ labels: {}, snis: ["a"], status: { vips: [] }, creationTime: "x", modificationTime: "y" },
      spec: { state: "Available", identities: [{ type: "ServiceTag", value: "a" }], ports },
    };
    expect(fromServer(service, object, { mesh: "default", name: "a" })).toEqual({
      mesh: "default",
      name: "a",
      spec: { ports },
    });
    expect(problems(service, { name: "a", spec: { state: "Available" } })).toEqual([
      expect.stringContaining("spec.state: is no field that exists here"),
    ]);
  });
});

describe("an unknown field", () => {
  test("is refused where it stands, with the one that is meant", () => {
    expect(problems(timeout, toMesh({ http: { requestTimout: "5s", requestTimeout: "5s" } }))).toEqual([
      expect.stringMatching(
        /^spec\.to\[0\]\.default\.http\.requestTimout: is no field that exists here; did you mean "requestTimeout"\?/,
      ),
    ]);
  });

  test("is legal in what Kuma keeps as it comes", () => {
    const backend = {
      type: "OpenTelemetry",
      openTelemetry: { endpoint: "a:4317", body: { anything: [{}] } },
    };
    const log = kindOf("kuma:MeshAccessLog");
    const args = toMesh({ backends: [backend] });
    expect(problems(log, args)).toEqual([]);
    expect(canonical(log, args)).toEqual(args);
  });
});

describe("a target", () => {
  test.each<[kind: string, spec: JsonObject, problem: string]>([
    [
      "MeshTimeout",
      {
        targetRef: { kind: "MeshGateway", name: "a" },
        from: [{ targetRef: mesh, default: { idleTimeout: "1s" } }],
      },
      "spec.from[0]: does not go with the target MeshGateway; use to",
    ],
    [
      "MeshTimeout",
      { from: [{ targetRef: { kind: "MeshService", name: "a" }, default: { idleTimeout: "1s" } }] },
      'spec.from[0].targetRef.kind: "MeshService" is no target here; allowed: Mesh',
    ],
    [
      "MeshHealthCheck",
      { to: [{ targetRef: { kind: "MeshHTTPRoute", name: "a" }, default: { tcp: {} } }] },
      'spec.to[0].targetRef.kind: "MeshHTTPRoute" is no target here',
    ],
    [
      "MeshTLS",
      { targetRef: { kind: "MeshGateway", name: "a" } },
      'spec.targetRef.kind: "MeshGateway" is no target',
    ],
    [
      "MeshTimeout",
      { to: [{ targetRef: { kind: "Mesh", name: "a" }, default: { idleTimeout: "1s" } }] },
      'spec.to[0].targetRef.name: "a" does not go with the kind Mesh; Mesh takes: proxyTypes',
    ],
    ["MeshTimeout", {}, "spec.from: is missing; one of from, to, rules has to be given and not empty"],
    [
      "MeshTimeout",
      {
        rules: [{ default: { idleTimeout: "1s" } }],
        to: [{ targetRef: mesh, default: { idleTimeout: "1s" } }],
      },
      "spec.to: does not go with rules; write all of it in rules",
    ],
  ])("of a %s is one that Kuma takes there: %j", (type, spec, problem) => {
    const found = problems(kindOf(`kuma:${type}`), { name: "a", spec });
    expect(found).toContainEqual(expect.stringContaining(problem));
  });

  test("is judged when it is known", () => {
    const unknown = { targetRef: { kind: UNKNOWN }, rules: UNKNOWN, from: UNKNOWN };
    expect(problems(timeout, { name: "a", spec: unknown })).toEqual([]);
  });
});

describe("what Kuma warns of", () => {
  test("is told at a preview", () => {
    const from = [{ targetRef: mesh, default: { idleTimeout: "1s" } }];
    expect(warnings(timeout, { from })).toEqual([
      'The MeshTimeout "default/a": spec.from is deprecated; use spec.rules.',
    ]);
    const subset = { kind: "MeshSubset", tags: { a: "b" } };
    const to = [{ targetRef: mesh, default: { idleTimeout: "1s" } }];
    expect(warnings(timeout, { targetRef: subset, to })).toEqual([
      'The MeshTimeout "default/a": the kind MeshSubset of spec.targetRef is deprecated; use Dataplane with labels.',
    ]);
    expect(warnings(timeout, { targetRef: { kind: "Dataplane", labels: { a: "b" } }, to })).toEqual([]);
  });
});

describe("a policy of any type", () => {
  test.each([...SPECIFIED_KINDS.keys()])("is judged as %s where it is one", (type) => {
    const kind = kindOf(type);
    expect(policy.specific?.({ type: kind.title })?.schema.shape.spec).toBe(kind.schema.shape.spec);
  });

  test("is judged as a mesh external service where it is one", () => {
    const args = { name: "a", type: "MeshExternalService", spec: { match: { port: 80, protcol: "tcp" } } };
    expect(problems(policy.specific?.(args) ?? policy, args)).toEqual([
      expect.stringContaining("spec.match.protcol: is no field that exists here"),
    ]);
  });

  test("is judged by the server where its type is not known", () => {
    expect(policy.specific?.({ type: "MeshOfTheFuture" })).toBeUndefined();
    expect(policy.specific?.({ type: "constructor" })).toBeUndefined();
  });

  test("stands where Kuma keeps its type", () => {
    for (const type of SPECIFIED_KINDS.keys()) {
      const name = type.replace("kuma:", "");
      expect(plural(name)).toBe(kindDefinition(name).plural);
    }
  });

  test("goes to the server as it is written", () => {
    const args = { mesh: "default", type: "MeshTimeout", ...toMesh({ http: { requestTimeout: "90s" } }) };
    const specific = policy.specific?.(args) ?? policy;
    expect(toServer(specific, args)).toEqual(args);
    expect(canonical(specific, args)).toEqual({
      ...args,
      ...toMesh({ http: { requestTimeout: "1m30s" } }),
    });
  });
});
