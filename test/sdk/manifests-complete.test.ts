import { describe, expect, it } from "vitest";
import { parseAllDocuments, stringify } from "yaml";
import { type CrdSchema, crds } from "../support/kubernetes.ts";
import { registered } from "../support/manifests.ts";

/** Every field that is translated, somewhere in one of these objects. */
const yaml = `
apiVersion: apisix.apache.org/v2
kind: ApisixRoute
metadata: { name: r }
spec:
  http:
  - name: rule1
    match:
      paths: [/a]
      hosts: [a.example]
      methods: [GET]
      remoteAddrs: [10.0.0.1]
      filter_func: function(vars) return true end
      exprs:
      - { subject: { scope: Header, name: X-A }, op: Equal, value: a }
      - { subject: { scope: Query, name: b }, op: In, set: [b] }
    upstreams: [{ name: nodes, weight: 10 }, { name: discovered }]
    plugins:
    - { name: cors, enable: true, config: { max_age: 7 } }
    - { name: prometheus, enable: false }
    plugin_config_name: shared
    plugin_config_namespace: other
    priority: 3
    timeout: { connect: 1s, send: 2s, read: 3s }
    websocket: true
    authentication: { enable: true, type: keyAuth, keyAuth: { header: X-Key } }
  - name: rule2
    match: { paths: [/b] }
    upstreams: [{ name: nodes }]
    authentication: { enable: true, type: jwtAuth, jwtAuth: { header: a, query: b, cookie: c } }
  - name: rule3
    match: { paths: [/c] }
    upstreams: [{ name: nodes }]
    authentication:
      enable: true
      type: ldapAuth
      ldapAuth: { base_dn: "ou=users", ldap_uri: "ldap.example:636", uid: cn, use_tls: true }
---
apiVersion: apisix.apache.org/v2
kind: ApisixPluginConfig
metadata: { name: shared, namespace: other }
spec: { plugins: [{ name: gzip, enable: true, config: { min_length: 5 } }, { name: prometheus, enable: false }] }
---
apiVersion: apisix.apache.org/v2
kind: ApisixUpstream
metadata: { name: nodes }
spec:
  externalNodes: [{ type: Domain, name: a.example, port: 8080, weight: 7 }]
  scheme: https
  passHost: rewrite
  upstreamHost: b.example
  retries: 1
  timeout: { connect: 1s, send: 2s, read: 3s }
  loadbalancer: { type: chash, hashOn: header, key: X-User }
  healthCheck:
    active:
      type: https
      timeout: 2000000000
      concurrency: 4
      host: probe.example
      port: 8443
      httpPath: /healthz
      strictTLS: false
      requestHeaders: ["X-Probe: 1"]
      healthy: { interval: 5s, httpCodes: [201], successes: 1 }
      unhealthy: { interval: 2s, httpCodes: [599], httpFailures: 2, tcpFailures: 3, timeout: 4 }
    passive:
      type: https
      healthy: { httpCodes: [201], successes: 4 }
      unhealthy: { httpCodes: [504], httpFailures: 6, tcpFailures: 7, timeout: 8 }
---
apiVersion: apisix.apache.org/v2
kind: ApisixUpstream
metadata: { name: discovered }
spec: { discovery: { type: nacos, serviceName: pay, args: { namespace_id: prod } } }
`;

/** The fields that are errors instead, each with something to write there. */
const REFUSED: Record<string, Record<string, unknown>> = {
  ApisixRoute: {
    "http.*.backends": [{ serviceName: "a", servicePort: 80 }],
    "http.*.plugins.*.secretRef": "a",
    stream: [],
  },
  ApisixPluginConfig: { "plugins.*.secretRef": "a" },
  ApisixUpstream: {
    portLevelSettings: [],
    subsets: [],
    tlsSecret: { name: "a", namespace: "b" },
  },
};
/** Says which controller takes the object; here the provider does. Objects with two classes are an error. */
const CLASS = "ingressClassName";

type Documents = { kind: string; spec: Record<string, unknown> }[];
const read = (): Documents => parseAllDocuments(yaml).map((document) => document.toJS());

/** What comes out: the resources, or the error. */
async function outcome(documents: Documents): Promise<string> {
  try {
    return JSON.stringify(await registered(documents.map((document) => stringify(document)).join("---\n")));
  } catch (error) {
    return (error as Error).message;
  }
}

/** The fields of a schema at all depths, `*` for each element of a list. */
function fieldsOf(schema: CrdSchema, path: string[] = []): string[] {
  if (schema.properties)
    return Object.entries(schema.properties).flatMap(([key, inner]) => fieldsOf(inner, [...path, key]));
  if (schema.items?.properties) return fieldsOf(schema.items, [...path, "*"]);
  return [path.join(".")];
}

/** The objects of a document that hold the last field of a path. */
function holders(value: unknown, [key = "", ...rest]: string[]): Record<string, unknown>[] {
  if (typeof value !== "object" || value === null) return [];
  if (key === "*") return Object.values(value).flatMap((inner) => holders(inner, rest));
  const object = value as Record<string, unknown>;
  return rest.length === 0 ? [object] : holders(object[key], rest);
}

describe.each(Object.keys(REFUSED))("every field of the CRD %s", async (kind) => {
  const spec = crds.get(kind)?.schema.properties?.spec ?? {};
  const refused = REFUSED[kind] ?? {};
  const isRefused = (field: string) =>
    Object.keys(refused).some((path) => `${field}.`.startsWith(`${path}.`));
  const fields = fieldsOf(spec).filter((field) => field !== CLASS && !isRefused(field));
  const before = await outcome(read());

  it("stands in objects that can be translated", () => {
    expect(before).toMatch(/^\[/);
  });

  it.each(fields)("%s is translated: without it something else comes out", async (field) => {
    const path = field.split(".");
    const places = read()
      .filter((document) => document.kind === kind)
      .map((document) => holders(document.spec, path).length);
    const outcomes: string[] = [];
    for (const [document, count] of places.entries()) {
      for (let place = 0; place < count; place++) {
        const changed = read();
        const own = changed.filter((candidate) => candidate.kind === kind)[document];
        const holder = holders(own?.spec, path)[place];
        const last = path.at(-1) ?? "";
        if (!holder || !Object.hasOwn(holder, last)) continue;
        delete holder[last];
        outcomes.push(await outcome(changed));
      }
    }
    expect(outcomes.some((after) => after !== before)).toBe(true);
  });

  it.each(Object.entries(refused))("%s is an error with its line", async (field, value) => {
    const path = field.split(".");
    const documents = read();
    const own = documents.find((document) => document.kind === kind);
    const [holder] = holders(own?.spec, path);
    Object.assign(holder ?? {}, { [path.at(-1) ?? ""]: value });
    const pattern = `yaml:\\d+: ${kind} "\\w+": spec\\.${field.replaceAll(".*", "\\[\\d\\]").replaceAll(".", "\\.")} `;
    expect(await outcome(documents)).toMatch(new RegExp(pattern.replaceAll("\\.\\[", "\\[")));
  });
});
