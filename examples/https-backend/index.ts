import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";

const config = new pulumi.Config();

// With scheme https and domain names, passHost "node" is filled in: each node gets its own name as Host header and SNI.
const upstream = new apisix.Upstream("orders-api", {
  scheme: "https",
  nodes: [
    { host: "httpbin.org", port: 443, weight: 1 },
    // Used when every node of a higher priority is down.
    { host: "httpbingo.org", port: 443, weight: 1, priority: -1 },
  ],
  retries: 1,
  retryTimeout: 5,
  timeout: { connect: 2, send: 5, read: 10 },
  checks: {
    active: {
      type: "https",
      httpPath: "/status/200",
      healthy: { interval: 5, successes: 1 },
      unhealthy: { interval: 2, httpFailures: 2, timeouts: 2 },
    },
    passive: {
      type: "https",
      unhealthy: { httpStatuses: [500, 502, 503, 504], httpFailures: 3 },
    },
  },
});

// https://GATEWAY/orders/42 becomes https://httpbin.org/anything/42, with a key that clients never see.
const route = new apisix.Route("orders-api", {
  host: "api.shop.example",
  uri: "/orders/*",
  methods: ["GET", "POST"],
  upstreamId: upstream.upstreamId,
  plugins: {
    "proxy-rewrite": {
      regex_uri: ["^/orders/(.*)", "/anything/$1"],
      headers: {
        set: { "X-Api-Key": config.requireSecret("apiKey") },
        remove: ["Cookie"],
      },
    },
  },
});

export const routeId = route.routeId;
