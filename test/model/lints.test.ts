import { readFileSync } from "node:fs";
import { generate } from "selfsigned";
import { describe, expect, test } from "vitest";
import { canonical } from "../../provider/model/canonical.ts";
import { type JsonObject, UNKNOWN } from "../../provider/model/fields.ts";
import { fromKubernetes, hasLints } from "../../provider/model/inventory/kubernetes.ts";
import { withUnknownTexts } from "../../provider/model/inventory/values.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import type { Declared } from "../../provider/model/lints/facts.ts";
import { LINTS, lint } from "../../provider/model/lints/lints.ts";

/** The clock of these tests. */
const NOW = new Date("2026-11-01T00:00:00Z");

/** A certificate that is valid until a day. */
const until = async (day: string) => {
  const dates = {
    notBeforeDate: new Date("2026-01-01T00:00:00Z"),
    notAfterDate: new Date(`${day}T00:00:00Z`),
  };
  return generate([{ name: "commonName", value: "outside.example" }], dates);
};
const [over, soon, late] = await Promise.all(["2026-10-31", "2026-11-30", "2026-12-02"].map(until));

let made = 0;
const declared = (type: string, args: JsonObject, provider?: string): Declared => ({
  type,
  name: `r${made++}`,
  provider,
  args,
});
const service = (tags: JsonObject, networking: JsonObject, more: JsonObject = {}, provider?: string) =>
  declared(
    "kuma:ExternalService",
    { tags: { "kuma.io/service": "s", ...tags }, networking, ...more },
    provider,
  );
const plain = service({}, { address: "a.example:80" });
const at443 = (protocol: JsonObject, tls?: JsonObject) =>
  service(protocol, { address: "a.example:443", ...(tls ? { tls } : {}) });
/** A mesh external service with two endpoints. */
const newer = (args: JsonObject = {}, port: number | string = 80, protocol = "http") =>
  declared("kuma:MeshExternalService", {
    match: { port: 80, protocol },
    endpoints: [
      { address: "a.example", port },
      { address: "b.example", port },
    ],
    ...args,
  });
const verifiedAs = (mode: string) => ({ tls: { enabled: true, verification: { mode } } });
const named = (name: string, labels: JsonObject = {}, inMesh = "default") =>
  newer({ name, mesh: inMesh, labels });
const generator = (template: string, matchLabels?: JsonObject) =>
  declared("kuma:HostnameGenerator", {
    spec: { selector: { meshExternalService: matchLabels ? { matchLabels } : {} }, template },
  });
const http = { "kuma.io/protocol": "http" };
const zone = (name: string, address = `${name}.example:80`) => service({ "kuma.io/zone": name }, { address });
const mesh = (args: JsonObject = {}, provider?: string) =>
  declared("kuma:Mesh", { name: "default", ...args }, provider);
const patch = (args: JsonObject) => declared("kuma:MeshPatch", args);
const mtls = { mtls: { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" }] } };
const entry = (bundle: string, type: string, host: string): Declared => ({
  ...declared(type, { hosts: [host] }),
  bundle,
});
const permission = (args: JsonObject = {}) =>
  declared("kuma:Policy", { type: "MeshTrafficPermission", spec: {}, ...args });
const egress = declared("kuma:ZoneEgress", { networking: { port: 1 } });
const upstream = (args: JsonObject) =>
  declared("apisix:Upstream", { scheme: "https", nodes: [{ host: "10.0.0.1" }], ...args });
const route = (args: JsonObject) => declared("apisix:Route", { uri: "/", upstream: args });

const written = (type: string, args: JsonObject, own?: JsonObject): Declared => ({
  ...declared(type, args),
  literal: own ?? args,
});
const shared = written("apisix:Upstream", { upstreamId: "shared", nodes: [] });
const canary = (id: string) => ({
  "traffic-split": { rules: [{ weighted_upstreams: [{ weight: 1 }, { upstream_id: id, weight: 1 }] }] },
});
const verifiedBy = (secret: string) => ({
  tags: { "kuma.io/service": "verified" },
  networking: { address: "a.example:443", tls: { enabled: true, caCert: { secret } } },
});

const ssl = (args: JsonObject) => declared("apisix:Ssl", { sni: "a.example", ...args });
const verifiedInline = (caCert: JsonObject) =>
  service(http, { address: "a.example:443", tls: { enabled: true, caCert } });

/** Stacks of which a lint says something, and stacks of which it says nothing. */
const cases: Record<string, { finds: Declared[][]; accepts: Declared[][] }> = {
  "mixed-addresses": {
    finds: [
      [plain, service({}, { address: "10.0.0.1:80" })],
      [zone("a"), zone("b", "[::1]:80")],
    ],
    accepts: [
      [plain, service({}, { address: "b.example:80" })],
      [plain, service({}, { address: UNKNOWN })],
      [plain, service({}, { address: "10.0.0.1:80" }, { mesh: "other" })],
      [plain, service({ "kuma.io/service": "other" }, { address: "10.0.0.1:80" })],
      [plain, service({}, { address: "10.0.0.1:80" }, {}, "another control plane")],
    ],
  },
  "plain-text-on-443": {
    finds: [
      [at443(http)],
      [at443({ "kuma.io/protocol": "grpc" }, { enabled: false })],
      [newer({}, 443)],
      [newer({ tls: { enabled: false } }, 443, "grpc")],
    ],
    accepts: [
      [newer({ tls: { enabled: true } }, 443)],
      [newer({ tls: { enabled: UNKNOWN } }, 443)],
      [newer({}, 443, "tcp")],
      [newer({}, 443, UNKNOWN)],
      [newer({}, UNKNOWN)],
      [newer({ endpoints: UNKNOWN })],
      [newer({ endpoints: [] })],
      [at443(http, { enabled: true })],
      [at443(http, { enabled: UNKNOWN })],
      [at443({})],
      [at443({ "kuma.io/protocol": UNKNOWN })],
      [service(http, { address: "a.example:8443" })],
    ],
  },
  "tcp-with-tls-on-443": {
    finds: [
      [at443({}, { enabled: true })],
      [at443({ "kuma.io/protocol": "tcp" }, { enabled: true })],
      [newer({ tls: { enabled: true } }, 443, "tcp")],
      [newer({ tls: { enabled: true }, match: { port: 80 } }, 443)],
    ],
    accepts: [
      [at443({})],
      [at443(http, { enabled: true })],
      [at443({}, { enabled: UNKNOWN })],
      [newer({}, 443, "tcp")],
      [newer({ tls: { enabled: true } }, 443)],
      [newer({ tls: { enabled: true } }, 5432, "tcp")],
    ],
  },
  "unverified-tls": {
    finds: [[at443(http, { enabled: true })], [newer(verifiedAs("SkipCA"))], [newer(verifiedAs("SkipAll"))]],
    accepts: [
      [plain],
      [newer({ tls: { enabled: true } })],
      [newer(verifiedAs("Secured"))],
      [newer(verifiedAs("SkipSAN"))],
      [newer(verifiedAs(UNKNOWN))],
      [newer({ tls: { ...verifiedAs("SkipAll").tls, enabled: false } })],
      [at443(http, { enabled: true, caCert: UNKNOWN })],
      [at443(http, { enabled: true, caCert: { secret: "ca" } })],
      [service(http, UNKNOWN as never)],
    ],
  },
  "tls-renegotiation": {
    finds: [
      [at443(http, { enabled: true, allowRenegotiation: true })],
      [declared("kuma:MeshExternalService", { tls: { enabled: true, allowRenegotiation: true } })],
    ],
    accepts: [[at443(http, { enabled: true })], [at443(http, { enabled: true, allowRenegotiation: false })]],
  },
  "shared-service-tag": {
    finds: [
      [plain, plain],
      [plain, zone("a")],
      [zone("a"), zone("a"), zone("b")],
    ],
    accepts: [
      [zone("a"), zone("b")],
      [zone("a"), zone(UNKNOWN)],
      [zone(UNKNOWN), zone(UNKNOWN)],
      [plain, service({ "kuma.io/service": UNKNOWN }, { address: "a.example:80" })],
      [plain, service({}, { address: "a.example:80" }, { mesh: "other" })],
    ],
  },
  "zone-tag-without-locality": {
    finds: [
      [mesh(), zone("a")],
      [patch({ routing: { localityAwareLoadBalancing: false } }), zone("a")],
    ],
    accepts: [
      [zone("a")],
      [mesh(), plain],
      [mesh({ routing: { localityAwareLoadBalancing: true } }), zone("a")],
      [patch({ routing: { zoneEgress: true } }), zone("a")],
      [mesh(), patch({ routing: { localityAwareLoadBalancing: true } }), zone("a")],
      [mesh({ routing: UNKNOWN }), zone("a")],
    ],
  },
  "passthrough-on": {
    finds: [
      [mesh(), plain],
      [patch({ networking: { outbound: { passthrough: true } } }), plain],
      [mesh(), newer()],
    ],
    accepts: [
      [mesh({ networking: { outbound: { passthrough: false } } }), newer()],
      [plain],
      [mesh()],
      [mesh({ networking: { outbound: { passthrough: false } } }), plain],
      [patch({ mesh: "default", networking: { outbound: { passthrough: false } } }), plain],
      [mesh({ name: "other" }), plain],
      [mesh({}, "another control plane"), plain],
      [patch({ routing: {} }), plain],
    ],
  },
  "egress-without-zone-egress": {
    finds: [
      [mesh(), egress],
      [patch({ routing: { zoneEgress: false } }), egress],
    ],
    accepts: [
      [mesh(mtls), egress, newer()],
      [egress],
      [mesh()],
      [mesh({ routing: { zoneEgress: true } }), egress],
      [mesh(), mesh({ name: "other", routing: { zoneEgress: true } }), egress],
      [mesh({ routing: { zoneEgress: UNKNOWN } }), egress],
    ],
  },
  "no-traffic-permission": {
    finds: [
      [mesh(mtls), plain],
      [patch(mtls), plain, permission({ type: "MeshAccessLog" })],
      [mesh(mtls), plain, permission({ mesh: "other" })],
      [mesh(mtls), plain, permission({ labels: { "kuma.io/effect": "shadow" } })],
    ],
    accepts: [
      [mesh(mtls), newer()],
      [mesh(), plain],
      [mesh(mtls)],
      [mesh(mtls), plain, permission()],
      [mesh(mtls), plain, permission({ mesh: UNKNOWN })],
      [mesh(mtls), plain, declared("kuma:MeshTrafficPermission", { spec: {} })],
      [mesh({ mtls: { enabledBackend: UNKNOWN } }), plain],
      [mesh(mtls), service({}, { address: "a.example:80" }, { mesh: UNKNOWN })],
    ],
  },
  "policy-effect": {
    finds: [
      [permission({ labels: { "kuma.io/effect": "shadwo" } })],
      [declared("kuma:MeshTimeout", { spec: {}, labels: { "kuma.io/effect": "" } })],
    ],
    accepts: [
      [permission({ labels: { "kuma.io/effect": "shadow" } }), permission({ labels: { team: "shadwo" } })],
      [permission({ labels: { "kuma.io/effect": UNKNOWN } }), permission({ labels: UNKNOWN })],
      [declared("apisix:Route", { uri: "/", labels: { "kuma.io/effect": "live" } })],
    ],
  },
  "host-of-two-bundles": {
    finds: [
      [entry("a", "apisix:Route", "Shop.example"), entry("b", "apisix:Route", "shop.example")],
      [entry("a", "apisix:Service", "shop.example"), entry("b", "apisix:Route", "shop.example")],
    ],
    accepts: [
      [entry("a", "apisix:Route", "shop.example"), entry("a", "apisix:Service", "shop.example")],
      [entry("a", "apisix:Route", "shop.example"), entry("b", "apisix:Route", "search.example")],
      [entry("a", "apisix:Route", UNKNOWN), entry("b", "apisix:Route", UNKNOWN)],
      [entry("a", "apisix:Route", "shop.example"), declared("apisix:Route", { hosts: ["shop.example"] })],
      [
        entry("a", "apisix:Route", "shop.example"),
        { ...entry("b", "apisix:Route", "shop.example"), provider: "another" },
      ],
    ],
  },
  "mesh-external-service-without-mtls": {
    finds: [
      [mesh(), newer()],
      [mesh({ name: "other" }), newer({ mesh: "other" })],
    ],
    accepts: [
      [mesh(), plain],
      [newer()],
      [mesh(mtls), newer()],
      [mesh(), patch(mtls), newer()],
      [mesh({ mtls: { enabledBackend: UNKNOWN } }), newer()],
      [mesh(), newer({ mesh: "other" })],
      [mesh(), newer({ mesh: UNKNOWN })],
      [patch({ routing: { zoneEgress: true } }), newer()],
    ],
  },
  "shared-host-name": {
    finds: [
      [named("a", { "kuma.io/display-name": "same" }), named("b", { "kuma.io/display-name": "same" })],
      [named("a"), named("b", { "kuma.io/display-name": "a" })],
      [named("a"), named("b"), generator("pay.internal")],
      [
        named("a", { app: "x" }),
        named("b", { app: "x" }),
        generator('{{ label "app" }}.{{ .Mesh }}.internal'),
      ],
      [named("a", { app: "x" }), named("b", { app: "x" }), generator("x.internal", { app: "x" })],
    ],
    accepts: [
      [named("a"), named("b"), generator("{{ .DisplayName }}.internal")],
      [named("a"), named("b", {}, "apps"), generator("pay.internal")],
      [named("a", { app: "x" }), named("b", { app: "y" }), generator('{{ label "app" }}.internal')],
      [named("a", { app: "x" }), named("b"), generator("x.internal", { app: "x" })],
      [named("a", { app: "x" }), named("b"), generator('{{ label "app" }}.internal')],
      [named("a"), named("b"), generator("{{ .Zone }}.internal")],
      [named("a"), named("b"), generator("pay.internal", { "kuma.io/zone": "one" })],
      [named("a", { app: UNKNOWN }), named("b", { app: "x" }), generator("x.internal", { app: "x" })],
      [named("a"), named("b"), generator(UNKNOWN)],
      [named("a"), named("b"), { ...generator("pay.internal"), provider: "another" }],
      [named("a"), named("b"), generator("No Name")],
    ],
  },
  "client-host-to-https": {
    finds: [
      [upstream({})],
      [upstream({ passHost: "pass" })],
      [route({ scheme: "https", nodes: [{ host: "a.example" }], passHost: "pass" })],
      [declared("apisix:Upstream", { scheme: "https", serviceName: "a", discoveryType: "dns" })],
    ],
    accepts: [
      [upstream({ passHost: "node" })],
      [upstream({ passHost: "rewrite", upstreamHost: "a" })],
      [upstream({ passHost: UNKNOWN })],
      [upstream({ nodes: UNKNOWN })],
      [upstream({ scheme: "http" })],
      [upstream({ scheme: UNKNOWN })],
      [declared("apisix:Route", { uri: "/", upstreamId: "u" })],
      [route(UNKNOWN as never)],
    ],
  },
  "certificate-expires": {
    finds: [
      [ssl({ cert: over?.cert ?? "" })],
      [ssl({ cert: late?.cert ?? "", certs: [soon?.cert ?? ""] })],
      [ssl({ cert: late?.cert ?? "", client: { ca: soon?.cert ?? "" } })],
      [upstream({ passHost: "node", tls: { clientCert: soon?.cert ?? "", clientKey: soon?.private ?? "" } })],
      [verifiedInline({ inlineString: soon?.cert ?? "" })],
      [verifiedInline({ inline: btoa(soon?.cert ?? "") })],
    ],
    accepts: [
      [ssl({ cert: late?.cert ?? "" })],
      [ssl({ cert: UNKNOWN })],
      [ssl({ cert: "$secret://vault/1/cert" })],
      [ssl({ cert: "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----" })],
      [ssl({ cert: late?.cert ?? "", key: `${soon?.cert}${soon?.private}` })],
      [declared("kuma:Secret", { value: btoa(soon?.cert ?? "") })],
      [verifiedInline({ secret: "ca" })],
    ],
  },
  "reference-by-text": {
    finds: [
      [shared, written("apisix:Route", { uri: "/", upstreamId: "shared" })],
      [shared, written("apisix:PluginConfig", { plugins: canary("shared") })],
      [{ ...shared, name: "named", args: {} }, written("apisix:Service", { upstreamId: "named" })],
      [
        written("apisix:Consumer", { username: "jack" }),
        written("apisix:Credential", { username: "jack", plugins: {} }),
      ],
      [
        written("apisix:Ssl", { sslId: "7" }),
        written("apisix:Upstream", { nodes: [], tls: { clientCertId: 7 } }),
      ],
      [written("kuma:Mesh", { name: "apps" }), written("kuma:Policy", { mesh: "apps", type: "MeshTimeout" })],
      [written("kuma:Secret", { name: "ca" }), written("kuma:ExternalService", verifiedBy("ca"))],
    ],
    accepts: [
      [shared],
      [shared, written("apisix:Route", { uri: "/", upstreamId: "shared" }, { uri: "/", upstreamId: null })],
      [shared, written("apisix:Route", { uri: "/", upstreamId: "made-elsewhere" })],
      [shared, written("apisix:Route", { uri: "/", serviceId: "shared" })],
      [shared, { ...written("apisix:Route", { uri: "/", upstreamId: "shared" }), provider: "another" }],
      [
        written("kuma:Secret", { name: "ca", mesh: "apps" }),
        written("kuma:ExternalService", verifiedBy("ca")),
      ],
      [
        written("kuma:Secret", { name: "ca" }),
        written(
          "kuma:ExternalService",
          { ...verifiedBy("ca"), mesh: "apps" },
          { ...verifiedBy("ca"), mesh: null },
        ),
      ],
    ],
  },
};

const document = readFileSync(new URL("../../docs/lints.md", import.meta.url), "utf8").replace(/\s+/g, " ");

test("there is a case for every lint", () => {
  expect(Object.keys(cases).sort()).toEqual(LINTS.map(({ name }) => name).sort());
});

describe.each(LINTS)("$name", ({ name, severity, find }) => {
  const { finds = [], accepts = [] } = cases[name] ?? {};
  const messages = (stack: Declared[], ignored?: string[]) =>
    lint(stack, severity, { ignored: ignored ?? [], now: NOW }).filter(({ message }) =>
      message.includes(`(lint ${name};`),
    );

  test("says what is wrong with which resources", () => {
    for (const stack of finds) {
      const [found, ...more] = messages(stack);
      expect(more).toEqual([]);
      expect(found?.resources.length, JSON.stringify(stack)).toBeGreaterThan(0);
      for (const resource of found?.resources ?? []) expect(found?.message).toContain(`"${resource.name}"`);
      expect(found?.message).not.toMatch(/undefined|\[object|04da6b54/);
    }
  });

  test("says nothing of what is right or not known", () => {
    for (const stack of accepts) expect(find(stack, NOW), JSON.stringify(stack)).toEqual([]);
  });

  test("is silent when it is switched off", () => {
    for (const stack of finds) expect(messages(stack, [name])).toEqual([]);
  });

  test("is documented with its severity", () => {
    expect(document).toContain(`| [\`${name}\`](#${name}) | ${severity} |`);
    const [, section = ""] = document.split(` ## ${name} `);
    const [own = ""] = section.split(" ## ");
    expect(own.toLowerCase()).toMatch(new RegExp(`^${severity}\\. \\*\\*when:`));
    for (const part of ["**Why:**", "**What to do:**"]) expect(own).toContain(part);
  });
});

test("a certificate's end is said to the day, with its field and nothing else of it", () => {
  const [found] = lint([ssl({ cert: late?.cert ?? "", certs: [over?.cert ?? ""] })], "warning", { now: NOW });
  expect(found?.message).toMatch(
    /^apisix:Ssl "r\d+": certs\[0\] holds a certificate that has ended on 2026-10-31\. Give a newer one\. \(lint/,
  );
});

test("many resources are named in part, and counted", () => {
  const [found] = lint(
    Array.from({ length: 7 }, () => at443(http, { enabled: true })),
    "warning",
  );
  expect(found?.message).toMatch(/^(kuma:ExternalService "r\d+",? ){5}and 2 more: TLS without/);
});

test("resources with nothing known in them are no trouble", () => {
  const types = ["Mesh", "MeshPatch", "ExternalService", "ZoneEgress", "Policy", "MeshExternalService"];
  const stack = [...types.map((type) => `kuma:${type}`), "apisix:Upstream", "apisix:Route"].map((type) =>
    declared(type, {}),
  );
  const everything = stack.map((one) => ({ ...one, args: { name: UNKNOWN, mesh: UNKNOWN, type: UNKNOWN } }));
  expect(() => [...lint(stack, "warning"), ...lint(stack, "error")]).not.toThrow();
  expect(lint(everything, "error")).toEqual([]);
});

describe("objects of Kubernetes are seen like resources of the APIs", () => {
  const object = (kind: string, args: JsonObject): Declared => {
    const [resource] = fromKubernetes(kind, args, "n", () => undefined);
    if (!resource) throw new Error(`There are no lints for ${kind}.`);
    const { type, args: said } = resource;
    return {
      type,
      title: `kubernetes.${kind}`,
      name: "n",
      provider: "cluster",
      args: canonical(kindOf(type), withUnknownTexts(said) as JsonObject),
    };
  };
  const metadata = { name: "n" };
  const tls = { enabled: true };
  const httpsService = {
    tags: { "kuma.io/service": "s", "kuma.io/protocol": "http" },
    networking: { address: "a.example:443" },
  };
  const upstreamOf = (spec: JsonObject) =>
    object("ApisixUpstream", {
      metadata,
      spec: { externalNodes: [{ type: "Domain", name: "a.example" }], ...spec },
    });

  test.each<[string, string[], Declared[]]>([
    [
      "plain-text-on-443",
      ["kubernetes.ExternalService"],
      [object("ExternalService", { metadata, spec: httpsService })],
    ],
    [
      "unverified-tls",
      ["kubernetes.ExternalService"],
      [
        object("ExternalService", {
          metadata,
          spec: { ...httpsService, networking: { address: "a.example:443", tls } },
        }),
      ],
    ],
    [
      "passthrough-on",
      ["kubernetes.ExternalService"],
      [
        object("Mesh", { metadata: { name: "shop" }, spec: {} }),
        object("ExternalService", {
          metadata,
          mesh: "shop",
          spec: { ...httpsService, networking: { address: "a.example:80" } },
        }),
      ],
    ],
    [
      "egress-without-zone-egress",
      ["kubernetes.ZoneEgress"],
      [
        object("Mesh", { metadata: { name: "shop" }, spec: {} }),
        object("ZoneEgress", { metadata, spec: { networking: { port: 10002 } } }),
      ],
    ],
    [
      "tls-renegotiation",
      ["kubernetes.MeshExternalService"],
      [
        object("MeshExternalService", {
          metadata: { name: "n", labels: { "kuma.io/mesh": "shop" } },
          spec: { match: { port: 443 }, endpoints: [], tls: { enabled: true, allowRenegotiation: true } },
        }),
      ],
    ],
    ["client-host-to-https", ["kubernetes.ApisixUpstream"], [upstreamOf({ scheme: "https" })]],
  ])("%s", (name, titles, stack) => {
    const found = (["error", "warning"] as const).flatMap((severity) => lint(stack, severity));
    const about = found.filter(({ message }) => message.includes(`(lint ${name};`));
    expect(about.flatMap(({ resources }) => resources.map(({ title }) => title))).toEqual(titles);
    expect(about[0]?.message).toMatch(new RegExp(`^${titles[0]} "n": `));
  });

  test("and nothing is said where nothing is wrong", () => {
    const right = [upstreamOf({}), upstreamOf({ scheme: "https", passHost: "node" })];
    expect((["error", "warning"] as const).flatMap((severity) => lint(right, severity))).toEqual([]);
    expect(hasLints("ApisixRoute")).toBe(false);
  });
});
