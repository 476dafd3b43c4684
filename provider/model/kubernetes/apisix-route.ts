import * as z from "zod";
import { clientAddress, host, httpMethod } from "../apisix/fields.ts";
import { atLeastOneOf, excluding } from "../exclusions.ts";
import type { FieldMeta, JsonObject } from "../fields.ts";
import { isObject, set } from "../fields.ts";
import type { RuleContext } from "../kind.ts";
import { resourceName } from "../kuma/fields.ts";
import { ingressClassName, ingressClassRule, timeout } from "./fields.ts";
import { itemsOf, metadata, type ObjectKind, specRules } from "./object.ts";

const LIST_OPERATORS = ["In", "NotIn"];
const OPERATORS = [
  "Equal",
  "NotEqual",
  "GreaterThan",
  "GreaterThanEqual",
  "LessThan",
  "LessThanEqual",
  "RegexMatch",
  "RegexNotMatch",
  "RegexMatchCaseInsensitive",
  "RegexNotMatchCaseInsensitive",
  ...(LIST_OPERATORS as ["In", "NotIn"]),
] as const;

const expression = z.strictObject({
  subject: z
    .strictObject({
      scope: z
        .enum(["Header", "Query", "Path", "Cookie", "Variable", "Body"])
        .describe("Where the value comes from."),
      name: z
        .string()
        .optional()
        .describe("Name of the header, parameter, cookie, variable or body field; not with scope `Path`."),
    })
    .describe("The value that is compared."),
  op: z.enum(OPERATORS).describe("How it is compared."),
  value: z.string().optional().describe("Text to compare with, for every operator but `In` and `NotIn`."),
  set: z.array(z.string()).optional().describe("Texts to compare with, for `In` and `NotIn`."),
});

const match = z.strictObject({
  paths: set(z.string().min(1), 1).describe("Paths to match, any of them; `*` at the end for a prefix."),
  hosts: set(host()).optional().describe("Hosts to match, any of them; `*.` in front for all subdomains."),
  methods: set(httpMethod()).optional().describe("HTTP methods to match. Default: all."),
  remoteAddrs: set(clientAddress()).optional().describe("Client addresses or ranges to match, any of them."),
  exprs: z.array(expression).optional().describe("Conditions that all must hold."),
  filter_func: z.string().optional().describe("Lua function that decides whether the rule matches."),
});

const serviceName = z.string().min(1).describe("Name of a Kubernetes Service in the same namespace.");
const servicePort = z
  .union([z.int().min(1).max(65535), z.string().min(1)])
  .describe("Port of the Service, by number or name.");
const subset = z.string().optional().describe("Subset that the ApisixUpstream of the same name defines.");

const plugin = z.strictObject({
  name: z.string().min(1).describe("Name of the plugin."),
  enable: z.boolean().default(true).describe("Whether it is in use. Server's default: true."),
  config: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("Its configuration.")
    .meta({ sensitive: true } satisfies FieldMeta),
  secretRef: z
    .string()
    .optional()
    .describe("Name of a Kubernetes Secret in the same namespace whose fields go over the configuration."),
});
const plugins = z
  .array(plugin.meta({ typeName: "ApisixRoutePlugin", description: "A plugin and its configuration." }))
  .optional();

const authentication = z.strictObject({
  enable: z.boolean().describe("Whether clients have to authenticate."),
  type: z
    .enum(["keyAuth", "basicAuth", "wolfRBAC", "jwtAuth", "hmacAuth", "ldapAuth"])
    .describe("How. The controller takes anything else for `basicAuth`, so it is refused."),
  keyAuth: z
    .strictObject({ header: z.string().optional().describe("Header with the key.") })
    .optional()
    .describe("Settings of `keyAuth`."),
  jwtAuth: z
    .strictObject({
      header: z.string().optional().describe("Header with the token."),
      query: z.string().optional().describe("Query parameter with the token."),
      cookie: z.string().optional().describe("Cookie with the token."),
    })
    .optional()
    .describe("Settings of `jwtAuth`."),
  ldapAuth: z
    .strictObject({
      base_dn: z.string().optional().describe("Base of the search."),
      ldap_uri: z.string().optional().describe("URI of the server."),
      uid: z.string().optional().describe("Attribute that identifies a user."),
      use_tls: z.boolean().optional().describe("Whether to speak TLS."),
    })
    .optional()
    .describe("Settings of `ldapAuth`."),
});

const rule = z.strictObject({
  name: z.string().min(1).describe("Name of the rule, unique in the route."),
  match: match.describe("Which requests."),
  upstreams: z
    .array(
      z.strictObject({
        name: resourceName().describe(
          "Name of an ApisixUpstream of the same namespace with `externalNodes` or `discovery` (best as `upstream.metadata.name`).",
        ),
        weight: z.int().min(0).optional().describe("Share of the traffic. Default: 100."),
      }),
    )
    .optional()
    .describe("External backends. Several of them, and `backends` beside them, share the traffic by weight."),
  backends: z
    .array(
      z.strictObject({
        serviceName,
        servicePort,
        weight: z.int().min(0).optional().describe("Share of the traffic. Default: 100."),
        resolveGranularity: z
          .enum(["endpoints", "endpoint", "service"])
          .optional()
          .describe("Sends to the pods (`endpoints`) or to the Service's address. Default: `endpoints`."),
        subset,
      }),
    )
    .optional()
    .describe("Kubernetes Services."),
  plugins: plugins.describe("Plugins of this rule."),
  plugin_config_name: z.string().optional().describe("Name of an ApisixPluginConfig to merge in."),
  plugin_config_namespace: z
    .string()
    .optional()
    .describe("Namespace of the ApisixPluginConfig. Default: the route's."),
  authentication: authentication.optional().describe("Authentication of clients."),
  priority: z
    .int()
    .optional()
    .describe("Of two rules that match, the one of higher priority serves. Default: 0."),
  timeout: timeout.describe("Timeouts that go before the upstream's, whole seconds."),
  websocket: z.boolean().optional().describe("Lets websocket connections through. Default: false."),
});

const streamRule = z.strictObject({
  name: z.string().min(1).describe("Name of the rule, unique in the route."),
  protocol: z.enum(["TCP", "UDP"]).describe("Protocol."),
  match: z
    .strictObject({
      ingressPort: z
        .int()
        .min(0)
        .max(65535)
        .describe("Port at which APISIX listens; it has to be in APISIX's own configuration."),
      host: z.string().optional().describe("Name that the client asks for (SNI)."),
    })
    .describe("Which connections."),
  backend: z
    .strictObject({
      serviceName,
      servicePort,
      resolveGranularity: z
        .enum(["endpoint", "service"])
        .default("endpoint")
        .describe(
          "Sends to the pods (`endpoint`) or to the Service's address. Server's default: `endpoint`.",
        ),
      subset,
    })
    .describe("Kubernetes Service that gets them."),
  plugins: plugins.describe("Plugins of this rule."),
});

const DESTINATIONS = ["upstreams", "backends", "plugins", "plugin_config_name"];

const spec = z.strictObject({
  ingressClassName,
  http: z
    .array(
      excluding(
        rule.meta({ typeName: "ApisixRouteHttpRule", description: "Which HTTP requests go where." }),
        atLeastOneOf(DESTINATIONS, { missing: `a rule needs at least one of ${DESTINATIONS.join(", ")}` }),
      ),
    )
    .optional()
    .describe("Rules for HTTP requests."),
  stream: z
    .array(streamRule.meta({ typeName: "ApisixRouteStreamRule", description: "Which connections go where." }))
    .optional()
    .describe("Rules for TCP and UDP connections."),
});

/** The spec of an ApisixRoute. */
export const apisixRouteSpec = excluding(
  spec,
  atLeastOneOf(["http", "stream"], { missing: "a route needs rules in http or stream" }),
);

function rules(spec: JsonObject, context: RuleContext): void {
  const { report } = context;
  ingressClassRule(spec, context);
  for (const list of ["http", "stream"] as const) {
    const names = new Set<unknown>();
    for (const [item, path] of itemsOf(spec[list], list)) {
      if (context.known(`${path}.name`) && names.has(item.name)) {
        report(`${path}.name`, "is the name of another rule of this route", "give each rule its own");
      }
      names.add(item.name);
      if (list === "http") expressionRules(item, path, context);
    }
  }
}

function expressionRules(item: JsonObject, path: string, { report, known }: RuleContext): void {
  const expressions = isObject(item.match) ? itemsOf(item.match.exprs, `${path}.match.exprs`) : [];
  for (const [{ subject, op, value, set: texts }, at] of expressions) {
    if (known(`${at}.subject`) && isObject(subject) && subject.scope !== "Path" && !subject.name) {
      report(`${at}.subject.name`, "is missing", 'every scope but "Path" needs it');
    }
    if (!known(`${at}.op`)) continue;
    const [needed, other] = LIST_OPERATORS.includes(String(op)) ? ["set", "value"] : ["value", "set"];
    const given = { set: texts, value } as Record<string, unknown>;
    if (given[needed as string] === undefined) report(`${at}.${needed}`, "is missing", `op "${op}" needs it`);
    if (given[other as string] !== undefined) report(`${at}.${other}`, `does not go with op "${op}"`);
  }
}

/** Which requests go where, for the ingress controller. */
export const apisixRouteObject: ObjectKind = {
  apiVersion: "apisix.apache.org/v2",
  kind: "ApisixRoute",
  schema: z.strictObject({ metadata, spec: apisixRouteSpec }),
  rules: specRules(rules),
};
