import { describe, expect, it } from "vitest";
import { bothYaml, errorOf, registered, routeYaml, theOne, upstreamYaml } from "../support/manifests.ts";

const second = (name: string) => upstreamYaml().replace("name: u", `name: ${name}`);

describe("a rule of an ApisixRoute becomes a route", () => {
  it("called NAMESPACE_ROUTE_RULE, whose upstream is the resource made of the ApisixUpstream", async () => {
    const resources = await registered(bothYaml());
    expect(resources.map(({ type, name }) => [type, name])).toEqual([
      ["apisix:Upstream", "docs-apisix_u"],
      ["apisix:Route", "docs-apisix_r_rule1"],
    ]);
    expect(resources[1]?.inputs).toEqual({ routeId: "apisix_r_rule1", uris: ["/*"], upstreamId: "apisix_u" });
    expect(resources[1]?.dependencies).toContain("docs-apisix_u");
  });

  it("one for each rule", async () => {
    const two = "\n  - name: rule2\n    match: { paths: [/two] }\n    upstreams: [{ name: u }]";
    const routes = (await registered(bothYaml().replace("\n---", `${two}\n---`))).filter(
      ({ type }) => type === "apisix:Route",
    );
    expect(routes.map(({ inputs }) => [inputs.routeId, inputs.uris])).toEqual([
      ["apisix_r_rule1", ["/*"]],
      ["apisix_r_rule2", ["/two"]],
    ]);
  });

  it("with an id that APISIX takes, the same at every run, when NAMESPACE_ROUTE_RULE is none", async () => {
    const yaml = bothYaml().replace(
      "rule1",
      "all paths, of every host, for everyone who comes to us by whatever way",
    );
    const { routeId } = await theOne("apisix:Route", yaml);
    expect(routeId).toMatch(/^apisix_r_all-paths-of-every-host-[\w-]+_[0-9a-f]{8}$/);
    expect(String(routeId).length).toBeLessThanOrEqual(64);
    expect((await theOne("apisix:Route", yaml)).routeId).toBe(routeId);
  });

  it.for<[what: string, rule: string, match: string, args: object]>([
    ["hosts", "", "hosts: [a.example, '*.b.example']", { hosts: ["a.example", "*.b.example"] }],
    ["methods", "", "methods: [GET, POST]", { methods: ["GET", "POST"] }],
    ["client addresses", "", "remoteAddrs: [10.0.0.0/8]", { remoteAddrs: ["10.0.0.0/8"] }],
    [
      "a function",
      "",
      "filter_func: function(vars) return true end",
      { filterFunc: "function(vars) return true end" },
    ],
    ["priority", "priority: 7", "", { priority: 7 }],
    ["websocket", "websocket: true", "", { enableWebsocket: true }],
    [
      "timeouts in seconds, 60 where none is given",
      "timeout: { send: 2m }",
      "",
      { timeout: { connect: 60, send: 120, read: 60 } },
    ],
    [
      "plugins that are in use",
      "plugins:\n- { name: cors, enable: true, config: { allow_origins: '*' } }\n- { name: echo, enable: false }\n- { name: prometheus }",
      "",
      { plugins: { cors: { allow_origins: "*" }, prometheus: {} } },
    ],
    ["a plugin config of the gateway", "plugin_config_name: shared", "", { pluginConfigId: "shared" }],
    [
      "key authentication",
      "authentication: { enable: true, type: keyAuth, keyAuth: { header: X-Key } }",
      "",
      { plugins: { "key-auth": { header: "X-Key" } } },
    ],
    [
      "basic authentication",
      "authentication: { enable: true, type: basicAuth }",
      "",
      { plugins: { "basic-auth": {} } },
    ],
    [
      "JWT authentication",
      "authentication: { enable: true, type: jwtAuth, jwtAuth: { query: t } }",
      "",
      { plugins: { "jwt-auth": { query: "t" } } },
    ],
    ["wolf RBAC", "authentication: { enable: true, type: wolfRBAC }", "", { plugins: { "wolf-rbac": {} } }],
    [
      "HMAC authentication",
      "authentication: { enable: true, type: hmacAuth }",
      "",
      { plugins: { "hmac-auth": {} } },
    ],
    [
      "LDAP authentication",
      "authentication: { enable: true, type: ldapAuth, ldapAuth: { base_dn: d, ldap_uri: u, uid: cn, use_tls: true } }",
      "",
      { plugins: { "ldap-auth": { base_dn: "d", ldap_uri: "u", uid: "cn", use_tls: true } } },
    ],
  ])("with %s", async ([, rule, match, args]) => {
    expect(await theOne("apisix:Route", bothYaml(rule, match))).toMatchObject(args);
  });

  it("without authentication that is switched off, and without empty lists", async () => {
    const route = await theOne(
      "apisix:Route",
      bothYaml("authentication: { enable: false, type: keyAuth }", "hosts: []"),
    );
    expect(Object.keys(route).sort()).toEqual(["routeId", "upstreamId", "uris"]);
  });

  it("with the plugins of a plugin config among the files, under its own", async () => {
    const config = `
---
apiVersion: apisix.apache.org/v2
kind: ApisixPluginConfig
metadata: { name: shared }
spec: { plugins: [{ name: cors, config: { max_age: 5 } }, { name: echo, config: { body: theirs } }] }`;
    const rule = "plugin_config_name: shared\nplugins: [{ name: echo, config: { body: own } }]";
    const route = await theOne("apisix:Route", bothYaml(rule) + config);
    expect(route).toMatchObject({ plugins: { cors: { max_age: 5 }, echo: { body: "own" } } });
    expect(route).not.toHaveProperty("pluginConfigId");
  });
});

describe("an expression becomes a condition", () => {
  it.for<[expression: string, condition: unknown[]]>([
    ["{ subject: { scope: Header, name: X-User-Id }, op: Equal, value: me }", ["http_x_user_id", "==", "me"]],
    ["{ subject: { scope: Query, name: id }, op: NotEqual, value: '1' }", ["arg_id", "~=", "1"]],
    ["{ subject: { scope: Cookie, name: sid }, op: GreaterThan, value: '1' }", ["cookie_sid", ">", "1"]],
    ["{ subject: { scope: Path }, op: RegexMatch, value: '^/a' }", ["uri", "~~", "^/a"]],
    [
      "{ subject: { scope: Variable, name: remote_addr }, op: LessThan, value: b }",
      ["remote_addr", "<", "b"],
    ],
    [
      "{ subject: { scope: Body, name: model.version }, op: LessThanEqual, value: '4' }",
      ["post_arg.model.version", "<=", "4"],
    ],
    ["{ subject: { scope: Query, name: a }, op: GreaterThanEqual, value: '4' }", ["arg_a", ">=", "4"]],
    ["{ subject: { scope: Query, name: a }, op: RegexNotMatch, value: x }", ["arg_a", "!", "~~", "x"]],
    ["{ subject: { scope: Query, name: a }, op: RegexMatchCaseInsensitive, value: x }", ["arg_a", "~*", "x"]],
    [
      "{ subject: { scope: Query, name: a }, op: RegexNotMatchCaseInsensitive, value: x }",
      ["arg_a", "!", "~*", "x"],
    ],
    ["{ subject: { scope: Query, name: a }, op: In, set: [x, y] }", ["arg_a", "in", ["x", "y"]]],
    ["{ subject: { scope: Query, name: a }, op: NotIn, set: [x] }", ["arg_a", "!", "in", ["x"]]],
  ])("%s", async ([expression, condition]) => {
    expect(await theOne("apisix:Route", bothYaml("", `exprs: [${expression}]`))).toMatchObject({
      vars: [condition],
    });
  });
});

describe("several upstreams share the traffic", () => {
  it("by weight, 100 where none is given, the first as the route's own", async () => {
    const yaml = `${routeYaml("upstreams: [{ name: u, weight: 20 }, { name: v }]")}\n---\n${upstreamYaml()}\n---\n${second("v")}`;
    const resources = await registered(yaml);
    const route = resources.find(({ type }) => type === "apisix:Route");
    expect(route?.inputs).toMatchObject({
      upstreamId: "apisix_u",
      plugins: {
        "traffic-split": {
          rules: [{ weighted_upstreams: [{ weight: 20 }, { upstream_id: "apisix_v", weight: 100 }] }],
        },
      },
    });
    expect(route?.dependencies).toEqual(expect.arrayContaining(["docs-apisix_u", "docs-apisix_v"]));
  });

  it("unless the rule has a traffic-split of its own, which would take it over", async () => {
    const rule =
      "plugins: [{ name: traffic-split, config: { rules: [] } }]\nupstreams: [{ name: u }, { name: v }]";
    const yaml = `${routeYaml(rule)}\n---\n${upstreamYaml()}\n---\n${second("v")}`;
    expect(await errorOf(yaml)).toMatch(
      /yaml:\d+: ApisixRoute "r": spec.http\[0\].plugins has traffic-split/,
    );
  });
});

describe("what a route of the Admin API cannot be is an error", () => {
  const line = (yaml: string, text: string) => yaml.split("\n").findIndex((row) => row.includes(text)) + 1;

  it.for<[what: string, rule: string, match: string, at: string, error: string]>([
    [
      "Kubernetes backends",
      "backends: [{ serviceName: a, servicePort: 80 }]",
      "",
      "backends:",
      "spec.http[0].backends are Kubernetes Services",
    ],
    [
      "secrets of plugins",
      "plugins: [{ name: csrf, secretRef: s }]",
      "",
      "plugins:",
      "spec.http[0].plugins[0].secretRef is a Secret of Kubernetes",
    ],
    [
      "a plugin that stands there twice",
      "plugins:\n- name: csrf\n- name: csrf # again",
      "",
      "again",
      'spec.http[0].plugins[1].name "csrf" stands in the list twice',
    ],
    [
      "authentication beside its plugin",
      "plugins: [{ name: key-auth }]\nauthentication: { enable: true, type: keyAuth }",
      "",
      "authentication:",
      'spec.http[0].authentication does not go with the plugin "key-auth"',
    ],
    [
      "settings of another authentication",
      "authentication: { enable: true, type: keyAuth, jwtAuth: { header: a } }",
      "",
      "authentication:",
      'jwtAuth has no effect with type "keyAuth"',
    ],
    [
      "a plugin config of another namespace that is not there",
      "plugin_config_name: p\nplugin_config_namespace: other",
      "",
      "plugin_config_namespace",
      'spec.http[0].plugin_config_namespace "other": no ApisixPluginConfig "p"',
    ],
    [
      "a namespace without a plugin config",
      "plugin_config_namespace: other",
      "",
      "plugin_config_namespace",
      "has no effect without plugin_config_name",
    ],
    [
      "an upstream that is not there",
      "upstreams: [{ name: v }]",
      "",
      "upstreams:",
      'spec.http[0].upstreams[0].name "v" is no ApisixUpstream among the files in the namespace "apisix"',
    ],
    [
      "a filter that is no function",
      "",
      "filter_func: return true",
      "filter_func:",
      'spec.http[0].match.filter_func "return true" has to begin with',
    ],
    ["a host that is none", "", "hosts: ['http://a.example']", "hosts:", "spec.http[0].match.hosts[0]"],
    [
      "an unknown field",
      "pluginConfigName: x",
      "",
      "pluginConfigName",
      'spec.http[0].pluginConfigName is no field that exists here; did you mean "plugin_config_name"?',
    ],
    [
      "a plugin's configuration that the plugin does not take",
      "plugins:\n- name: prometheus\n- name: cors\n  config:\n    max_age: long # here",
      "",
      "here",
      "spec.http[0].plugins[1].config.max_age",
    ],
    [
      "an unknown operator",
      "",
      "exprs: [{ subject: { scope: Path }, op: Equals, value: a }]",
      "exprs:",
      'did you mean "Equal"?',
    ],
    [
      "an unknown authentication",
      "authentication: { enable: true, type: key-auth }",
      "",
      "authentication:",
      'did you mean "keyAuth"?',
    ],
  ])("%s", async ([, rule, match, at, error]) => {
    const yaml = bothYaml(rule, match);
    const message = await errorOf(yaml);
    expect(message).toContain(error);
    expect(message).toContain(`yaml:${line(yaml, at)}: ApisixRoute "r": `);
  });

  it("stream rules", async () => {
    const stream =
      "stream: [{ name: s, protocol: TCP, match: { ingressPort: 1 }, backend: { serviceName: a, servicePort: 1 } }]";
    expect(await errorOf(bothYaml().replace("spec:", `spec:\n  ${stream}`))).toMatch(
      'yaml:6: ApisixRoute "r": spec.stream is not translated',
    );
  });

  it("an upstream of another namespace", async () => {
    const yaml = bothYaml().replace("name: u\nspec", "name: u\n  namespace: other\nspec");
    expect(await errorOf(yaml)).toMatch('"u" is no ApisixUpstream among the files in the namespace "apisix"');
  });

  it("objects of two ingress classes, which are two gateways", async () => {
    const yaml = `${bothYaml()}\n  ingressClassName: a`.replace(
      "spec:\n  http:",
      "spec:\n  ingressClassName: b\n  http:",
    );
    expect(await errorOf(yaml)).toMatch('spec.ingressClassName "a" is another class than that of yaml:6');
  });
});
