import * as z from "zod";
import { atMostOneOf, excluding } from "../exclusions.ts";
import { set } from "../fields.ts";
import type { Kind } from "../kind.ts";
import {
  desc,
  host,
  idArgument,
  labels,
  luaScript,
  name,
  plugins,
  reference,
  SERVER_MADE,
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

const schema = z.strictObject({
  serviceId: idArgument("service"),
  hosts: set(host(), 1)
    .optional()
    .describe("Hosts that routes of this service match, any of them. Server's default: all."),
  upstream: inlineUpstream
    .optional()
    .describe("An upstream of this service alone. At most one of this and `upstreamId`."),
  upstreamId: reference("apisix:Upstream").optional().describe("Id of an upstream."),
  plugins: plugins
    .optional()
    .describe("Plugins by name with their configurations; a route's own go before them."),
  script: luaScript().optional().describe("Lua script instead of plugins."),
  enableWebsocket: z
    .boolean()
    .optional()
    .describe("Lets websocket connections through. Server's default: false."),
  name,
  desc,
  labels,
});

/** What several routes share. */
export const service: Kind = {
  type: "apisix:Service",
  title: "service",
  doc: "What several routes share: an upstream, hosts and plugins.",
  docs: "https://apisix.apache.org/docs/apisix/admin-api/#service",
  examples: [
    `
const upstream = new apisix.Upstream("api", { nodes: { "api.example.com:80": 1 } });
const api = new apisix.Service("api", { upstreamId: upstream.upstreamId, plugins: { cors: {} } });
new apisix.Route("api", { uri: "/v1/*", serviceId: api.serviceId });
`,
  ],
  dialect: "apisix",
  identity: ["serviceId"],
  schema: excluding(schema, atMostOneOf(["upstream", "upstreamId"])),
  serverSchema: "service",
  path: ([id]) => `services/${id}`,
  rules(args, context) {
    insideRules(args, context);
    pluginRules(args.plugins, "plugins", context);
  },
  fill: inside(fillPassHost),
  canonical: inside(canonicalUpstream),
  toServer: inside(upstreamToServer),
  fromServer: inside(upstreamFromServer),
  serverMade: SERVER_MADE,
};
