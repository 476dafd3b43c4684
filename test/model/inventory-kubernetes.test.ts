import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { exitsOf } from "../../provider/model/change/change.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { inventoryOf } from "../../provider/model/inventory/inventory.ts";
import { readPreview } from "../../provider/model/inventory/previews.ts";
import type { Resource } from "../../provider/model/inventory/resource.ts";
import { readState } from "../../provider/model/inventory/states.ts";
import { told } from "../../provider/model/inventory/values.ts";
import { registered } from "../support/manifests.ts";

const TYPES: Record<string, string> = {
  ApisixRoute: "kubernetes:apisix.apache.org/v2:ApisixRoute",
  ApisixUpstream: "kubernetes:apisix.apache.org/v2:ApisixUpstream",
  ApisixPluginConfig: "kubernetes:apisix.apache.org/v2:ApisixPluginConfig",
  Service: "kubernetes:core/v1:Service",
};

/** The objects of a YAML text as a state has them. */
function stateOf(yaml: string): JsonObject[] {
  return parseAllDocuments(yaml).map((document) => {
    const { kind, apiVersion, ...inputs } = document.toJS() as JsonObject & { kind: string };
    const { metadata = {} } = inputs as { metadata?: JsonObject };
    const type = TYPES[kind] ?? "";
    const urn = `urn:pulumi:prod::edge::${type}::${kind}-${String(metadata.name)}`;
    return { urn, type, inputs: { ...inputs, metadata: { namespace: "apisix", ...metadata } } };
  });
}

function inventory(resources: JsonObject[]): Resource[] {
  const { drafts, notes } = readState({ deployment: { resources } }, undefined, "state");
  const { resources: found, notes: more } = inventoryOf(drafts);
  expect([...notes, ...more]).toEqual([]);
  return found;
}

const byId = (resources: Resource[]) =>
  Object.fromEntries(resources.map(({ type, id, object }) => [`${type} ${id}`, told(object)]));

const upstream = `
apiVersion: apisix.apache.org/v2
kind: ApisixUpstream
metadata: { name: u, labels: { team: shop } }
spec:
  scheme: https
  retries: 2
  timeout: { connect: 5s, read: 1m, send: 1m }
  externalNodes:
    - { type: Domain, name: a.example, weight: 3 }
    - { type: Domain, name: b.example, port: 8443 }
`;
const second = `
apiVersion: apisix.apache.org/v2
kind: ApisixUpstream
metadata: { name: v }
spec: { passHost: node, externalNodes: [{ type: Service, name: outside }] }
`;
const service = `
apiVersion: v1
kind: Service
metadata: { name: outside }
spec: { type: ExternalName, externalName: outside.example }
`;
const CONDITION = "{ subject: { scope: Header, name: X-User }, op: RegexNotMatch, value: me }";
const route = (rule: string) => `
apiVersion: apisix.apache.org/v2
kind: ApisixRoute
metadata: { name: r }
spec:
  http:
    - name: rule
      match: { paths: [/a, /b/*], hosts: [shop.example], methods: [GET], exprs: [${CONDITION}] }
${rule}
`;

describe("what the ingress controller makes of objects is what Manifests makes of them at the Admin API", () => {
  test.each<[string, string[]]>([
    ["a route to an upstream", [upstream, route("      upstreams: [{ name: u }]")]],
    ["a node that is a Service", [second, service, route("      upstreams: [{ name: v }]")]],
    [
      "several upstreams",
      [upstream, second, service, route("      upstreams: [{ name: u, weight: 9 }, { name: v }]")],
    ],
    [
      "plugins and authentication",
      [
        upstream,
        route(
          "      upstreams: [{ name: u }]\n" +
            "      priority: 3\n      websocket: true\n      timeout: { read: 5s }\n" +
            "      plugins: [{ name: cors, enable: true }, { name: csrf, enable: false, config: { key: k } }]\n" +
            "      authentication: { enable: true, type: keyAuth, keyAuth: { header: X-Key } }",
        ),
      ],
    ],
    [
      "discovery",
      [
        "\napiVersion: apisix.apache.org/v2\nkind: ApisixUpstream\nmetadata: { name: u }\n" +
          "spec: { discovery: { type: dns, serviceName: a.example } }\n",
        route("      upstreams: [{ name: u }]"),
      ],
    ],
  ])("%s", async (_, documents) => {
    const yaml = documents.join("---");
    const resources = (await registered(yaml)).map(({ type, name, inputs }) => ({
      urn: `urn:pulumi:prod::edge::pulumi-nodejs:dynamic/${type}::${name}`,
      type: `pulumi-nodejs:dynamic/${type}`,
      inputs: inputs as JsonObject,
    }));
    expect(resources.length).toBeGreaterThan(1);
    expect(byId(inventory(stateOf(yaml)))).toEqual(byId(inventory(resources)));
  });
});

test("explain and map find the backends of rules, a Service of the cluster among them", () => {
  const backends = (list: string) => route(`      backends: [${list}]`);
  const exits = (yaml: string) =>
    exitsOf(inventory(stateOf(yaml))).map(({ host, port, protocol, because }) => ({
      host,
      port,
      protocol,
      because,
    }));
  expect(exits([service, backends("{ serviceName: outside, servicePort: 80 }")].join("---"))).toEqual([
    { host: "outside.example", port: 80, protocol: "http", because: [] },
  ]);
  const inside = service.replace("type: ExternalName, externalName: outside.example", "type: ClusterIP");
  expect(exits([inside, backends("{ serviceName: outside, servicePort: http }")].join("---"))).toEqual([
    { host: "apisix/outside (kubernetes)", port: undefined, protocol: "http", because: [] },
  ]);
  // Settings for it may stand elsewhere.
  expect(exits(backends("{ serviceName: outside, servicePort: 80 }"))[0]).toMatchObject({
    protocol: "not known",
  });
  const two = "{ serviceName: outside, servicePort: 80 }, { serviceName: outside, servicePort: 81 }";
  expect(exits([service, backends(two)].join("---")).map(({ port }) => port)).toEqual([80, 81]);
});

test("a plugin configuration is found by its name, and what a Secret adds to a plugin is not guessed", () => {
  const shared = `
apiVersion: apisix.apache.org/v2
kind: ApisixPluginConfig
metadata: { name: shared }
spec: { plugins: [{ name: key-auth }, { name: jwt-auth, secretRef: keys, config: { header: a } }] }
`;
  const found = inventory(stateOf([shared, route("      plugin_config_name: shared")].join("---")));
  expect(found.find(({ type }) => type === "apisix:PluginConfig")?.object).toMatchObject({
    id: "apisix_shared",
    plugins: { "key-auth": {} },
  });
  expect(told(found[0]?.object)).toMatchObject({ plugins: { "jwt-auth": { notKnown: "secret" } } });
  expect(found.find(({ type }) => type === "apisix:Route")?.object).toMatchObject({
    plugin_config_id: "apisix_shared",
  });
});

test("objects of two controllers, or of two clusters, are at two gateways", () => {
  const [first] = stateOf(upstream);
  const inputs = first?.inputs as { spec: JsonObject };
  const of = (ingressClassName: string, provider?: string): JsonObject => ({
    ...first,
    urn: `${String(first?.urn)}-${ingressClassName}-${provider}`,
    inputs: { ...inputs, spec: { ...inputs.spec, ingressClassName } },
    ...(provider === undefined ? {} : { provider: `${provider}::id` }),
  });
  const found = inventory([
    of("a"),
    of("a"),
    of("b"),
    of("a", "urn:pulumi:prod::edge::pulumi:providers:kubernetes::k"),
  ]);
  const [one, again, other, elsewhere] = found.map(({ at }) => at);
  expect(again).toBe(one);
  expect(new Set([one, other, elsewhere]).size).toBe(3);
});

test("values that are not known in them stay so, and what a preview changes is paired with what was", () => {
  const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const [before] = stateOf(route("      upstreams: [{ name: u }]"));
  const after = JSON.parse(
    JSON.stringify(before).replace('"name":"u"', `"name":"${UNKNOWN}"`).replace('"/a"', '"[secret]"'),
  );
  const { drafts, before: was } = readPreview(
    { steps: [{ op: "update", urn: before?.urn ?? "", oldState: before ?? {}, newState: after }] },
    undefined,
    "preview",
  );
  expect(was).toHaveLength(1);
  const [changed] = inventoryOf(drafts).resources;
  expect(changed?.operation).toBe("update");
  expect(told(changed?.object)).toMatchObject({
    upstream_id: { notKnown: "unknown" },
    uris: ["/b/*", { notKnown: "secret" }],
  });
});
