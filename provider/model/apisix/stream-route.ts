import * as z from "zod";
import { atMostOneOf, excluding } from "../exclusions.ts";
import { type FieldMeta, isObject } from "../fields.ts";
import type { Kind } from "../kind.ts";
import {
  clientAddress,
  desc,
  host,
  idArgument,
  labels,
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
  streamRouteId: idArgument("stream route"),
  remoteAddr: clientAddress().optional().describe("Client address or range to match."),
  serverAddr: clientAddress().optional().describe("Address of the gateway to match."),
  serverPort: z.int().min(1).max(65535).optional().describe("Port of the gateway to match, 1 to 65535."),
  sni: host().optional().describe("Server Name Indication to match, `*.` in front for all subdomains."),
  upstream: inlineUpstream
    .optional()
    .describe("An upstream of this route alone. At most one of this and `upstreamId`."),
  upstreamId: reference("apisix:Upstream").optional().describe("Id of an upstream."),
  serviceId: reference("apisix:Service").optional().describe("Id of a service."),
  plugins: plugins.optional().describe("Stream plugins by name with their configurations."),
  protocol: z
    .strictObject({
      name: z.string().describe("Name of the protocol, such as `redis`."),
      superiorId: reference("apisix:StreamRoute")
        .optional()
        .describe("Id of the stream route that this one refines."),
      conf: z
        .record(z.string(), z.unknown())
        .optional()
        .meta({ sensitive: true } satisfies FieldMeta)
        .describe("Settings of the protocol, as its documentation has them."),
      logger: z
        .array(
          z.strictObject({
            name: z.string().optional().describe("Logger plugin; with `conf`."),
            filter: z
              .array(z.unknown())
              .optional()
              .describe("Expressions, as in a route's `vars`, that decide which requests are logged."),
            conf: z
              .record(z.string(), z.unknown())
              .optional()
              .meta({ sensitive: true } satisfies FieldMeta)
              .describe("Settings of the logger plugin, as its documentation has them."),
          }),
        )
        .optional()
        .describe("Loggers of requests of this protocol."),
    })
    .optional()
    .describe("Protocol above TCP (xRPC)."),
  name,
  desc,
  labels,
});

/** Which TCP or UDP connections go where. */
export const streamRoute: Kind = {
  type: "apisix:StreamRoute",
  title: "stream route",
  doc: "Which TCP or UDP connections go where.",
  docs: "https://apisix.apache.org/docs/apisix/admin-api/#stream-route",
  examples: [
    `
new apisix.StreamRoute("redis", { serverPort: 9100, upstream: { nodes: { "redis.example.com:6379": 1 } } });
`,
  ],
  dialect: "apisix",
  identity: ["streamRouteId"],
  schema: excluding(schema, atMostOneOf(["upstream", "upstreamId"])),
  labelsSince: "3.8",
  serverSchema: "stream_route",
  path: ([id]) => `stream_routes/${id}`,
  rules(args, context) {
    insideRules(args, context);
    const { logger, superiorId } = isObject(args.protocol) ? args.protocol : {};
    if (context.known("protocol") && superiorId !== undefined && superiorId === args.streamRouteId)
      context.report("protocol.superiorId", "is the id of the stream route itself");
    for (const [index, one] of Array.isArray(logger) ? logger.entries() : []) {
      if (isObject(one) && one.name !== undefined && one.conf === undefined)
        context.report(`protocol.logger[${index}].conf`, "is missing", "the logger's settings; {} for none");
    }
    pluginRules(args.plugins, "plugins", context, "stream");
  },
  fill: inside(fillPassHost),
  canonical: inside(canonicalUpstream),
  toServer: inside(upstreamToServer),
  fromServer: inside(upstreamFromServer),
  serverMade: SERVER_MADE,
};
