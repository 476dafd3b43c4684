import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";

const config = new pulumi.Config();

// Who may call: two consumers, each with a key of its own. The keys are secrets of the stack's configuration.
for (const username of ["shop", "mobile"]) {
  const consumer = new apisix.Consumer(username, { desc: `The ${username} team's programs` });
  new apisix.Credential(`${username}-key`, {
    username: consumer.username,
    plugins: { "key-auth": { key: config.requireSecret(`${username}Key`) } },
  });
}

// What every API here has: keys, limits per consumer, and the web shop's origin for browsers.
const everywhere = new apisix.PluginConfig("api-platform", {
  plugins: {
    "key-auth": { hide_credentials: true },
    "limit-count": { count: 100, time_window: 60, key: "consumer_name", rejected_code: 429 },
    cors: { allow_origins: "https://shop.example", allow_methods: "GET,POST", allow_headers: "apikey" },
  },
});

// Orders: one request of ten goes to the new version.
const stable = new apisix.Upstream("orders", { nodes: { "orders.httpbin.org:80": 1 }, passHost: "node" });
const canary = new apisix.Upstream("orders-canary", {
  nodes: { "orders-canary.httpbin.org:80": 1 },
  passHost: "node",
});
const orders = new apisix.Service("orders", {
  hosts: ["api.shop.example"],
  upstreamId: stable.upstreamId,
  plugins: {
    "traffic-split": {
      rules: [{ weighted_upstreams: [{ upstream_id: canary.upstreamId, weight: 1 }, { weight: 9 }] }],
    },
  },
});

// Invoices: a partner's backend, which asks the gateway for a certificate.
const gateway = new apisix.Ssl("partner-client", {
  type: "client",
  cert: config.require("partnerCert"),
  key: config.requireSecret("partnerKey"),
});
const partner = new apisix.Upstream("invoices", {
  scheme: "https",
  nodes: { "invoices.httpbin.org:443": 1 },
  tls: { clientCertId: gateway.sslId },
});
const invoices = new apisix.Service("invoices", {
  hosts: ["api.shop.example"],
  upstreamId: partner.upstreamId,
});

for (const [path, service] of Object.entries({ orders, invoices })) {
  new apisix.Route(path, {
    uri: `/${path}/*`,
    serviceId: service.serviceId,
    pluginConfigId: everywhere.pluginConfigId,
    plugins: { "proxy-rewrite": { regex_uri: [`^/${path}/(.*)`, "/anything/$1"] } },
  });
}

/** When the partner's certificate has to be renewed. */
export const certificateExpires = gateway.expires;
