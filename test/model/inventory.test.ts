import { describe, expect, test } from "vitest";
import { type JsonObject, UNKNOWN } from "../../provider/model/fields.ts";
import { gatewaysOf } from "../../provider/model/inventory/gateways.ts";
import { inventoryOf } from "../../provider/model/inventory/inventory.ts";
import { controlPlanesOf } from "../../provider/model/inventory/meshes.ts";
import { readPreview } from "../../provider/model/inventory/previews.ts";
import type { Draft } from "../../provider/model/inventory/resource.ts";
import { readState } from "../../provider/model/inventory/states.ts";
import { told } from "../../provider/model/inventory/values.ts";
import { recorded } from "../support/recorded-previews.ts";

const state = readState(recorded("state"), undefined, "state.json");
const preview = readPreview(recorded("preview"), undefined, "preview.json");

const draft = (type: string, name: string, args: object, rest: Partial<Draft> = {}): Draft => ({
  ...{ place: "a", type, name, args: args as Draft["args"], source: "test", dependencies: {} },
  ...rest,
});
/** What a server has by a draft's arguments, as JSON says it. */
function objectIn(drafts: Draft[], type: string, name: string) {
  const { resources, notes } = inventoryOf(drafts);
  expect(notes).toEqual([]);
  return told(resources.find((one) => one.type === type && one.name === name)?.object);
}

describe("values", () => {
  test("a secret of a state is secret, also when the state was exported with --show-secrets", () => {
    const shown = readState(recorded("state-shown"), undefined, "state.json");
    for (const { drafts } of [state, shown]) {
      expect(objectIn(drafts, "apisix:Consumer", "jack")).toMatchObject({
        plugins: { "key-auth": { key: { notKnown: "secret" } } },
      });
      expect(objectIn(drafts, "apisix:Route", "hidden")).toMatchObject({
        hosts: [{ notKnown: "secret" }],
        uris: ["/partner/*"],
      });
      expect(JSON.stringify(told(inventoryOf(drafts).resources))).not.toMatch(/nobody-sees|hidden-host/);
    }
  });

  test("a secret by its field is secret, also where a state or a server has it in clear", () => {
    const args = { plugins: { "key-auth": { key: "in-clear" } } };
    expect(objectIn([draft("apisix:Consumer", "jack", args)], "apisix:Consumer", "jack")).toEqual({
      ...{ id: "jack", username: "jack" },
      plugins: { "key-auth": { key: { notKnown: "secret" } } },
    });
  });

  test("a header that a plugin sets is secret by a name that sounds so, unless it refers to one", () => {
    const set = { Authorization: "Bearer in-clear", "X-Api-Key": "$env://KEY", "X-Team": "edge" };
    const args = { uri: "/", plugins: { "proxy-rewrite": { headers: { set } } } };
    expect(objectIn([draft("apisix:Route", "r", args)], "apisix:Route", "r")).toMatchObject({
      plugins: {
        "proxy-rewrite": { headers: { set: { ...set, Authorization: { notKnown: "secret" } } } },
      },
    });
  });

  test("an unknown value of a preview is unknown, and a hidden one secret", () => {
    expect(objectIn(preview.drafts, "apisix:Route", "new")).toMatchObject({
      id: "new",
      uris: [{ notKnown: "unknown" }],
      plugin_config_id: "limits",
    });
    expect(objectIn(preview.drafts, "apisix:Route", "hidden")).toMatchObject({
      hosts: [{ notKnown: "secret" }],
    });
  });

  test("both may stand where a list or a number is expected, side by side", () => {
    const { drafts } = readState(
      {
        deployment: {
          resources: [
            {
              urn: "urn:pulumi:s::p::apisix:index:Route::r",
              type: "apisix:index:Route",
              inputs: { uris: UNKNOWN, hosts: "[secret]", priority: UNKNOWN, methods: ["GET", "[secret]"] },
            },
          ],
        },
      },
      undefined,
      "s",
    );
    expect(objectIn(drafts, "apisix:Route", "r")).toEqual({
      id: "r",
      uris: { notKnown: "unknown" },
      hosts: { notKnown: "secret" },
      priority: { notKnown: "unknown" },
      methods: expect.arrayContaining(["GET", { notKnown: "secret" }]),
    });
  });
});

describe("references", () => {
  const urn = "urn:pulumi:s::p::pulumi-nodejs:dynamic/apisix:Upstream::u";
  const other = "urn:pulumi:s::p::pulumi-nodejs:dynamic/apisix:Service::s";
  const reference = (urns: string[]) =>
    objectIn(
      [
        draft("apisix:Upstream", "u", { upstreamId: "the-id", nodes: { "a:80": 1 } }, { urn }),
        draft("apisix:Service", "s", {}, { urn: other }),
        draft(
          "apisix:Route",
          "r",
          readState(
            {
              deployment: {
                resources: [
                  {
                    urn: "urn:pulumi:s::p::apisix:index:Route::r",
                    type: "apisix:index:Route",
                    inputs: { uri: "/", upstreamId: UNKNOWN },
                  },
                ],
              },
            },
            undefined,
            "s",
          ).drafts[0]?.args ?? {},
          { dependencies: { upstreamId: urns } },
        ),
      ],
      "apisix:Route",
      "r",
    );

  test("an unknown one is the one resource on which its field depends", () => {
    expect(reference([urn])).toMatchObject({ upstream_id: "the-id" });
  });

  test("it stays unknown where there are several, none, or one of another type", () => {
    for (const urns of [[], [urn, other], [other], ["urn:pulumi:x::y::z::nobody"]])
      expect(reference(urns)).toMatchObject({ upstream_id: { notKnown: "unknown" } });
  });
});

describe("places and servers", () => {
  const upstream = (name: string, rest: Partial<Draft>) =>
    draft("apisix:Upstream", name, { nodes: {} }, rest);
  const count = (...drafts: Draft[]) => gatewaysOf(inventoryOf(drafts).resources).length;
  const url = "http://127.0.0.1:9180";

  test("one URL in two places is two gateways, one id of the configuration is one", () => {
    expect(
      count(upstream("a", { place: "x", server: url }), upstream("b", { place: "y", server: url })),
    ).toBe(2);
    expect(
      count(upstream("a", { place: "x", server: "edge" }), upstream("b", { place: "y", server: "edge" })),
    ).toBe(1);
    expect(
      count(upstream("a", { place: "x", server: url }), upstream("b", { place: "x", server: url })),
    ).toBe(1);
  });

  test("what a provider has not made yet is at the server of what it has made", () => {
    expect(count(upstream("a", { provider: "p", server: url }), upstream("b", { provider: "p" }))).toBe(1);
    expect(count(upstream("a", { provider: "p", server: url }), upstream("b", { provider: "q" }))).toBe(2);
  });

  test("a stack's place is its project and name, unless it is named", () => {
    expect(new Set(state.drafts.map(({ place }) => place))).toEqual(new Set(["edge/prod"]));
    const named = readState(recorded("state"), "zone-1", "state.json");
    expect(new Set(named.drafts.map(({ place }) => place))).toEqual(new Set(["zone-1"]));
  });
});

describe("previews", () => {
  test("what there is after the change is without what is deleted, and says what changes and where", () => {
    const names = preview.drafts.map(({ type, name, operation }) => `${operation} ${type} ${name}`);
    expect(names).toContain("create apisix:Route new");
    expect(names).toContain("update apisix:Route httpbin");
    expect(names).toContain("same apisix:Upstream httpbin");
    expect(names.filter((name) => name.includes("MeshTrafficPermission"))).toEqual([]);
    expect(preview.drafts.find(({ name }) => name === "new")?.line).toMatch(/^index\.ts line \d+$/);
    expect(preview.notes).toEqual([]);
  });

  test("what there was before is the state's, and with --refresh what the server has", () => {
    const names = ({ before }: typeof preview) => before.map(({ type, name }) => `${type} ${name}`).sort();
    expect(names(preview)).toEqual(state.drafts.map(({ type, name }) => `${type} ${name}`).sort());
    const refreshed = readPreview(recorded("preview-refresh"), undefined, "preview.json");
    const hosts = ({ before }: typeof preview) =>
      before.find(({ type, name }) => type === "apisix:Route" && name === "httpbin")?.args.host;
    expect(hosts(preview)).toBe("local.httpbin.org");
    expect(hosts(refreshed)).toBe("drifted.httpbin.org");
  });

  test("one with an error, or without what does not change, says so", () => {
    const document = recorded("preview");
    const steps = (document.steps as unknown as { op: string }[]).filter(({ op }) => op !== "same");
    expect(readPreview({ ...document, steps: steps as never }, undefined, "p").incomplete).toEqual([
      "without unchanged",
    ]);
    const diagnostics = [{ severity: "error", message: "x" }];
    expect(
      readPreview({ ...document, diagnostics: diagnostics as never }, undefined, "p").incomplete,
    ).toEqual(["failed"]);
  });
});

describe("meshes", () => {
  const service = draft("kuma:ExternalService", "s", {
    ...{ mesh: "m", tags: { "kuma.io/service": "s" }, networking: { address: "a.example:80" } },
  });
  const meshIn = (drafts: Draft[]) => {
    const [plane] = controlPlanesOf(inventoryOf(drafts).resources);
    return plane?.world("default").resources.find(({ type }) => type === "Mesh");
  };

  test("a mesh that no source has says nothing, and a patch of it only what it patches", () => {
    expect(told(meshIn([service]))).toMatchObject({ name: "m", mtls: { notKnown: "unknown" } });
    const patch = draft("kuma:MeshPatch", "p", { mesh: "m", routing: { zoneEgress: true } });
    expect(told(meshIn([service, patch]))).toMatchObject({
      mtls: { notKnown: "unknown" },
      routing: { zoneEgress: true, localityAwareLoadBalancing: { notKnown: "unknown" } },
    });
    const mesh = draft("kuma:Mesh", "m", { routing: { localityAwareLoadBalancing: true } });
    expect(told(meshIn([mesh, patch]))).toMatchObject({
      routing: { zoneEgress: true, localityAwareLoadBalancing: true },
    });
  });
});

test("objects of Kuma in Kubernetes are those of its API, and all others are left out", () => {
  const resource = (type: string, inputs: object) => ({ urn: `urn:pulumi:s::p::${type}::n`, type, inputs });
  const { drafts } = readState(
    {
      deployment: {
        resources: [
          resource("kubernetes:kuma.io/v1alpha1:ExternalService", {
            ...{ metadata: { name: "httpbin" }, mesh: "m" },
            spec: { tags: { "kuma.io/service": "httpbin" }, networking: { address: "httpbin.org:80" } },
          }),
          resource("kubernetes:kuma.io/v1alpha1:MeshPassthrough", {
            metadata: { name: "p", labels: { "kuma.io/mesh": "m" } },
            spec: { targetRef: { kind: "Mesh" }, default: { passthroughMode: "None" } },
          }),
          resource("kubernetes:core/v1:Secret", { metadata: { name: "x" } }),
          resource("random:index/randomId:RandomId", {}),
        ] as never,
      },
    },
    undefined,
    "s",
  );
  const { resources } = inventoryOf(drafts);
  expect(resources.map(({ object }) => told(object))).toEqual([
    {
      ...{ type: "ExternalService", mesh: "m", name: "httpbin" },
      ...{ tags: { "kuma.io/service": "httpbin" }, networking: { address: "httpbin.org:80" } },
    },
    {
      ...{ type: "MeshPassthrough", mesh: "m", name: "p" },
      spec: { targetRef: { kind: "Mesh" }, default: { passthroughMode: "None" } },
    },
  ]);
});

test("states of every release can be read whole", () => {
  for (const release of ["0.1.0", "0.2.0"]) {
    const document = recorded(`../../states/${release}`).state as unknown as JsonObject;
    const { drafts, notes } = readState(document, undefined, release);
    const found = inventoryOf(drafts);
    expect([...notes, ...found.notes]).toEqual([]);
    expect(found.resources.length).toBeGreaterThan(30);
  }
});

test("what cannot be what its field says is not known, is said with its place, and leaves the rest to be read", () => {
  const route = (inputs: object) => ({
    urn: "urn:pulumi:s::p::apisix:index:Route::r",
    type: "apisix:index:Route",
    inputs,
  });
  const read = (inputs: object) => {
    const { drafts, notes } = readState(
      { deployment: { resources: [route(inputs) as never] } },
      undefined,
      "s",
    );
    const found = inventoryOf(drafts);
    return { object: told(found.resources[0]?.object), notes: [...notes, ...found.notes] };
  };
  const unknown = { notKnown: "unknown" };
  const nodes = [
    { port: 80, weight: 1 },
    { host: "a.example", port: "http", weight: 1 },
  ];
  const { object, notes } = read({
    uri: "/r",
    hosts: "a.example",
    priority: [1],
    upstream: { nodes },
    retries: 1,
  });
  expect(object).toMatchObject({ uris: ["/r"], hosts: unknown, priority: unknown });
  expect(notes.map((note) => note.replace(/^.*: /, ""))).toEqual([
    "hosts cannot be read.",
    "priority cannot be read.",
    "upstream.nodes[0].host cannot be read.",
    "upstream.nodes[1].port cannot be read.",
  ]);
  // Nothing makes a text of these, and messages are made of texts.
  for (const inputs of [{ uri: { toString: "x" } }, { uri: "/", plugins: { a: { b: { toString: 1 } } } }])
    expect(() => JSON.stringify(read(inputs))).not.toThrow();
});

test("each entry of a bundle is a resource, of either door, and what is secret in it stays so", () => {
  const routes = { edge: { uri: "/edge", host: "[secret]", upstreamId: "u" } };
  const upstreams = { u: { nodes: { "u.example:80": 1 } } };
  const resource = (type: string, inputs: object) => ({ urn: `urn:pulumi:s::p::${type}::b`, type, inputs });
  for (const bundle of [
    resource("pulumi-nodejs:dynamic/apisix:Bundle", {
      entries: { routes: 1, upstreams: 1, __text: JSON.stringify({ routes, upstreams }) },
      summary: "",
    }),
    resource("apisix:index:Bundle", { entries: { routes, upstreams } }),
  ]) {
    const { drafts, notes } = readState({ deployment: { resources: [bundle as never] } }, undefined, "s");
    expect(notes).toEqual([]);
    expect(objectIn(drafts, "apisix:Route", "edge")).toEqual({
      ...{ id: "edge", uris: ["/edge"], hosts: [{ notKnown: "secret" }], upstream_id: "u" },
    });
    expect(objectIn(drafts, "apisix:Upstream", "u")).toMatchObject({ id: "u" });
  }
  const unreadable = resource("apisix:index:Bundle", { entries: 1 });
  const { notes } = readState({ deployment: { resources: [unreadable as never] } }, undefined, "s");
  expect(notes[0]).toContain("cannot be read");
});
