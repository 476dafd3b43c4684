import { describe, expect, test } from "vitest";
import {
  globalRulesOnlyIn,
  lints,
  noPassthrough,
  outsideHosts,
  type Policy,
  routesAuthenticated,
  verifiedTls,
  withNotJudged,
} from "../../policies/index.ts";
import { type Declaration, reportsOf, UNKNOWN } from "../support/policies.ts";

const declared = (type: string, props: Record<string, unknown>, name = "x"): Declaration => ({
  type,
  name,
  props,
});
const route = (props: Record<string, unknown>) => declared("apisix:Route", { uri: "/", ...props });
const upstream = (props: Record<string, unknown>) => declared("apisix:Upstream", props, "u");
const service = (address: string, tls?: Record<string, unknown>) =>
  declared("kuma:ExternalService", {
    tags: { "kuma.io/service": "s" },
    networking: { address, ...(tls ? { tls } : {}) },
  });
const newer = (address: string, tls?: Record<string, unknown>) =>
  declared("kuma:MeshExternalService", {
    match: { port: 80 },
    endpoints: [{ address, port: 443 }],
    ...(tls ? { tls } : {}),
  });
const split = (nodes: unknown) => ({
  "traffic-split": { rules: [{ weighted_upstreams: [{ weight: 1, upstream: { nodes } }, { weight: 1 }] }] },
});
const logger = (more: Record<string, unknown> = {}) => ({
  "http-logger": { uri: "https://logs.example/in", ...more },
});
const passthrough = (conf: Record<string, unknown>) =>
  declared("kuma:MeshPassthrough", { spec: { default: conf } });
const keyed = { plugins: { "key-auth": {} } };
const bundle = (tables: Record<string, unknown>) => declared("apisix:Bundle", { entries: tables }, "team");

/** Stacks to which a rule objects, those to which it does not, and those of which it cannot judge something. */
const cases: Record<
  string,
  { policy: Policy; refuses: Declaration[][]; accepts: Declaration[][]; unclear: Declaration[][] }
> = {
  "TLS is verified": {
    policy: verifiedTls(),
    refuses: [
      [service("a.example:443", { enabled: true })],
      [newer("a.example", { enabled: true, verification: { mode: "SkipAll" } })],
      [route({ plugins: logger({ ssl_verify: false }) })],
      [declared("apisix:GlobalRule", { plugins: logger({ ssl_verify: false }) })],
      [bundle({ routes: { r: { uri: "/", plugins: logger({ ssl_verify: false }) } } })],
    ],
    accepts: [
      [service("a.example:443", { enabled: true, caCert: { secret: "ca" } }), service("a.example:80")],
      [newer("a.example", { enabled: true })],
      [
        route({ plugins: logger() }),
        route({ plugins: logger({ ssl_verify: false, _meta: { disable: true } }) }),
      ],
      [upstream({ scheme: "https", nodes: { "a.example:443": 1 } })],
    ],
    unclear: [
      [service("a.example:443", { enabled: UNKNOWN })],
      [newer("a.example", { enabled: true, verification: { mode: UNKNOWN } })],
      [route({ plugins: logger({ ssl_verify: UNKNOWN }) })],
    ],
  },
  "nothing is sent in the clear, and nothing that is not verified": {
    policy: verifiedTls({ plainText: "refused", gateways: "refused" }),
    refuses: [
      [service("a.example:80")],
      [upstream({ nodes: { "a.example:80": 1 } })],
      [upstream({ scheme: "https", nodes: { "a.example:443": 1 } })],
      [route({ upstream: { scheme: "grpcs", nodes: { "a.example:443": 1 } } })],
      [route({ plugins: { "http-logger": { uri: "http://logs.example/in" } } })],
    ],
    accepts: [[newer("a.example", { enabled: true })], [route({ upstreamId: "u" })]],
    unclear: [[upstream({ scheme: UNKNOWN, nodes: { "a.example:80": 1 } })]],
  },
  "no passthrough": {
    policy: noPassthrough(),
    refuses: [
      [declared("kuma:Mesh", {})],
      [declared("kuma:Mesh", { networking: { outbound: { passthrough: true } } })],
      [declared("kuma:MeshPatch", { networking: { outbound: { passthrough: true } } })],
      [passthrough({ passthroughMode: "All" })],
      [declared("kuma:Policy", { type: "MeshPassthrough", spec: { default: { passthroughMode: "All" } } })],
      [declared("kubernetes:kuma.io/v1alpha1:Mesh", { metadata: { name: "shop" }, spec: {} })],
    ],
    accepts: [
      [declared("kuma:Mesh", { networking: { outbound: { passthrough: false } } })],
      [declared("kuma:MeshPatch", { routing: { zoneEgress: true } })],
      [passthrough({ passthroughMode: "None" }), passthrough({})],
      [declared("kuma:Policy", { type: "MeshTimeout", spec: {} })],
    ],
    unclear: [
      [declared("kuma:Mesh", { networking: { outbound: { passthrough: UNKNOWN } } })],
      [passthrough({ passthroughMode: UNKNOWN })],
    ],
  },
  "hosts of a list": {
    policy: outsideHosts({ hosts: ["*.good.example", "10.0.0.1"] }),
    refuses: [
      [upstream({ nodes: { "bad.example:80": 1 } })],
      [upstream({ nodes: [{ host: "good.example", port: 80, weight: 1 }] })],
      [upstream({ nodes: [{ host: "a.good.example.evil", port: 80, weight: 1 }] })],
      [route({ upstream: { nodes: [{ host: "bad.example", port: 80, weight: 1 }] } })],
      [route({ plugins: split({ "bad.example:80": 1 }) })],
      [route({ plugins: split([{ host: "bad.example", port: 80, weight: 1 }]) })],
      [route({ plugins: logger() })],
      [service("bad.example:443")],
      [newer("bad.example")],
      [passthrough({ passthroughMode: "Matched", appendMatch: [{ type: "Domain", value: "bad.example" }] })],
      [bundle({ upstreams: { u: { nodes: { "bad.example:80": 1 } } } })],
    ],
    accepts: [
      [upstream({ nodes: { "A.GOOD.example:80": 1, "10.0.0.1:80": 1 } })],
      [route({ upstreamId: "u", plugins: split({ "a.good.example:80": 1 }) })],
      [service("a.good.example:443"), newer("10.0.0.1")],
      [declared("random:index:RandomId", { nodes: { "bad.example:80": 1 } })],
    ],
    unclear: [
      [upstream({ nodes: [{ host: UNKNOWN, port: 80, weight: 1 }] })],
      [upstream({ nodes: UNKNOWN })],
      [upstream({ serviceName: "a", discoveryType: "dns" })],
      [service(UNKNOWN)],
      [newer(UNKNOWN)],
    ],
  },
  "every route asks who calls": {
    policy: routesAuthenticated({ except: ["open-*"], plugins: ["own-auth"] }),
    refuses: [
      [route({})],
      [route({ plugins: { "limit-count": {} } })],
      [route({ plugins: { "key-auth": { _meta: { disable: true } } } })],
      [route({ plugins: { "key-auth": { _meta: { filter: [["arg_a", "==", "1"]] } } } })],
      [route({ plugins: { "key-auth": { anonymous_consumer: "everybody" } } })],
      [route({ plugins: { "openid-connect": { unauth_action: "pass" } } })],
      [route({ serviceId: "s" }), declared("apisix:Service", { serviceId: "s" })],
      [bundle({ routes: { r: { uri: "/" } } })],
    ],
    accepts: [
      [route(keyed)],
      [route({ plugins: { "own-auth": {} } }), route({ plugins: { "openid-connect": {} } })],
      [route({ serviceId: "s" }), declared("apisix:Service", { serviceId: "s", ...keyed })],
      [route({ pluginConfigId: "p" }), declared("apisix:PluginConfig", { pluginConfigId: "p", ...keyed })],
      [route({}), declared("apisix:GlobalRule", { globalRuleId: "g", ...keyed })],
      [route({ status: 0 })],
      [declared("apisix:Route", { uri: "/" }, "open-health")],
      [bundle({ routes: { r: { uri: "/", serviceId: "s" } }, services: { s: keyed } })],
    ],
    unclear: [
      [route({ serviceId: "elsewhere" })],
      [route({ pluginConfigId: UNKNOWN })],
      [route({ plugins: UNKNOWN })],
      [route({ plugins: { "key-auth": { anonymous_consumer: UNKNOWN } } })],
    ],
  },
  "global rules in some stacks": {
    policy: globalRulesOnlyIn({ allowedStacks: ["gateway/*"] }),
    refuses: [[declared("apisix:GlobalRule", { plugins: {} })]],
    accepts: [[route({})]],
    unclear: [],
  },
};

describe.each(Object.entries(cases))("%s", (_, { policy, refuses, accepts, unclear }) => {
  const policies = withNotJudged([policy]) as Policy[];

  test.each(["dynamic", "plugin"] as const)(
    "what it refuses is reported at its resource (%s)",
    async (door) => {
      for (const stack of refuses) {
        const reports = await reportsOf(policies, stack, { door });
        expect(reports.length, JSON.stringify(stack)).toBe(1);
        const name = stack[0]?.type.endsWith(":Bundle")
          ? 'routes|upstreams)\\.\\w of bundle "team"'
          : '\\w+:\\w+) ".*"';
        expect(reports[0]).toMatch(new RegExp(`^${policy.name} ${stack[0]?.name}: (${name}: `));
        expect(reports[0]).not.toMatch(/example|undefined|\[object/);
      }
    },
  );

  test("what is right is not reported", async () => {
    for (const stack of accepts) expect(await reportsOf(policies, stack), JSON.stringify(stack)).toEqual([]);
  });

  test("what is not known is reported as such, with its field, and refuses nothing", async () => {
    for (const stack of unclear) {
      const reports = await reportsOf(policies, stack);
      expect(reports.length, JSON.stringify([stack, reports])).toBe(1);
      expect(reports[0]).toMatch(
        new RegExp(`^not-judged ${stack[0]?.name}: ${policy.name} could not judge all of "`),
      );
    }
  });
});

test("one unknown value keeps one rule from judging one resource, and nothing else", async () => {
  const stack = [
    declared("apisix:Upstream", { nodes: [{ host: UNKNOWN, port: 80, weight: 1 }] }, "unknown"),
    declared("apisix:Upstream", { nodes: { "bad.example:80": 1 } }, "bad"),
    declared("kuma:Mesh", { name: UNKNOWN }, "mesh"),
  ];
  const policies = withNotJudged([outsideHosts({ hosts: [] }), noPassthrough()]) as Policy[];
  expect((await reportsOf(policies, stack)).map((one) => one.split(":")[0])).toEqual([
    "outside-hosts bad",
    "no-passthrough mesh",
    "not-judged unknown",
  ]);
});

test("each entry of a bundle is judged by itself, in both doors; what is secret or unknown in it is skipped and said", async () => {
  const nodes = (host: string) => ({ nodes: [{ host, port: 80, weight: 1 }] });
  const upstreams = {
    good: nodes("a.good.example"),
    bad: nodes("bad.example"),
    hidden: nodes("[secret]"),
    later: nodes(UNKNOWN),
  };
  // A key is nothing that is judged.
  const consumers = { jack: { plugins: { "key-auth": { key: "[secret]" } } } };
  const stack = [
    bundle({ upstreams, consumers }),
    { ...bundle({}), name: "unread", props: { entries: UNKNOWN } },
  ];
  const pack = withNotJudged([outsideHosts({ hosts: ["*.good.example"] })]) as Policy[];
  for (const door of ["dynamic", "plugin"] as const)
    expect(await reportsOf(pack, stack, { door })).toEqual([
      'outside-hosts team: upstreams.bad of bundle "team": nodes[0].host leads to a host that is not in the list of those that may be reached.',
      'not-judged unread: What bundle "unread" holds could not be judged: it is not known yet.',
      'not-judged team: outside-hosts could not judge all of upstreams.hidden of bundle "team": nodes[0].host is secret.',
      'not-judged team: outside-hosts could not judge all of upstreams.later of bundle "team": nodes[0].host is not known yet.',
    ]);
});

test("a policy is for the stacks of its patterns, and twice in a pack under two names", async () => {
  const stack = [declared("kuma:Mesh", {}, "shop")];
  const pack = [
    noPassthrough({ stacks: ["*/prod"] }),
    noPassthrough({ name: "elsewhere", exceptStacks: ["*/prod"], enforcementLevel: "advisory" }),
  ];
  const names = async (name: string) =>
    (await reportsOf(pack, stack, { stack: name })).map((one) => one.split(" ")[0]);
  expect(await names("edge/prod")).toEqual(["no-passthrough"]);
  expect(await names("edge/dev")).toEqual(["elsewhere"]);
  // The configuration of a pack goes before what it was made with.
  const config = { "no-passthrough": { stacks: ["*/dev"] } };
  expect(await reportsOf(pack.slice(0, 1), stack, { config })).toEqual([]);
});

test("a global rule is right in the stack that may have it", async () => {
  const pack = [globalRulesOnlyIn({ allowedStacks: ["gateway/*"] })];
  const stack = [declared("apisix:GlobalRule", { plugins: {} })];
  expect(await reportsOf(pack, stack, { stack: "gateway/prod" })).toEqual([]);
});

test("lints judge both doors, bundles and objects of Kubernetes, and quote no value", async () => {
  const tags = { "kuma.io/service": "confidential-tag" };
  const mixed = [
    declared("kuma:ExternalService", { tags, networking: { address: "a.example:80" } }, "a"),
    declared("kuma:ExternalService", { tags, networking: { address: "10.9.8.7:80" } }, "b"),
    declared("kuma:Mesh", { name: "confidential-mesh" }, "m"),
    declared(
      "kuma:ExternalService",
      {
        mesh: "confidential-mesh",
        tags: { "kuma.io/service": "other", "kuma.io/zone": "confidential-zone" },
        networking: { address: "a.example:80" },
      },
      "c",
    ),
    { ...bundle({ routes: { r: { uri: "/", hosts: ["confidential.example"] } } }), name: "team-a" },
    { ...bundle({ routes: { r: { uri: "/", hosts: ["confidential.example"] } } }), name: "team-b" },
    declared("kubernetes:kuma.io/v1alpha1:ExternalService", {
      metadata: { name: "k" },
      spec: {
        tags: { "kuma.io/service": "k" },
        networking: { address: "k.example:443", tls: { enabled: true } },
      },
    }),
  ];
  for (const door of ["dynamic", "plugin"] as const) {
    const reports = await reportsOf(lints(), mixed, { door });
    const names = new Set(reports.map((one) => one.split(" ")[0]));
    for (const name of [
      "mixed-addresses",
      "shared-service-tag",
      "passthrough-on",
      "host-of-two-bundles",
      "unverified-tls",
    ])
      expect([...names]).toContain(name);
    expect(reports.join("\n")).not.toMatch(/confidential|\.example|10\.9/);
  }
});
