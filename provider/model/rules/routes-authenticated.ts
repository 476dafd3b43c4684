import { gatewaysOf } from "../inventory/gateways.ts";
import type { Finding } from "../lints/finding.ts";
import { globalPlugins, routePlugins } from "../serving/configuration.ts";
import { isNotKnown } from "../serving/not-known.ts";
import { type Gateway, isMap, type Stored, type Unclear } from "../serving/objects.ts";
import { PLUGINS } from "../serving/plugin-priorities.ts";
import type { Plugins } from "../serving/plugins.ts";
import { isAmong } from "./patterns.ts";
import { listSetting, type Rule } from "./rule.ts";
import type { RoutesAuthenticatedSettings } from "./settings.ts";

/** Plugins that ask somebody else who it is, beside those that know consumers. */
const ASKING: ReadonlySet<string> = new Set([
  "authz-casdoor",
  "authz-keycloak",
  "cas-auth",
  "forward-auth",
  "opa",
  "openid-connect",
  "saml-auth",
]);

/** Who may call a backend is asked before the backend is. */
export const routesAuthenticated: Rule<RoutesAuthenticatedSettings> = {
  name: "routes-authenticated",
  about: "Every route asks who calls.",
  alone: false,
  settings: {
    except: listSetting(
      "Names of resources (of entries, in bundles) whose routes need no authentication, with * for any characters.",
    ),
    plugins: listSetting("Further plugins that authenticate, as of one's own."),
  },
  find({ resources, declared, unclear }, { except, plugins }) {
    const found: Finding[] = [];
    for (const { gateway, resources: own } of gatewaysOf(resources)) {
      const global = globalPlugins(gateway).plugins;
      for (const route of own.filter(({ type }) => type === "apisix:Route")) {
        const resource = declared[resources.indexOf(route)];
        if (!resource || route.object.status === 0 || isAmong(route.name, except)) continue;
        const verdict = verdictOf(gateway, route.object, global, plugins);
        if (verdict.asks) continue;
        if (verdict.because.length > 0) for (const one of verdict.because) unclear(resource, textOf(one));
        else
          found.push({
            resources: [resource],
            reason: `no plugin asks who calls${verdict.but === undefined ? "" : `: ${verdict.but}`}. Add one to the route, its service or its plugin configuration.`,
          });
      }
    }
    return found;
  },
};

function textOf({ field: { collection, path }, why }: Unclear): string {
  const field = collection === "routes" ? path : `${path} of its ${NAMES[collection] ?? collection}`;
  return `${field} ${why === "not there" ? "leads to what is not in this stack" : why === "secret" ? "is secret" : "is not known yet"}`;
}

const NAMES: Readonly<Record<string, string>> = {
  services: "service",
  plugin_configs: "plugin configuration",
  global_rules: "gateway's global rules",
};

interface Verdict {
  asks: boolean;
  /** Why a plugin that could ask does not ask everybody. */
  but?: string;
  because: Unclear[];
}

function verdictOf(gateway: Gateway, route: Stored, global: Plugins, own: readonly string[]): Verdict {
  const { plugins } = routePlugins(gateway, route);
  const because = [...plugins.unclear, ...global.unclear];
  let but: string | undefined;
  for (const { name, configuration, field } of [...plugins.byName.values(), ...global.byName.values()]) {
    if (PLUGINS["3.18"][name]?.type !== "auth" && !ASKING.has(name) && !own.includes(name)) continue;
    if (isNotKnown(configuration)) {
      because.push({ field, why: "unknown" });
      continue;
    }
    const gap = gapOf(configuration);
    if (gap === undefined) return { asks: true, because: [] };
    if (gap.isUnknown)
      because.push({ field: { ...field, path: `${field.path}.${gap.path}` }, why: "unknown" });
    but = `${name} ${gap.text}`;
  }
  return { asks: false, because, ...(but === undefined ? {} : { but }) };
}

/** Why a plugin lets in some of whom it does not know. */
function gapOf(configuration: unknown): { text: string; path: string; isUnknown: boolean } | undefined {
  if (!isMap(configuration)) return undefined;
  const meta = isMap(configuration._meta) ? configuration._meta : {};
  const gaps = [
    { path: "_meta.disable", value: meta.disable, is: true, text: "is switched off" },
    { path: "_meta.filter", value: meta.filter, text: "runs under a condition only (_meta.filter)" },
    {
      path: "anonymous_consumer",
      value: configuration.anonymous_consumer,
      text: "lets in everybody else as its anonymous_consumer",
    },
    {
      path: "unauth_action",
      value: configuration.unauth_action,
      is: "pass",
      text: "lets in all (unauth_action)",
    },
  ];
  const gap = gaps.find(({ value, is }) =>
    value === undefined || value === null ? false : isNotKnown(value) || is === undefined || value === is,
  );
  return gap && { text: gap.text, path: gap.path, isUnknown: isNotKnown(gap.value) };
}
