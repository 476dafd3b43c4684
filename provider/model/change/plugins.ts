import { type Gateway, idOf, isMap, type Stored } from "../serving/objects.ts";
import { PLUGINS } from "../serving/plugin-priorities.ts";
import { changedFields, json } from "./fields.ts";
import type { Line } from "./line.ts";

/** Plugins by their names. */
export type ByName = ReadonlyMap<string, { configuration: unknown }>;

/** The plugins of all global rules. */
export function globalOf({ global_rules: rules = [] }: Gateway): ByName {
  return new Map(
    rules
      .flatMap(({ plugins }) => (isMap(plugins) ? Object.entries(plugins) : []))
      .map(([name, configuration]) => [name, { configuration }]),
  );
}

/** Plugins beside those that check keys, which let through only some. */
const GUARDS: ReadonlySet<string> = new Set([
  "ip-restriction",
  "forward-auth",
  "opa",
  "consumer-restriction",
  "acl",
  "csrf",
  "uri-blocker",
  "referer-restriction",
  "ua-restriction",
  "authz-casbin",
  "authz-casdoor",
  "authz-keycloak",
  "openid-connect",
  "cas-auth",
  "saml-auth",
  "request-validation",
]);
const LIMITS: ReadonlySet<string> = new Set([
  "limit-count",
  "limit-req",
  "limit-conn",
  "api-breaker",
  "ai-rate-limiting",
  "graphql-limit-count",
]);

/** What plugins are new, gone or changed; of those that check who asks, and of limits, that they are gone. */
export function pluginLines(about: string, place: string, was: ByName, is: ByName): Line[] {
  const lines: Line[] = [];
  for (const name of [...new Set([...was.keys(), ...is.keys()])].sort()) {
    const [old, next] = [activeIn(was, name), activeIn(is, name)];
    if (json(old) === json(next)) continue;
    const common = { about, place, examples: [] };
    const isGuard = PLUGINS["3.18"][name]?.type === "auth" || GUARDS.has(name);
    if (next === undefined && isGuard)
      lines.push({ ...common, effect: "auth-removed", text: `${about}: ${name} no longer checks who asks` });
    else if (next === undefined && LIMITS.has(name))
      lines.push({ ...common, effect: "limit-removed", text: `${about}: the limit ${name} is gone` });
    else {
      const what =
        old === undefined
          ? "is new"
          : next === undefined
            ? "is gone"
            : `changes (${changedFields(mapOf(old), mapOf(next)).join("; ")})`;
      lines.push({ ...common, effect: "plugin", text: `${about}: plugin ${name} ${what}` });
    }
  }
  return lines;
}

function mapOf(value: unknown): Stored {
  return isMap(value) ? value : { configuration: value };
}

/** The configuration of a plugin that is there and not switched off. */
function activeIn(plugins: ByName, name: string): unknown {
  const configuration = plugins.get(name)?.configuration;
  const meta = isMap(configuration) ? configuration._meta : undefined;
  return isMap(meta) && meta.disable === true ? undefined : configuration;
}

/** What consumers, their groups and credentials are new, gone or changed. */
export function consumerLines(old: Gateway, next: Gateway, place: string): Line[] {
  const named = ({ consumers = [], consumer_groups: groups = [], credentials = [] }: Gateway) =>
    new Map([
      ...consumers.map((one) => [`consumer ${idOf(one)}`, one] as const),
      ...groups.map((one) => [`consumer group ${idOf(one)}`, one] as const),
      ...credentials.map(
        (one) => [`credential ${one.consumer}/${idOf(one.credential)}`, one.credential] as const,
      ),
    ]);
  const [was, is] = [named(old), named(next)];
  const keys = [...new Set([...was.keys(), ...is.keys()])].sort();
  return keys.flatMap((about): Line[] => {
    const effect = (one: Stored | undefined) => one && { plugins: one.plugins, group: one.group_id };
    const [before, after] = [was.get(about), is.get(about)];
    if (json(effect(before)) === json(effect(after))) return [];
    const what = !before
      ? "is new: who has its key is let in where keys are checked"
      : !after
        ? "is gone"
        : `changes (${changedFields(effect(before), effect(after)).join("; ")})`;
    return [{ effect: "consumer", about, place, text: `${about} ${what}`, examples: [] }];
  });
}
