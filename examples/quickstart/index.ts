import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";

const config = new pulumi.Config();

// At the gateway: requests for local.httpbin.org go to httpbin.org.
const upstream = new apisix.Upstream("httpbin", {
  nodes: [{ host: "httpbin.org", port: 80, weight: 1 }],
  retries: config.getNumber("retries"),
});
const route = new apisix.Route("httpbin", {
  hosts: ["local.httpbin.org"],
  uri: "/*",
  upstreamId: upstream.upstreamId,
});

// In the mesh: services reach it as http://httpbin.mesh.
const service = new kuma.ExternalService("httpbin", {
  tags: { "kuma.io/service": "httpbin", "kuma.io/protocol": "http" },
  networking: { address: "httpbin.org:80" },
});

export const routeId = route.routeId;
export const serviceName = service.name;
