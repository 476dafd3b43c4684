import type { ManifestsArgs } from "pulumi-external-backends";
import { apisix, declare } from "../external-backend.ts";
import { bothYaml, errorOf, Manifests, pulumi, registered, routeYaml, upstreamYaml } from "../manifests.ts";
import type { Row } from "./row.ts";

interface Given extends Omit<ManifestsArgs, "yaml"> {
  yaml: string;
}

/** Manifests that are refused, and what they are when the proposal has been followed: each way of it. */
function row(name: string, wrong: Given, proposal: string, ...right: Given[]): Row {
  return {
    name,
    proposal,
    wrong: async () => {
      throw new Error(await errorOf(wrong.yaml, wrong));
    },
    carriedOut: async () => {
      for (const args of right) {
        const config = { "apisix:ingressClassName": "apisix" };
        const made = await registered(args.yaml, { ...args, config });
        if (made.length === 0) throw new Error(`Nothing was made of ${args.yaml}`);
      }
    },
  };
}

const kubernetes = { target: "kubernetes" } as const;

const upstreamOf = (spec: string) => `apiVersion: apisix.apache.org/v2
kind: ApisixUpstream
metadata:
  name: u
spec:
${spec}`;
const SERVICE_NODE = upstreamOf("  externalNodes:\n  - type: Service\n    name: s");
const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: s
spec:
  type: ExternalName
  externalName: httpbin.org`;
const SETTINGS = upstreamOf("  retries: 2");
const secretRef = (config: string) => `plugins:\n- name: key-auth\n  enable: true\n  ${config}`;
const backends = routeYaml("upstreams: []\nbackends:\n- serviceName: web\n  servicePort: 80").replace(
  "    upstreams: []\n",
  "",
);
const pluginConfig = `apiVersion: apisix.apache.org/v2
kind: ApisixPluginConfig
metadata:
  name: shared
  namespace: other
spec:
  plugins:
  - name: cors
    enable: true`;
const stream = `apiVersion: apisix.apache.org/v2
kind: ApisixRoute
metadata:
  name: r
spec:
  stream:
  - name: rule1
    protocol: TCP
    match:
      ingressPort: 9100
    backend:
      serviceName: web
      servicePort: 80`;
const check = (timeout: number) =>
  upstreamYaml(`healthCheck:\n  active:\n    type: http\n    httpPath: /\n    timeout: ${timeout}`);
const classed = (name: string, className: string) =>
  upstreamYaml(`ingressClassName: ${className}`).replace("name: u", `name: ${name}`);
const egress = (mesh: string) =>
  `type: ZoneEgress\n${mesh}name: e\nzone: z\nnetworking:\n  address: 10.0.0.1\n  port: 10002`;

/** What Manifests cannot translate. */
export const MANIFESTS: readonly Row[] = [
  {
    ...row(
      "objects of two classes",
      { yaml: `${classed("u", "one")}\n---\n${classed("v", "two")}` },
      "two classes are two gateways, so give each its own Manifests with its provider",
    ),
    carriedOut: async () => {
      await registered(classed("u", "one"));
      new Manifests("more", { yaml: classed("v", "two") });
      await (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
    },
  },
  row(
    "a Service that stands in services, too",
    { yaml: `${SERVICE_NODE}\n---\n${SERVICE}`, services: { s: "httpbin.org" } },
    "stands in services, too; keep one of the two",
    { yaml: `${SERVICE_NODE}\n---\n${SERVICE}` },
    { yaml: SERVICE_NODE, services: { s: "httpbin.org" } },
  ),
  row(
    "a Secret of Kubernetes in a plugin",
    { yaml: bothYaml(secretRef("secretRef: s")) },
    'write the values into config, or use target "kubernetes"',
    { yaml: bothYaml(secretRef("config:\n    header: x-key")) },
    { yaml: bothYaml(secretRef("secretRef: s")), ...kubernetes },
  ),
  row(
    "stream rules",
    { yaml: stream },
    'is not translated into stream routes of the Admin API; use target "kubernetes"',
    { yaml: stream, ...kubernetes },
  ),
  row(
    "backends of a rule",
    { yaml: backends },
    'name an ApisixUpstream in upstreams, or use target "kubernetes"',
    { yaml: bothYaml() },
    { yaml: backends, ...kubernetes },
  ),
  row(
    "a plugin config of another namespace",
    { yaml: bothYaml("plugin_config_name: shared\nplugin_config_namespace: other") },
    'add its file, or leave the namespace out to use the gateway\'s plugin config "shared"',
    {
      yaml: `${bothYaml("plugin_config_name: shared\nplugin_config_namespace: other")}\n---\n${pluginConfig}`,
    },
    { yaml: bothYaml("plugin_config_name: shared") },
  ),
  {
    ...row(
      "a Secret of Kubernetes that the Admin API cannot read",
      { yaml: upstreamYaml("tlsSecret:\n  name: s\n  namespace: apisix") },
      "which the Admin API cannot read; declare an apisix.Upstream with tls",
    ),
    carriedOut: async () => {
      const text = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
      const tls = { clientCert: text, clientKey: text.replaceAll("CERTIFICATE", "PRIVATE KEY") };
      const nodes = { "a.example:443": 1 };
      const { errors } = await declare(
        () => void new apisix.Upstream("apisix_u", { scheme: "https", nodes, tls, passHost: "pass" }),
      );
      if (errors.length > 0) throw new Error(errors.join("\n"));
    },
  },
  row(
    "a Secret of Kubernetes with the client's certificate",
    { yaml: upstreamYaml("tlsSecret:\n  name: s\n  namespace: apisix") },
    'declare an apisix.Upstream with tls, or use target "kubernetes"',
    { yaml: upstreamYaml("tlsSecret:\n  name: s\n  namespace: apisix"), ...kubernetes },
  ),
  row(
    "subsets",
    { yaml: upstreamYaml("subsets:\n- name: a\n  labels:\n    a: b") },
    'are for Kubernetes Services, or use target "kubernetes"',
    { yaml: upstreamYaml("subsets:\n- name: a\n  labels:\n    a: b"), ...kubernetes },
  ),
  row(
    "settings for a Kubernetes Service",
    { yaml: SETTINGS },
    'holds settings for a Kubernetes Service, which need target "kubernetes"',
    { yaml: SETTINGS, ...kubernetes },
  ),
  row(
    "a Service that is not among the files",
    { yaml: SERVICE_NODE },
    'say what it stands for with services: { "s": "DOMAIN" }, or use target "kubernetes"',
    { yaml: SERVICE_NODE, services: { s: "httpbin.org" } },
    { yaml: SERVICE_NODE, ...kubernetes },
  ),
  row(
    "a timeout in seconds",
    { yaml: check(5) },
    "the controller counts in nanoseconds; write 1000000000 for one second",
    { yaml: check(1_000_000_000) },
  ),
  row("the mesh of a zone egress", { yaml: egress("mesh: default\n") }, "belongs; leave it out", {
    yaml: egress(""),
  }),
];
