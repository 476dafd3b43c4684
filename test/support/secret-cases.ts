import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { generate } from "selfsigned";
import { CONSUMER } from "./kind-case.ts";
import { consumerPlugins, otherCache, requestPlugins } from "./secret-plugins.ts";

/** Stands in every secret of these tests, between characters that are escaped differently by everything. */
export const MARK = "m4rk3r0fS3cr3ts";
/** 32 characters, as some plugins ask for. */
export const SECRET = `"'+/\n\\ ü${MARK}& %=<>~\té`;
/** As a header, or a text that APISIX limits, may have it. */
export const HEADER = `"'+/ ${MARK}& %=<~`;

const pair = await generate([{ name: "commonName", value: "a.example" }], { keyType: "ec" });
/** A line of a private key that a server checks, and that can have no mark. */
export const KEY_LINE = pair.private.split(/\r?\n/)[1] ?? "";

const { cert, private: key } = pair;
const base64 = Buffer.from(SECRET).toString("base64");
const nodes = { "a.example:443": 1 };

/** One resource with secrets. */
export interface SecretCase {
  type: string;
  /** Its arguments without the id, with the secrets of the schema as they are, and all others marked. */
  args: Record<string, unknown>;
  declare(name: string, args: never, options: pulumi.CustomResourceOptions): pulumi.Resource;
}

function one(type: string, declare: SecretCase["declare"], ...variants: Record<string, unknown>[]) {
  return variants.map((args): SecretCase => ({ type, args, declare }));
}

/** What no schema calls secret, marked by the program. */
function marked(text = SECRET): pulumi.Output<string> {
  return pulumi.secret(text);
}

function upstream() {
  const reqHeaders = [marked(`X-Key: ${HEADER}`)];
  return {
    nodes,
    scheme: "https",
    tls: { clientCert: cert, clientKey: key },
    checks: { active: { reqHeaders } },
  };
}

function backend(type: string, conf: object) {
  return { backends: [{ name: type, type, conf }] };
}

function identity(provider: object) {
  return { spec: { selector: { dataplane: { matchLabels: {} } }, provider } };
}

function meshFields() {
  return {
    mtls: {
      ...backend("provided", { cert: { inlineString: cert }, key: { inlineString: marked() } }),
      skipValidation: true,
    },
    logging: backend("file", { path: marked() }),
    tracing: backend("zipkin", { url: "http://zipkin.example:9411/api/v2/spans" }),
    // Of these settings a control plane keeps only what it knows.
    metrics: backend("prometheus", { path: marked() }),
  };
}

const inline = { clientCert: { inlineString: cert } };

/** Every argument that may be secret, of every kind; made anew for each run of a program. */
export function secretCases(): SecretCase[] {
  const { "limit-conn": stream = {} } = requestPlugins(SECRET);
  const tags = { "kuma.io/service": "a", "kuma.io/protocol": "http" };
  const networking = (clientKey: object) => ({
    address: "a.example:443",
    tls: { enabled: true, ...inline, clientKey },
  });
  const meshExternal = (clientKey: object) => ({
    match: { port: 80 },
    endpoints: [{ address: "a.example", port: 443 }],
    tls: { enabled: true, verification: { ...inline, clientKey } },
  });
  return [
    ...one("apisix:Upstream", (...all) => new apisix.Upstream(...all), upstream()),
    ...one("apisix:Route", (...all) => new apisix.Route(...all), {
      uri: "/a",
      upstream: upstream(),
      plugins: { csrf: { key: SECRET }, "proxy-rewrite": { headers: { set: { "X-Key": marked() } } } },
    }),
    ...one("apisix:Service", (...all) => new apisix.Service(...all), {
      upstream: upstream(),
      plugins: { csrf: { key: SECRET } },
    }),
    ...one("apisix:PluginConfig", (...all) => new apisix.PluginConfig(...all), {
      plugins: requestPlugins(SECRET),
    }),
    ...one("apisix:GlobalRule", (...all) => new apisix.GlobalRule(...all), {
      plugins: { csrf: { key: SECRET } },
    }),
    ...one("apisix:PluginMetadata", (...all) => new apisix.PluginMetadata(...all), {
      plugin: "azure-functions",
      metadata: { master_apikey: SECRET },
    }),
    ...one("apisix:ConsumerGroup", (...all) => new apisix.ConsumerGroup(...all), {
      plugins: otherCache(SECRET),
    }),
    ...one("apisix:Consumer", (...all) => new apisix.Consumer(...all), { plugins: consumerPlugins(SECRET) }),
    ...one("apisix:Credential", (...all) => new apisix.Credential(...all), {
      username: CONSUMER,
      plugins: { "basic-auth": { username: "b", password: SECRET } },
    }),
    ...one("apisix:Ssl", (...all) => new apisix.Ssl(...all), {
      ...{ cert, key, certs: [cert], keys: [key], snis: ["a.example"] },
    }),
    ...one("apisix:StreamRoute", (...all) => new apisix.StreamRoute(...all), {
      upstream: upstream(),
      plugins: { "limit-conn": stream },
      protocol: {
        name: "redis",
        conf: { password: marked() },
        logger: [{ name: "syslog", conf: { token: marked() } }],
      },
    }),
    ...one(
      "apisix:Secret",
      (...all) => new apisix.Secret(...all),
      { manager: "vault", uri: "https://vault.example", prefix: "kv", token: SECRET },
      { manager: "aws", accessKeyId: SECRET, secretAccessKey: SECRET, sessionToken: SECRET },
      { manager: "gcp", authConfig: { clientEmail: "a@a.example", privateKey: SECRET, projectId: "a" } },
    ),
    ...one(
      "kuma:ExternalService",
      (...all) => new kuma.ExternalService(...all),
      { tags, networking: networking({ inline: base64 }) },
      { tags, networking: networking({ inlineString: SECRET }) },
    ),
    ...one(
      "kuma:MeshExternalService",
      (...all) => new kuma.MeshExternalService(...all),
      meshExternal({ inline: base64 }),
      meshExternal({ inlineString: SECRET }),
    ),
    ...one("kuma:Mesh", (...all) => new kuma.Mesh(...all), meshFields()),
    ...one("kuma:MeshPatch", (...all) => new kuma.MeshPatch(...all), meshFields()),
    ...one("kuma:Secret", (...all) => new kuma.Secret(...all), { value: SECRET }, { data: base64 }),
    ...one(
      "kuma:MeshIdentity",
      (...all) => new kuma.MeshIdentity(...all),
      identity({
        type: "Bundled",
        bundled: {
          ca: {
            certificate: { type: "File", file: { path: "/ca.pem" } },
            privateKey: { type: "InsecureInline", insecureInline: { value: SECRET } },
          },
        },
      }),
      identity({ type: "Extension", extension: { name: "a", config: { token: marked() } } }),
    ),
    ...one("kuma:MeshProxyPatch", (...all) => new kuma.MeshProxyPatch(...all), {
      spec: {
        default: {
          appendModifications: ["cluster", "listener", "virtualHost", "networkFilter", "httpFilter"].map(
            (resource) => ({
              [resource]: {
                operation: "Patch",
                match: { name: "a" },
                value: marked(JSON.stringify({ a: SECRET })),
              },
            }),
          ),
        },
      },
    }),
    ...one("kuma:Policy", (...all) => new kuma.Policy(...all), {
      type: "MeshAccessLog",
      spec: {
        to: [
          {
            targetRef: { kind: "Mesh" },
            default: {
              backends: [
                {
                  type: "File",
                  file: {
                    path: "/dev/stdout",
                    format: { type: "Plain", plain: marked(), omitEmptyValues: false },
                  },
                },
              ],
            },
          },
        ],
      },
    }),
  ];
}
