import { condition } from "../kubernetes/expressions.ts";
import { AUTHENTICATION, idOf, timeouts, trafficSplit } from "../kubernetes/translation.ts";
import { isNotKnown, notKnown } from "../serving/not-known.ts";
import { isMap, type Stored } from "../serving/objects.ts";
import type { KubernetesObject, Made } from "./kubernetes.ts";

const WEIGHT = 100;

/** What the ingress controller makes of an ApisixUpstream; nothing of one that holds settings for a Service. */
export function upstreamMade({ namespace, name, spec, labels, find }: KubernetesObject): Made[] {
  const { externalNodes, discovery, scheme, passHost, healthCheck } = spec;
  if (externalNodes === undefined && discovery === undefined) return [];
  const port = scheme === "https" || scheme === "grpcs" ? 443 : isNotKnown(scheme) ? scheme : 80;
  const nodes = listOf(externalNodes, (node) => ({
    host: node.type === "Service" ? behind(find("Service", namespace, node.name)) : node.name,
    port: node.port ?? port,
    weight: node.weight ?? WEIGHT,
  }));
  const balancing = isMap(spec.loadbalancer) ? spec.loadbalancer : {};
  const args = {
    upstreamId: idOf(namespace, name),
    labels,
    ...picked(spec, ["scheme", "upstreamHost", "retries"]),
    ...picked(balancing, ["type", "hashOn", "key"]),
    ...timesOf(spec.timeout),
    // Left out, APISIX decides.
    passHost: passHost ?? "pass",
    ...(healthCheck === undefined ? {} : { checks: notKnown("unknown") }),
    ...(externalNodes === undefined ? {} : { nodes }),
    ...(isMap(discovery)
      ? { serviceName: discovery.serviceName, discoveryType: typeOf(discovery.type) }
      : {}),
  };
  return [{ type: "apisix:Upstream", name, args }];
}

/** Types that APISIX itself has stand as they are; a text of one's own does in an object. */
function typeOf(type: unknown): unknown {
  return ["dns", "consul", "consul_kv", "nacos", "eureka", "kubernetes"].includes(String(type))
    ? type
    : { custom: type };
}

/** The domain behind a Service of type ExternalName. */
function behind(service: Stored | undefined): unknown {
  const spec = isMap(service?.spec) ? service.spec : {};
  return spec.type === "ExternalName" && spec.externalName !== undefined
    ? spec.externalName
    : notKnown("unknown");
}

/** What the ingress controller makes of an ApisixRoute: a route of each rule. */
export function routesMade(object: KubernetesObject): Made[] {
  const { namespace, name, spec, labels } = object;
  const rules = listOf(spec.http, (rule): Made => {
    const match = isMap(rule.match) ? rule.match : {};
    const shares = sharesOf(object, rule);
    const [own] = shares;
    const split = shares.length > 1 ? splitOf(shares) : {};
    const plugins = withPlugins(rule, split);
    const args = {
      routeId: idOf(namespace, name, text(rule.name)),
      labels,
      uris: match.paths ?? notKnown("unknown"),
      ...picked(match, ["hosts", "methods", "remoteAddrs"]),
      ...(match.exprs === undefined ? {} : { vars: varsOf(match.exprs) }),
      ...(match.filter_func === undefined ? {} : { filterFunc: match.filter_func }),
      ...picked(rule, ["priority"]),
      ...(rule.websocket === undefined ? {} : { enableWebsocket: rule.websocket }),
      ...timesOf(rule.timeout),
      ...(rule.plugin_config_name === undefined
        ? {}
        : { pluginConfigId: idText(rule.plugin_config_namespace ?? namespace, rule.plugin_config_name) }),
      ...(isMap(plugins) && Object.keys(plugins).length === 0 ? {} : { plugins }),
      ...(own?.upstreamId === undefined ? {} : { upstreamId: own.upstreamId }),
      ...(own?.upstream === undefined ? {} : { upstream: own.upstream }),
    };
    return { type: "apisix:Route", name: `${name}/${text(rule.name)}`, args };
  });
  return Array.isArray(rules) ? [...rules, ...streamsMade(object)] : [];
}

function streamsMade(object: KubernetesObject): Made[] {
  const { namespace, name, spec } = object;
  const made = listOf(spec.stream, (rule): Made => {
    const match = isMap(rule.match) ? rule.match : {};
    const args = {
      streamRouteId: idOf(namespace, name, text(rule.name)),
      ...(match.ingressPort === undefined ? {} : { serverPort: match.ingressPort }),
      ...(match.host === undefined ? {} : { sni: match.host }),
      upstream: serviceUpstream(object, rule.backend),
    };
    return { type: "apisix:StreamRoute", name: `${name}/${text(rule.name)}`, args };
  });
  return Array.isArray(made) ? made : [];
}

/** What the ingress controller makes of an ApisixPluginConfig. */
export function pluginConfigMade({ namespace, name, spec, labels }: KubernetesObject): Made[] {
  const plugins = pluginsOf(spec.plugins);
  const args = { pluginConfigId: idOf(namespace, name), labels, plugins };
  return [{ type: "apisix:PluginConfig", name, args }];
}

interface Share {
  weight: unknown;
  upstreamId?: unknown;
  upstream?: unknown;
}

/** Where the requests of a rule go: `upstreams` first, as the controller reads them. */
function sharesOf(object: KubernetesObject, rule: Stored): Share[] {
  const upstreams = listOf(
    rule.upstreams,
    ({ name, weight }): Share => ({
      upstreamId: idText(object.namespace, name),
      weight: weight ?? WEIGHT,
    }),
  );
  const backends = listOf(
    rule.backends,
    (backend): Share => ({
      upstream: serviceUpstream(object, backend),
      weight: backend.weight ?? WEIGHT,
    }),
  );
  if (!Array.isArray(upstreams) || !Array.isArray(backends))
    return [{ weight: 1, upstreamId: notKnown("unknown") }];
  return [...upstreams, ...backends];
}

function splitOf(shares: readonly Share[]): Stored {
  if (shares.slice(1).every(({ upstream }) => upstream === undefined))
    return trafficSplit(shares.map(({ upstreamId, weight }) => ({ upstreamId, weight })));
  const weighted = shares.map(({ upstream, upstreamId, weight }, index) =>
    index === 0
      ? { weight }
      : {
          weight,
          ...(upstream === undefined ? { upstream_id: upstreamId } : { upstream: inPlugin(upstream) }),
        },
  );
  return { "traffic-split": { rules: [{ weighted_upstreams: weighted }] } };
}

/** An upstream in the words of the Admin API, as traffic-split takes it. */
function inPlugin(upstream: unknown): unknown {
  if (!isMap(upstream)) return upstream;
  const words: Readonly<Record<string, string>> = {
    passHost: "pass_host",
    upstreamHost: "upstream_host",
    serviceName: "service_name",
    discoveryType: "discovery_type",
  };
  return Object.fromEntries(Object.entries(upstream).map(([key, value]) => [words[key] ?? key, value]));
}

/** A Service of the cluster: the domain behind an ExternalName, else what Kubernetes finds. */
function serviceUpstream({ namespace, find }: KubernetesObject, backend: unknown): unknown {
  if (!isMap(backend)) return notKnown("unknown");
  const { serviceName, servicePort } = backend;
  const service = find("Service", namespace, serviceName);
  const settings = find("ApisixUpstream", namespace, serviceName);
  const spec = isMap(settings?.spec) ? settings.spec : {};
  // Where the Service is in no source, settings for it may be in none, either.
  const scheme =
    service || settings
      ? picked(spec, ["scheme", "passHost", "upstreamHost"])
      : { scheme: notKnown("unknown") };
  if (isMap(service?.spec) && service.spec.type === "ExternalName")
    return {
      ...scheme,
      passHost: spec.passHost ?? "pass",
      nodes: [{ host: behind(service), port: portOf(servicePort), weight: 1 }],
    };
  return {
    ...scheme,
    passHost: spec.passHost ?? "pass",
    serviceName: `${namespace}/${text(serviceName)}`,
    discoveryType: "kubernetes",
  };
}

function portOf(port: unknown): unknown {
  return typeof port === "number" ? port : notKnown("unknown");
}

function withPlugins(rule: Stored, more: Stored): unknown {
  const own = pluginsOf(rule.plugins);
  if (!isMap(own)) return own;
  const { authentication } = rule;
  if (isNotKnown(authentication)) return notKnown("unknown");
  if (!isMap(authentication) || authentication.enable === false) return { ...own, ...more };
  if (isNotKnown(authentication.enable) || isNotKnown(authentication.type)) return notKnown("unknown");
  const { type } = authentication;
  const isKnown = typeof type === "string" && Object.hasOwn(AUTHENTICATION, type);
  const [plugin, settings] = (isKnown && AUTHENTICATION[type]) || [];
  if (plugin === undefined || authentication.enable !== true) return { ...own, ...more };
  return { ...own, [plugin]: (settings && authentication[settings]) ?? {}, ...more };
}

/** A list of plugins as APISIX's map of those in use. What a Secret of the cluster adds to one is not known. */
function pluginsOf(list: unknown): unknown {
  const plugins = listOf(list, ({ name, enable, config, secretRef }) => {
    if (enable === false) return [];
    const isClear = secretRef === undefined && !isNotKnown(enable);
    return [[text(name), isClear ? (config ?? {}) : notKnown("secret")] as const];
  });
  return Array.isArray(plugins) ? Object.fromEntries(plugins.flat()) : plugins;
}

function varsOf(list: unknown): unknown {
  return listOf(list, (expression) => {
    const subject = isMap(expression.subject) ? expression.subject : undefined;
    const asked = [expression.subject, expression.op, subject?.scope, subject?.name];
    return asked.some(isNotKnown) ? notKnown("unknown") : condition(expression as never);
  });
}

/** Every object of a list; the marker itself where the list is not known. */
function listOf<T>(value: unknown, map: (item: Stored) => T): T[] | Stored {
  if (isNotKnown(value)) return value as unknown as Stored;
  return Array.isArray(value) ? value.filter(isMap).map(map) : [];
}

function picked(from: Stored, keys: readonly string[]): Stored {
  return Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])));
}

function timesOf(value: unknown): Stored {
  if (value === undefined) return {};
  const isKnown = isMap(value) && !Object.values(value).some(isNotKnown);
  return { timeout: isKnown ? timeouts(value) : notKnown("unknown") };
}

function idText(namespace: unknown, name: unknown): unknown {
  return isNotKnown(namespace) || isNotKnown(name)
    ? notKnown("unknown")
    : idOf(String(namespace), String(name));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "?";
}
