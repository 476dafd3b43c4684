import { describe, expect, test } from "vitest";
import { answering, recognisedBy } from "../../provider/model/reach/answering.ts";
import { allows } from "../../provider/model/reach/permission.ts";
import { reach } from "../../provider/model/reach/reach.ts";
import type { World } from "../../provider/model/reach/world.ts";
import { notKnown } from "../../provider/model/serving/not-known.ts";
import type { Stored } from "../../provider/model/serving/objects.ts";

const MTLS = { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" }] };
const mesh = (rest: object = {}): Stored => ({ type: "Mesh", name: "m", ...rest });
const service = (
  name: string,
  address: string,
  rest: { tags?: object; networking?: object } = {},
): Stored => ({
  type: "ExternalService",
  mesh: "m",
  name,
  tags: { "kuma.io/service": name, "kuma.io/protocol": "http", ...rest.tags },
  networking: { address, ...rest.networking },
});
const egress: Stored = { type: "ZoneEgress", name: "e", networking: { address: "10.0.0.9", port: 10002 } };
const client = (tags: object, networking: object = { transparentProxying: {} }): Stored => ({
  type: "Dataplane",
  mesh: "m",
  name: "client",
  networking: { address: "10.0.0.1", inbound: [{ port: 80, tags }], ...networking },
});
const policy = (type: string, name: string, spec: object, rest: object = {}): Stored => ({
  type,
  mesh: "m",
  name,
  spec,
  ...rest,
});

function found(resources: Stored[], dataplane?: Stored, rest: Partial<World> = {}) {
  const result = reach({ resources, ...rest }, "m", dataplane);
  if (!result) throw new Error("the mesh is not there");
  return result;
}

function names(resources: Stored[], dataplane?: Stored): Record<string, string[]> {
  const { backends } = found(resources, dataplane);
  return Object.fromEntries(
    backends.map(({ service: tag, names: all }) => [
      tag,
      all.map(({ host, port }) => `${host}:${port}`).sort(),
    ]),
  );
}

describe("names", () => {
  test("a tag with an underscore has a second name, with a dot", () => {
    expect(names([mesh(), service("a_b", "x.test:443")]).a_b).toEqual([
      "a.b.mesh:443",
      "a.b.mesh:80",
      "a_b.mesh:443",
      "a_b.mesh:80",
      "x.test:443",
      "x.test:80",
    ]);
  });

  test("a VirtualOutbound gives a name of its own where its templates need only the tag", () => {
    const outbound = (port: string): Stored => ({
      type: "VirtualOutbound",
      mesh: "m",
      name: "v",
      selectors: [{ match: { "kuma.io/service": "*" } }],
      conf: { host: "{{.svc}}.virtual", port, parameters: [{ name: "svc", tagKey: "kuma.io/service" }] },
    });
    expect(names([mesh(), service("a", "x.test:80"), outbound("8080")]).a).toContain("a.virtual:8080");
    expect(names([mesh(), service("a", "x.test:80"), outbound("{{.port}}")]).a).toEqual([
      "a.mesh:80",
      "x.test:80",
    ]);
  });

  test("host names of a MeshExternalService are those that the control plane gave, else those of the generators", () => {
    const external = (status?: object): Stored =>
      policy(
        "MeshExternalService",
        "x",
        { match: { port: 80 }, endpoints: [] },
        { labels: { team: "a" }, ...(status && { status }) },
      );
    const generator = (matchLabels: object): Stored => ({
      type: "HostnameGenerator",
      name: "g",
      spec: {
        selector: { meshExternalService: { matchLabels } },
        template: '{{ .Name }}.{{ .Mesh }}.{{ label "team" }}',
      },
    });
    const builtIn = "x.extsvc.mesh.local:80";
    expect(names([mesh(), external(), generator({ team: "a" })]).x).toEqual([builtIn, "x.m.a:80"].sort());
    expect(names([mesh(), external(), generator({ team: "b" })]).x).toEqual([builtIn]);
    expect(names([mesh(), external({ addresses: [{ hostname: "given.test" }] })]).x).toEqual([
      "given.test:80",
    ]);
  });

  test("a data plane of the tag goes before its external service", () => {
    const local: Stored = { ...client({ "kuma.io/service": "a" }), name: "a-1" };
    const [backend] = found([mesh(), service("a", "x.test:443"), local]).backends;
    expect(backend?.route).toMatchObject({
      value: { way: { by: "data planes", addresses: [{ address: "10.0.0.1" }] } },
    });
  });

  test("an outbound to nothing leads nowhere", () => {
    const plain = client({}, { outbound: [{ port: 1, tags: { "kuma.io/service": "gone" } }] });
    expect(found([mesh()], plain).backends).toMatchObject([
      {
        kind: "no service",
        names: [{ host: "127.0.0.1", port: 1 }],
        route: { value: { way: { dead: { why: "no service" } } } },
      },
    ]);
  });
});

describe("permissions at the egress", () => {
  const base = [mesh({ mtls: MTLS, routing: { zoneEgress: true } }), egress, service("a", "x.test:443")];
  const allowed = (policies: Stored[], tags: object = { "kuma.io/service": "web" }): boolean | undefined => {
    const [backend] = found([...base, ...policies]).backends;
    if (!backend?.permission.known) throw new Error("the permission is not known");
    return backend.permission.value && allows(backend.permission.value, client(tags));
  };
  const from = (action: string, targetRef: object = { kind: "Mesh" }) => [{ targetRef, default: { action } }];
  const permission = (name: string, rest: object, labels: object = {}) =>
    policy("MeshTrafficPermission", name, rest, { labels });

  test("a special target goes before the whole mesh, and the first name before the others", () => {
    const special = { kind: "MeshService", name: "a" };
    expect(allowed([])).toBe(false);
    expect(allowed([permission("p", { from: from("Allow") })])).toBe(true);
    expect(
      allowed([
        permission("p", { from: from("Allow") }),
        permission("q", { targetRef: special, from: from("Deny") }),
      ]),
    ).toBe(false);
    expect(allowed([permission("p", { from: from("Allow") }), permission("q", { from: from("Deny") })])).toBe(
      true,
    );
    expect(allowed([permission("p", { from: from("Deny") }), permission("q", { from: from("Allow") })])).toBe(
      false,
    );
  });

  test("a zone's policy goes before a global one, and one that only shadows counts for nothing", () => {
    const zone = { "kuma.io/origin": "zone" };
    const global = { "kuma.io/origin": "global" };
    expect(
      allowed([
        permission("a", { from: from("Deny") }, global),
        permission("z", { from: from("Allow") }, zone),
      ]),
    ).toBe(true);
    expect(allowed([permission("p", { from: from("Allow") }, { "kuma.io/effect": "shadow" })])).toBe(false);
    expect(allowed([permission("p", { from: from("AllowWithShadowDeny") })])).toBe(true);
  });

  test("of the rules of a policy the last that takes the client decides", () => {
    const web = { kind: "MeshSubset", tags: { "kuma.io/service": "web" } };
    const rules = { from: [...from("Allow"), ...from("Deny", web)] };
    expect(allowed([permission("p", rules)])).toBe(false);
    expect(allowed([permission("p", rules)], { "kuma.io/service": "other" })).toBe(true);
  });

  test("a target that is a data plane says nothing about an external service", () => {
    expect(allowed([permission("p", { targetRef: { kind: "Dataplane" }, from: from("Allow") })])).toBe(false);
  });

  test("an older TrafficPermission counts where no MeshTrafficPermission does; the more special goes first", () => {
    const old = (name: string, source: string, destination: string): Stored => ({
      type: "TrafficPermission",
      mesh: "m",
      name,
      sources: [{ match: { "kuma.io/service": source } }],
      destinations: [{ match: { "kuma.io/service": destination } }],
    });
    expect(allowed([old("p", "*", "*")])).toBe(true);
    expect(allowed([old("p", "*", "*"), old("q", "other", "a")])).toBe(false);
    expect(allowed([old("p", "*", "*"), permission("d", { from: from("Deny") })])).toBe(false);
  });

  test("without an egress nobody is asked", () => {
    const [backend] = found([mesh({ mtls: MTLS }), service("a", "x.test:443")]).backends;
    expect(backend?.permission).toEqual({ known: true, value: undefined });
  });
});

describe("passthrough", () => {
  const passthrough = (policies: Stored[], dataplane?: Stored, open = true) =>
    found([mesh({ networking: { outbound: { passthrough: open } } }), ...policies], dataplane).passthrough;
  const web = client({ "kuma.io/service": "web" });

  test("without a transparent proxy Kuma does not see what goes out", () => {
    expect(passthrough([], client({}, {}), false)).toEqual({
      known: true,
      value: { mode: "not intercepted" },
    });
  });

  test("a policy for some goes before one for all, and the lists of both are joined", () => {
    const match = (value: string) => ({ type: "Domain", value, protocol: "tls", port: 443 });
    const all = policy("MeshPassthrough", "all", {
      default: { passthroughMode: "All", appendMatch: [match("a.test")] },
    });
    const some = policy("MeshPassthrough", "some", {
      targetRef: { kind: "MeshSubset", tags: { "kuma.io/service": "web" } },
      default: { passthroughMode: "Matched", appendMatch: [match("b.test")] },
    });
    expect(passthrough([all, some], web)).toMatchObject({
      value: { mode: "matched", matches: [{ value: "a.test" }, { value: "b.test" }], by: { id: "some" } },
    });
    expect(passthrough([all, some], client({ "kuma.io/service": "other" }))).toMatchObject({
      value: { mode: "all" },
    });
    expect(passthrough([all, some])).toMatchObject({
      because: [{ field: { id: "some", path: "spec.targetRef" }, why: "request" }],
    });
  });

  test("a policy without a mode lets out what it lists, and nothing without a list", () => {
    expect(passthrough([policy("MeshPassthrough", "p", { default: {} })], web)).toMatchObject({
      value: { mode: "none" },
    });
  });
});

describe("what answers", () => {
  const appendMatch = [
    { type: "Domain", value: "*.wild.test", protocol: "http", port: 80 },
    { type: "Domain", value: "one.test", protocol: "tls" },
    { type: "CIDR", value: "192.0.2.0/24", protocol: "tcp", port: 5432 },
  ];
  const matched = policy("MeshPassthrough", "p", { default: { passthroughMode: "Matched", appendMatch } });
  const all = found([mesh(), service("a", "x.test:8443"), matched]);

  test("a name at its port; at another port it gets nowhere", () => {
    expect(answering(all, "X.test", 8443).backends.map(({ service: tag }) => tag)).toEqual(["a"]);
    const other = answering(all, "a.mesh", 9);
    expect(other.backends).toEqual([]);
    expect(other.otherPorts.map(({ service: tag }) => tag)).toEqual(["a"]);
  });

  test.each([
    ["y.wild.test", 80, "out if"],
    ["y.wild.test", 443, "not out"],
    ["wild.test", 80, "not out"],
    ["one.test", 9, "out if"],
    ["192.0.2.7", 5432, "out if"],
    ["192.0.3.7", 5432, "not out"],
    ["db.test", 5432, "out if"],
  ])("%s at %i is let %s", (host, port, expected) => {
    expect(answering(all, host, port).letOut).toMatchObject({ value: { let: expected } });
  });

  test("a destination is recognised by server name, Host header or address", () => {
    const { letOut } = answering(all, "y.wild.test", 80);
    const [match] = letOut.known && letOut.value.let === "out if" ? letOut.value.matches : [];
    expect(match && recognisedBy(match)).toBe("Host header");
  });
});

describe("what is not known", () => {
  test("a mesh that does not say whether it has an egress leaves the way open", () => {
    const unknown = mesh({ mtls: MTLS, routing: { zoneEgress: notKnown("unknown") } });
    const [backend] = found([unknown, egress, service("a", "x.test:443")]).backends;
    const field = { collection: "Mesh", id: "m", path: "routing.zoneEgress" };
    expect(backend?.route).toEqual({ known: false, because: [{ field, why: "unknown" }] });
    expect(backend?.names.length).toBeGreaterThan(0);
  });

  test("a permission that is not known leaves names and way as they are", () => {
    const hidden = policy("MeshTrafficPermission", "p", { from: notKnown("unknown") });
    const resources = [
      mesh({ mtls: MTLS, routing: { zoneEgress: true } }),
      egress,
      service("a", "x.test:443"),
      hidden,
    ];
    const [backend] = found(resources).backends;
    expect(backend?.route).toMatchObject({ value: { way: { by: "egress", beyond: { known: true } } } });
    expect(backend?.permission).toMatchObject({
      because: [{ field: { id: "p", path: "spec.from" }, why: "unknown" }],
    });
    const [straight] = found([
      mesh({ mtls: notKnown("unknown") }),
      service("a", "x.test:443"),
      hidden,
    ]).backends;
    expect(straight).toMatchObject({
      route: { value: { way: { by: "straight" } } },
      permission: { known: true },
    });
  });

  test("an address or a tag that is not known is said, since it may take a name", () => {
    const address = service("a", "x.test:80", { networking: { address: notKnown("secret") } });
    const tag = service("b", "y.test:80", { tags: { "kuma.io/service": notKnown("unknown") } });
    const { unclear, backends } = found([mesh(), address, tag, service("c", "z.test:80")]);
    expect(unclear.map(({ field: { id, path }, why }) => `${id} ${path} ${why}`)).toEqual(
      expect.arrayContaining(["a networking.address secret", "b tags.kuma.io/service unknown"]),
    );
    expect(backends.map(({ service: name }) => name)).toEqual(["c"]);
  });

  test("a secret that may not be there makes its service not known, and a missing one leaves it out", () => {
    const tls = { tls: { enabled: true, caCert: { secret: "ca" } } };
    const resources = [mesh(), service("a", "x.test:443", { networking: tls })];
    const first = (rest: Partial<World>) => found(resources, undefined, rest).backends[0];
    expect(first({})?.route).toMatchObject({
      because: [{ field: { path: "networking.tls.caCert.secret" }, why: "not there" }],
    });
    expect(first({ secrets: ["ca"] })?.route).toMatchObject({ value: { way: { by: "straight" } } });
    expect(first({ secrets: [] })).toMatchObject({
      route: { value: { way: { by: "nothing", dead: { why: "missing secret", secret: "ca" } } } },
      leftOut: [{ source: "a", secret: "ca" }],
    });
  });

  test("a certificate whose text is hidden verifies all the same", () => {
    const tls = { tls: { enabled: true, caCert: { inline: notKnown("secret") } } };
    const [backend] = found([mesh(), service("a", "x.test:443", { networking: tls })]).backends;
    expect(backend?.route).toMatchObject({
      value: { way: { endpoints: [{ tls: { chain: "own CA", sni: "x.test" } }] } },
    });
  });

  test("a mesh that is not among the objects is not guessed", () => {
    expect(reach({ resources: [] }, "m")).toBeUndefined();
  });
});
