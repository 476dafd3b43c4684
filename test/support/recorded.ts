import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { ExternalBackend, type ExternalBackendArgs } from "pulumi-external-backends";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { clearKey, encryptKeys } from "../../sandbox/apisix/encryption.ts";
import type { ApisixSandbox } from "../../sandbox/apisix/index.ts";
import { kinds as apisixKinds } from "../../sandbox/apisix/kinds.ts";
import type { KumaSandbox } from "../../sandbox/kuma/index.ts";
import { kindsOf } from "../../sandbox/kuma/kinds/index.ts";
import type { Deployment, StackConfig } from "../../tools/engine.ts";
import { CONSUMER } from "./kind-case.ts";
import { classOf, idOf, kinds, type Stored } from "./kinds.ts";

/** One resource of a recorded stack. */
export interface Declaration {
  type: string;
  name: string;
  args: Stored;
  /** Of the provider given in the program; the others use the stack's configuration. */
  explicit?: true;
}

/** What one release wrote: from these declarations this state, and these objects at the servers. */
export interface Recording {
  declarations: Declaration[];
  state: Deployment;
  objects: { apisix: Record<string, Stored[]>; kuma: Stored[] };
}

/** The servers of a recorded stack. */
export interface Servers {
  apisix: ApisixSandbox;
  kuma: KumaSandbox;
}

/** The project of a recorded stack, whose name is the release's: both stand in each resource's URN. */
export const PROJECT = "states";

/** Every kind twice: with few arguments at the servers of the configuration, with more at those of a provider. */
export function declarationsOfThisRelease(): Declaration[] {
  const ofKinds = (["minimal", "full"] as const).flatMap((size) =>
    kinds.map((kind): Declaration => {
      const given = kind[size] as Stored;
      // No private key stands in the repository in clear.
      const args = kind.type === "apisix:Ssl" ? encryptKeys("ssls", given) : given;
      const declaration = { type: kind.type, name: idOf(size, kind), args };
      return size === "full" ? { ...declaration, explicit: true } : declaration;
    }),
  );
  return [
    ...ofKinds,
    {
      type: "kuma:MeshPatch",
      name: "patch",
      args: { mesh: "default", routing: { localityAwareLoadBalancing: true } },
    },
    {
      type: "ExternalBackend",
      name: "component",
      args: {
        address: "component.example:443",
        tls: { serverName: "component.example" },
        gateway: { hosts: ["component.example.org"] },
        mesh: { service: "component" },
      },
    },
  ];
}

type Declare = (name: string, args: Stored, options: CustomResourceOptions) => unknown;

/** Declares exactly what was recorded. */
function declareOf(type: string): Declare {
  if (type === "ExternalBackend")
    return (name, args) => new ExternalBackend(name, args as unknown as ExternalBackendArgs);
  const made = classOf(type);
  return (name, args, options) => new made(name, args, options);
}

/** A program with these resources, and with providers whose credentials are written down as text. */
export function programOf(declarations: Declaration[], servers: Servers): PulumiFn {
  const headers = { "x-proxy": "what a proxy asks for" };
  return async () => {
    const { adminUrl, adminKey } = servers.apisix;
    const edge = new apisix.Provider("edge", { adminUrl, adminKey, headers });
    const mesh = new kuma.Provider("mesh", { url: servers.kuma.url, token: "a token", headers });
    for (const { type, name, args, explicit } of declarations) {
      const provider = type.startsWith("apisix") ? edge : mesh;
      declareOf(type)(name, type === "apisix:Ssl" ? withClearKeys(args) : args, explicit ? { provider } : {});
    }
  };
}

function withClearKeys({ key, keys, ...args }: Stored): Stored {
  const clear = (text: unknown) => clearKey(String(text));
  return { ...args, key: clear(key), ...(Array.isArray(keys) ? { keys: keys.map(clear) } : {}) };
}

/** The configuration of a recorded stack. */
export function configOf(servers: Servers): StackConfig {
  return {
    "apisix:adminUrl": servers.apisix.adminUrl,
    "apisix:adminKey": { value: servers.apisix.adminKey, secret: true },
    "kuma:url": servers.kuma.url,
  };
}

const collections = [
  ...Object.keys(apisixKinds).filter((name) => name !== "credentials"),
  `consumers/${CONSUMER}/credentials`,
];
const kumaTypes = kindsOf("2.14.3").map(({ type }) => type);

/** Everything that the servers have. */
export function objectsOf({ apisix, kuma }: Servers): Recording["objects"] {
  const lists = collections.map((name) => [name, apisix.store.list(name)] as const);
  return {
    apisix: Object.fromEntries(lists.filter(([, list]) => list.length > 0)),
    kuma: kumaTypes.flatMap((type) => kuma.store.list(type)),
  };
}

/** Gives the servers what others had. */
export function putObjects({ apisix, kuma }: Servers, objects: Recording["objects"]): void {
  for (const [collection, list] of Object.entries(objects.apisix)) {
    for (const object of list) apisix.store.put(collection, String(object.id ?? object.username), object);
  }
  for (const object of objects.kuma) kuma.store.put(object);
}

/** The servers' URLs differ in each run, so that none stands in a file. */
export function withoutUrls(text: string, { apisix, kuma }: Servers): string {
  return text.replaceAll(apisix.adminUrl, "{{apisix}}").replaceAll(kuma.url, "{{kuma}}");
}

/** The reverse of {@link withoutUrls}. */
export function withUrls(text: string, { apisix, kuma }: Servers): string {
  return text.replaceAll("{{apisix}}", apisix.adminUrl).replaceAll("{{kuma}}", kuma.url);
}
