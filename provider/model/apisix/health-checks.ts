import * as z from "zod";
import { count, host, httpMethod, statuses } from "./fields.ts";

const SERVER_FAULTS = [429, 404, 500, 501, 502, 503, 504, 505];
const GOOD = [200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308];
const protocol = z.enum(["http", "https", "tcp"]).default("http");

const active = z.strictObject({
  type: protocol.describe("What a probe speaks: `http`, `https` or `tcp`. Server's default: `http`."),
  timeout: z
    .number()
    .default(1)
    .describe("Time in which a probe must be answered, in seconds. Server's default: 1."),
  concurrency: z
    .int()
    .default(10)
    .describe("Number of nodes that are probed at the same time. Server's default: 10."),
  host: host().optional().describe("Host header that a probe sends. Server's default: the node's host."),
  port: z
    .int()
    .min(1)
    .max(65535)
    .optional()
    .describe(
      "Port of the node that is probed, 1 to 65535. Server's default: the port that serves requests.",
    ),
  httpMethod: httpMethod().default("GET").describe("HTTP method of a probe. Server's default: `GET`."),
  httpPath: z.string().default("/").describe("Path that a probe requests. Server's default: `/`."),
  httpReqBody: z.string().default("").describe("Body that a probe sends. Server's default: none."),
  httpsVerifyCertificate: z
    .boolean()
    .default(true)
    .describe("Whether an https probe verifies the node's certificate. Server's default: true."),
  reqHeaders: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Further headers that a probe sends, each as `"Name: value"`.')
    .meta({ sensitive: true }),
  healthy: z
    .strictObject({
      interval: z
        .int()
        .min(1)
        .default(1)
        .describe("Seconds between probes of a healthy node. Server's default: 1."),
      httpStatuses: statuses([200, 302]).describe(
        "HTTP statuses, 200 to 599, with which an answer to a probe counts as good. Server's default: 200, 302.",
      ),
      successes: count(1, 254, 2).describe(
        "Number of good probes in a row after which a node counts as healthy, 1 to 254. Server's default: 2.",
      ),
    })
    .prefault({})
    .describe("What makes an unhealthy node count as healthy again."),
  unhealthy: z
    .strictObject({
      interval: z
        .int()
        .min(1)
        .default(1)
        .describe("Seconds between probes of an unhealthy node. Server's default: 1."),
      httpStatuses: statuses(SERVER_FAULTS).describe(
        "HTTP statuses, 200 to 599, with which an answer to a probe counts as bad. Server's default: 429, 404 and 500 to 505.",
      ),
      httpFailures: count(1, 254, 5).describe(
        "Number of bad answers in a row after which a node counts as unhealthy, 1 to 254. Server's default: 5.",
      ),
      tcpFailures: count(1, 254, 2).describe(
        "Number of failed connections in a row after which a node counts as unhealthy, 1 to 254. Server's default: 2.",
      ),
      timeouts: count(1, 254, 3).describe(
        "Number of timeouts in a row after which a node counts as unhealthy, 1 to 254. Server's default: 3.",
      ),
    })
    .prefault({})
    .describe("What makes a node count as unhealthy, so that it gets no requests."),
});

const passive = z.strictObject({
  type: protocol.describe("What the traffic speaks: `http`, `https` or `tcp`. Server's default: `http`."),
  healthy: z
    .strictObject({
      httpStatuses: statuses(GOOD).describe(
        "HTTP statuses, 200 to 599, with which an answer to a request counts as good. Server's default: 200 to 208, 226, 300 to 308.",
      ),
      successes: count(0, 254, 5).describe(
        "Number of good answers in a row after which a node counts as healthy, 0 to 254; with 0 none does. Server's default: 5.",
      ),
    })
    .prefault({})
    .describe("What makes an unhealthy node count as healthy again."),
  unhealthy: z
    .strictObject({
      httpStatuses: statuses([429, 500, 503]).describe(
        "HTTP statuses, 200 to 599, with which an answer to a request counts as bad. Server's default: 429, 500, 503.",
      ),
      httpFailures: count(0, 254, 5).describe(
        "Number of bad answers in a row after which a node counts as unhealthy, 0 to 254; with 0 none does. Server's default: 5.",
      ),
      tcpFailures: count(0, 254, 2).describe(
        "Number of failed connections in a row after which a node counts as unhealthy, 0 to 254; with 0 none does. Server's default: 2.",
      ),
      timeouts: count(0, 254, 7).describe(
        "Number of timeouts in a row after which a node counts as unhealthy, 0 to 254; with 0 none does. Server's default: 7.",
      ),
    })
    .prefault({})
    .describe("What makes a node count as unhealthy, so that it gets no requests."),
});

/** Health checks of an upstream. */
export const checks = z
  .strictObject({
    active: active
      .optional()
      .describe(
        "Probes that APISIX sends by itself. Needed wherever there are passive checks, which never make a node healthy again.",
      ),
    passive: passive.optional().describe("Judges nodes by the answers to real requests."),
  })
  .optional()
  .describe("Health checks, active alone or with passive ones.");
