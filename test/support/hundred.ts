import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import type { Stored } from "./kind-case.ts";
import type { World } from "./world.ts";

const UPSTREAMS = 40;
const SERVICES = 14;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A hundred resources at both servers. What has no labels there is made first. */
export const hundred: PulumiFn = async () => {
  const format = { log_format: { host: "$host" } };
  const unlabelled = [
    new apisix.GlobalRule("hundred", { plugins: { "ip-restriction": { blacklist: ["192.0.2.1"] } } }),
    new apisix.PluginMetadata("file-logger", { metadata: format }),
    new apisix.PluginMetadata("syslog", { metadata: format }),
    new apisix.Secret("hundred", {
      manager: "vault",
      uri: "https://vault.example",
      prefix: "kv/apisix",
      token: "t",
    }),
  ];
  const dependsOn = { dependsOn: unlabelled };
  new apisix.Proto("hundred", { content: 'syntax = "proto3"; message Empty {}' }, dependsOn);
  new kuma.Secret("hundred", { value: "of the hundred" }, dependsOn);
  for (const number of numbers(SERVICES)) {
    new kuma.ExternalService(
      `service-${number}`,
      {
        tags: { "kuma.io/service": `service-${number}` },
        networking: { address: `backend-${number}.example:80` },
      },
      dependsOn,
    );
  }
  for (const number of numbers(UPSTREAMS)) {
    const nodes = [{ host: `backend-${number}.example`, port: 80, weight: 1 }];
    const { upstreamId } = new apisix.Upstream(`upstream-${number}`, { nodes }, dependsOn);
    new apisix.Route(`route-${number}`, { uri: `/${number}`, upstreamId });
  }
};

/** Where the objects of the hundred are, and the names of those. */
const PLACES: Record<string, readonly string[]> = {
  global_rules: ["hundred"],
  plugin_metadata: ["file-logger", "syslog"],
  secrets: ["vault/hundred"],
  protos: ["hundred"],
  Secret: ["hundred"],
  ExternalService: numbers(SERVICES).map((number) => `service-${number}`),
  upstreams: numbers(UPSTREAMS).map((number) => `upstream-${number}`),
  routes: numbers(UPSTREAMS).map((number) => `route-${number}`),
};

const isAtKuma = (place: string) => /^[A-Z]/.test(place);

/** All that both servers have where the hundred are, by its name. */
export function everything(world: World): Map<string, Stored> {
  const at = (place: string) =>
    isAtKuma(place) ? world.kuma.store.list(place) : world.apisix.store.list(place);
  const nameOf = ({ id, name }: Stored) => String(id ?? name);
  return new Map(
    Object.keys(PLACES).flatMap((place) =>
      at(place).map((object) => [`${place} ${nameOf(object)}`, object] as const),
    ),
  );
}

/** The names of the hundred, as {@link everything} has them; those first that have no labels. */
export const namesOfTheHundred = Object.entries(PLACES).flatMap(([place, names]) =>
  names.map((name) => `${place} ${name}`),
);
