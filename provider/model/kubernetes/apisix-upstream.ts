import * as z from "zod";
import { host } from "../apisix/fields.ts";
import { atMostOneOf, excluding } from "../exclusions.ts";
import type { Json, JsonObject } from "../fields.ts";
import { isObject, set } from "../fields.ts";
import type { RuleContext } from "../kind.ts";
import { resourceName } from "../kuma/fields.ts";
import { duration, ingressClassName, ingressClassRule, timeout } from "./fields.ts";
import { below, itemsOf, metadata, type ObjectKind, specRules } from "./object.ts";

const count = (minimum: number) => z.int().min(minimum).max(254).optional();
const codes = set(z.int().min(200).max(599), 1).optional();
const interval = duration().describe(
  'Time between probes, as in `"5s"`, at least 1s. The controller refuses the upstream without it.',
);
const checkType = z.enum(["http", "https", "tcp"]).default("http");

const active = z.strictObject({
  type: checkType.describe("What a probe speaks: `http`, `https` or `tcp`. Server's default: `http`."),
  timeout: z
    .int()
    .min(1)
    .optional()
    .describe(
      "Time for one probe. The CRD says seconds, but controllers 2.x read nanoseconds: 1000000000 is a second.",
    ),
  concurrency: z.int().min(0).optional().describe("Nodes probed at the same time."),
  host: host().optional().describe("Host header of a probe."),
  port: z.int().min(1).max(65535).optional().describe("Port to probe. Default: the node's."),
  httpPath: z.string().optional().describe("Path of a probe."),
  strictTLS: z
    .boolean()
    .optional()
    .describe("Whether an https probe verifies the node's certificate. Default: true."),
  requestHeaders: z
    .array(z.string())
    .optional()
    .describe('Further headers of a probe, each as `"Name: value"`.')
    .meta({ sensitive: true }),
  healthy: z
    .strictObject({
      interval,
      httpCodes: codes.describe("Statuses that count as good, 200 to 599."),
      successes: count(0).describe("Good probes that make a node healthy, at most 254."),
    })
    .optional()
    .describe("When a node becomes healthy again."),
  unhealthy: z
    .strictObject({
      interval,
      httpCodes: codes.describe("Statuses that count as bad, 200 to 599."),
      httpFailures: count(0).describe("Bad answers that make a node unhealthy, at most 254."),
      tcpFailures: count(0).describe("Failed connections that do, at most 254."),
      timeout: count(1).describe("Number of timeouts that do, 1 to 254."),
    })
    .optional()
    .describe("When a node becomes unhealthy."),
});

const passive = z.strictObject({
  type: checkType.describe("What the traffic speaks: `http`, `https` or `tcp`. Server's default: `http`."),
  healthy: z
    .strictObject({
      httpCodes: codes.describe("Statuses that count as good, 200 to 599."),
      successes: count(0).describe("Good answers that make a node healthy, at most 254."),
    })
    .optional()
    .describe("When a node becomes healthy again."),
  unhealthy: z
    .strictObject({
      httpCodes: codes.describe("Statuses that count as bad, 200 to 599."),
      httpFailures: count(0).describe("Bad answers that make a node unhealthy, at most 254."),
      tcpFailures: count(0).describe("Failed connections that do, at most 254."),
      timeout: count(1).describe("Number of timeouts that do, 1 to 254."),
    })
    .optional()
    .describe("When a node becomes unhealthy."),
});

/** What an upstream says as a whole and may say again for a port. */
const settings = {
  discovery: z
    .strictObject({
      type: z.string().min(1).describe("Discovery as APISIX calls it, as in `dns` or `nacos`."),
      serviceName: z.string().min(1).describe("Service to look up."),
      args: z.record(z.string(), z.string()).optional().describe("Arguments of the discovery."),
    })
    .optional()
    .describe("Finds the nodes by APISIX's service discovery. Not beside `externalNodes`."),
  healthCheck: z
    .strictObject({
      active: active.describe(
        "Probes that APISIX sends by itself; needed, since only they bring a node back.",
      ),
      passive: passive.optional().describe("Judges nodes by the answers to real requests."),
    })
    .optional()
    .describe("Health checks, active alone or with passive ones."),
  loadbalancer: z
    .strictObject({
      type: z.enum(["roundrobin", "chash", "ewma", "least_conn"]).describe("Load balancer."),
      hashOn: z
        .enum(["vars", "header", "cookie", "consumer", "vars_combinations"])
        .default("vars")
        .describe("What `chash` hashes on. Server's default: `vars`."),
      key: z
        .string()
        .optional()
        .describe("Variable, header or cookie that `chash` hashes; needed unless `hashOn` is `consumer`."),
    })
    .optional()
    .describe("Load balancer. Default: `roundrobin`."),
  passHost: z
    .enum(["pass", "node", "rewrite"])
    .optional()
    .describe(
      "Host header, and with https the SNI, that the node gets: the client's (`pass`), the node's own (`node`) or `upstreamHost` (`rewrite`). Default: `pass`, which most external https backends refuse.",
    ),
  upstreamHost: host().optional().describe('Host header for `passHost: "rewrite"`.'),
  retries: z
    .int()
    .min(0)
    .optional()
    .describe(
      "Further nodes to try after a failure; 0 switches it off. Default: as many as there are nodes.",
    ),
  scheme: z
    .enum(["http", "https", "grpc", "grpcs", "tcp", "tls", "udp"])
    .optional()
    .describe(
      "What the nodes speak; it also gives the port of nodes without one. `tcp`, `tls` and `udp` are for stream rules only. Default: `http`.",
    ),
  subsets: z
    .array(
      z.strictObject({
        name: z.string().min(1).describe("Name of the subset."),
        labels: z.record(z.string(), z.string()).describe("Labels of its endpoints."),
      }),
    )
    .optional()
    .describe("Named groups of a Kubernetes Service's endpoints."),
  timeout: timeout.describe("Timeouts towards the nodes, whole seconds."),
  tlsSecret: z
    .strictObject({
      name: resourceName().describe("Name of the Secret."),
      namespace: resourceName().describe("Namespace of the Secret."),
    })
    .optional()
    .describe("Kubernetes Secret with the client certificate and its key."),
};

const NODE_NAME = /^[0-9a-zA-Z\-._]+$/;

const node = z.strictObject({
  type: z
    .enum(["Domain", "Service"])
    .describe(
      "`Domain`: `name` is a domain name or an address. `Service`: `name` is a Service of type ExternalName in the same namespace. The controller takes anything else for `Service`, so it is refused.",
    ),
  name: z
    .string()
    .min(1)
    .superRefine((name, context) => {
      if (NODE_NAME.test(name)) return;
      const port = /^([0-9a-zA-Z\-._]+):(\d+)$/.exec(name);
      context.addIssue({
        code: "custom",
        message: "is no host name or address (no scheme, path, port or *)",
        params: { hint: port ? `write name: "${port[1]}", port: ${port[2]}` : undefined },
      });
    })
    .describe("Domain name or address, or the Service's name (best as `service.metadata.name`)."),
  port: z.int().min(1).max(65535).optional().describe("Port. Default: that of the scheme, 80 or 443."),
  weight: z.int().min(0).optional().describe("Share of the traffic; 0 takes the node out. Default: 100."),
});

const spec = z.strictObject({
  ingressClassName,
  externalNodes: z
    .array(
      node.meta({
        typeName: "ApisixUpstreamExternalNode",
        description: "One backend outside the cluster.",
      }),
    )
    .min(1)
    .optional()
    .describe("Backends outside the cluster, or behind an ExternalName service."),
  ...settings,
  portLevelSettings: z
    .array(
      z.strictObject({
        port: z.int().min(1).max(65535).describe("Port of the Kubernetes Service."),
        ...settings,
      }),
    )
    .optional()
    .describe("Other settings for single ports of a Kubernetes Service."),
});

/** The spec of an ApisixUpstream. */
export const apisixUpstreamSpec = excluding(spec, atMostOneOf(["externalNodes", "discovery"]));

function settingsRules(spec: JsonObject, { report, known }: RuleContext): void {
  const { loadbalancer } = spec;
  if (
    isObject(loadbalancer) &&
    known("loadbalancer.type", "loadbalancer.hashOn") &&
    loadbalancer.type === "chash" &&
    loadbalancer.hashOn !== "consumer" &&
    loadbalancer.key === undefined
  ) {
    report("loadbalancer.key", "is missing", 'type "chash" needs it unless hashOn is "consumer"');
  }
  if (known("passHost") && spec.passHost === "rewrite" && spec.upstreamHost === undefined) {
    report("upstreamHost", "is missing", 'passHost "rewrite" needs it');
  }
}

function rules(spec: JsonObject, context: RuleContext): void {
  ingressClassRule(spec, context);
  settingsRules(spec, context);
  for (const [item, path] of itemsOf(spec.portLevelSettings as Json, "portLevelSettings")) {
    settingsRules(item, below(`${path}.`, context));
  }
}

/** Nodes and how APISIX talks to them, for the ingress controller. */
export const apisixUpstreamObject: ObjectKind = {
  apiVersion: "apisix.apache.org/v2",
  kind: "ApisixUpstream",
  schema: z.strictObject({ metadata, spec: apisixUpstreamSpec }),
  rules: specRules(rules),
};
