import * as z from "zod";
import { atLeastOneOf, atMostOneOf, exactlyOneOf, excluding } from "../exclusions.ts";
import { type FieldMeta, type JsonObject, set } from "../fields.ts";
import type { Kind, RuleContext } from "../kind.ts";
import {
  clientAddress,
  desc,
  host,
  httpMethod,
  idArgument,
  labels,
  luaScript,
  name,
  onlyElementOf,
  plugins,
  reference,
  SERVER_MADE,
  timeout,
} from "./fields.ts";
import { pluginRules } from "./plugins.ts";
import {
  canonicalUpstream,
  fillPassHost,
  inlineUpstream,
  inside,
  insideRules,
  upstreamFromServer,
  upstreamToServer,
} from "./upstream.ts";
import { varsProblem } from "./vars.ts";

const BACKENDS = ["plugins", "script", "upstream", "upstreamId", "serviceId"];

const schema = z.strictObject({
  routeId: idArgument("route"),
  uri: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe("Path to match, `*` at its end for a prefix. Either this or `uris`.")
    .meta(onlyElementOf("uris")),
  uris: set(z.string().min(1), 1).optional().describe("Paths to match, any of them."),
  host: host()
    .optional()
    .describe(
      "Host to match, `*.` in front for all subdomains. At most one of `host` and `hosts`; neither matches every host.",
    )
    .meta(onlyElementOf("hosts")),
  hosts: set(host(), 1).optional().describe("Hosts to match, any of them."),
  remoteAddr: clientAddress()
    .optional()
    .describe("Client address or range to match. At most one of this and `remoteAddrs`.")
    .meta(onlyElementOf("remoteAddrs")),
  remoteAddrs: set(clientAddress(), 1)
    .optional()
    .describe("Client addresses or ranges to match, any of them."),
  methods: set(httpMethod()).optional().describe("HTTP methods to match. Server's default: all."),
  priority: z
    .int()
    .default(0)
    .describe("Of two routes that match, the one of higher priority serves. Server's default: 0."),
  vars: z
    .array(z.unknown())
    .optional()
    .describe('Conditions that all must hold, each as `["arg_name", "==", "value"]`.'),
  filterFunc: z
    .string()
    .min(10)
    .regex(/^function/, 'has to begin with "function"')
    .optional()
    .meta({ examples: ['function(vars) return vars.arg_a == "1" end'] } satisfies FieldMeta)
    .describe("Lua function that decides whether the route matches."),
  plugins: plugins.optional().describe("Plugins by name with their configurations."),
  pluginConfigId: reference("apisix:PluginConfig")
    .optional()
    .describe(
      "Id of a plugin configuration to merge in; needs `plugins` (`{}` will do), an upstream or a service beside it.",
    ),
  script: luaScript().optional().describe("Lua script instead of plugins."),
  scriptId: reference().optional().describe("Id of a stored script."),
  upstream: inlineUpstream
    .optional()
    .describe("An upstream of this route alone. At most one of this and `upstreamId`."),
  upstreamId: reference("apisix:Upstream").optional().describe("Id of an upstream."),
  serviceId: reference("apisix:Service")
    .optional()
    .describe("Id of a service; an upstream given here goes before the service's."),
  timeout: timeout.describe("Timeouts that go before the upstream's, in seconds, all three."),
  enableWebsocket: z
    .boolean()
    .optional()
    .describe("Lets websocket connections through. Server's default: false."),
  status: z.literal([0, 1]).default(1).describe("1 serves, 0 does not. Server's default: 1."),
  enabled: z
    .boolean()
    .optional()
    .describe("`status` in words: true is 1, false is 0.")
    .meta({
      spelling: {
        of: "status",
        toField: (enabled) => (typeof enabled === "boolean" ? Number(enabled) : enabled),
        fromField: (status) => (typeof status === "number" ? status === 1 : undefined),
      },
    } satisfies FieldMeta),
  name,
  desc,
  labels,
});

function rules(route: JsonObject, context: RuleContext): void {
  const { report, known } = context;
  if (known("status", "enabled") && route.enabled !== undefined && route.status !== undefined) {
    if (route.enabled !== (route.status === 1))
      report("enabled", `says the opposite of status ${route.status}`);
  }
  if (known("vars") && Array.isArray(route.vars)) {
    const problem = varsProblem(route.vars);
    if (problem) report(`vars${problem[0]}`, problem[1]);
  }
  insideRules(route, context);
  pluginRules(route.plugins, "plugins", context);
}

/** Which requests go where. */
export const route: Kind = {
  type: "apisix:Route",
  title: "route",
  doc: "Which requests go where.",
  docs: "https://apisix.apache.org/docs/apisix/admin-api/#route",
  examples: [
    `
const payments = new apisix.Upstream("payments", { scheme: "https", nodes: { "api.example.com:443": 1 } });
new apisix.Route("payments", { host: "payments.example.org", uri: "/*", upstreamId: payments.upstreamId });
`,
  ],
  dialect: "apisix",
  identity: ["routeId"],
  schema: excluding(
    schema,
    exactlyOneOf(["uri", "uris"], { missing: "a route needs uri or uris" }),
    atMostOneOf(["host", "hosts"]),
    atMostOneOf(["remoteAddr", "remoteAddrs"]),
    atMostOneOf(["upstream", "upstreamId"]),
    atMostOneOf(["script", "plugins"]),
    atMostOneOf(["script", "pluginConfigId"]),
    atLeastOneOf(BACKENDS, {
      at: "upstreamId",
      missing: `a route needs at least one of ${BACKENDS.join(", ")}`,
      notEnough: {
        field: "pluginConfigId",
        reason: "is not enough by itself for the server",
        hint: "add plugins: {} or an upstream",
      },
    }),
  ),
  serverSchema: "route",
  path: ([id]) => `routes/${id}`,
  rules,
  fill: inside(fillPassHost),
  canonical: inside(canonicalUpstream),
  toServer: inside(upstreamToServer),
  fromServer: inside(upstreamFromServer),
  serverMade: SERVER_MADE,
};
