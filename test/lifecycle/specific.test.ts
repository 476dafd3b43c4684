import { afterAll, afterEach, expect, test } from "vitest";
import type { JsonObject } from "../../provider/model/fields.ts";
import { startKuma } from "../../sandbox/kuma/index.ts";
import { kumaResource } from "../support/kuma-resource.ts";

const kuma = await startKuma();
afterAll(() => kuma.close());
afterEach(() => {
  for (const type of ["MeshTimeout", "MeshTCPRoute", "MeshService"]) kuma.store.delete(type, "default", "a");
});

const timeouts = (conf: JsonObject): JsonObject => ({
  type: "MeshTimeout",
  spec: { to: [{ targetRef: { kind: "Mesh" }, default: conf }] },
});

test.each<[what: string, args: JsonObject]>([
  ["a duration in another spelling than Go's", timeouts({ http: { requestTimeout: "90s" } })],
  [
    "a default that the server fills in",
    {
      type: "MeshTCPRoute",
      spec: {
        to: [
          {
            targetRef: { kind: "MeshService", name: "a" },
            rules: [{ default: { backendRefs: [{ kind: "MeshService", name: "b" }] } }],
          },
        ],
      },
    },
  ],
  ["what the server makes itself", { type: "MeshService", origin: "zone", spec: { ports: [{ port: 80 }] } }],
])("a policy of a type that is known is compared by it: %s", async (_, args) => {
  const resource = kumaResource("kuma:Policy", kuma);
  expect(await resource.check(args)).toEqual([]);
  await resource.create();
  expect(await resource.refresh()).toBeUndefined();
  expect(await resource.diff()).toEqual({ changes: false, replaces: [] });
});

test("a policy of a type that is known is judged by it", async () => {
  const resource = kumaResource("kuma:Policy", kuma);
  expect(await resource.check(timeouts({ conectionTimeout: "5s" }))).toEqual([
    expect.stringContaining(
      'spec.to[0].default.conectionTimeout: is no field that exists here; did you mean "connectionTimeout"',
    ),
  ]);
});

test("what is not changed since an older version took it is only warned of", async () => {
  const old = timeouts({ connectionTimeout: "5s", mark: "7" });
  const resource = kumaResource("kuma:Policy", kuma);
  resource.startWith({ state: { mesh: "default", name: "a", ...old } });
  expect(await resource.check(old)).toEqual([]);
  expect(resource.warnings.join("\n")).toMatch(
    /The policy "default\/MeshTimeout\/a", which is not changed: spec\.to\[0\]\.default\.mark: is no field/,
  );
  expect(await resource.diff()).toEqual({ changes: false, replaces: [] });
  expect(await resource.check(timeouts({ connectionTimeout: "6s", mark: "7" }))).toHaveLength(1);
});

test("a type that the control plane does not have is refused, with the one that is meant", async () => {
  const resource = kumaResource("kuma:Policy", kuma);
  expect(await resource.check({ type: "MeshTimeuot", spec: {} })).toEqual([
    `type: the control plane ${kuma.url} has no type "MeshTimeuot"; did you mean "MeshTimeout"?`,
  ]);
});

test("a state of it is one of the type's own kind, too, so that an alias turns the one into the other", async () => {
  const { type: _, ...args } = timeouts({ connectionTimeout: "5s" });
  const former = kumaResource("kuma:Policy", kuma);
  expect(await former.check({ ...args, type: "MeshTimeout" })).toEqual([]);
  await former.create();
  const written = () => kuma.store.get("MeshTimeout", "default", "a");
  const before = written();
  const resource = kumaResource("kuma:MeshTimeout", kuma);
  resource.startWith(former.saved());
  expect(await resource.check(args)).toEqual([]);
  expect(await resource.diff()).toEqual({ changes: false, replaces: [] });
  expect(await resource.refresh()).toBeUndefined();
  expect(written()).toEqual(before);
  const { type: _type, ...changed } = timeouts({ connectionTimeout: "6s" });
  expect(await resource.check(changed)).toEqual([]);
  expect(await resource.diff()).toEqual({ changes: true, replaces: [] });
  await resource.update();
  expect(written()).toMatchObject({ spec: changed.spec });
  expect(await resource.refresh()).toBeUndefined();
  await resource.remove();
  expect(written()).toBeUndefined();
});
