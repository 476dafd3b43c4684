import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";

const zones = ["zone-1", "zone-2"];

/** One external service per zone; with locality aware load balancing, a zone's traffic goes to its own. */
function declareGlobal(): void {
  for (const zone of zones) {
    new kuma.ExternalService(`httpbin-for-${zone}`, {
      tags: { "kuma.io/service": "httpbin", "kuma.io/protocol": "http", "kuma.io/zone": zone },
      networking: { address: `${zone}.httpbin.org:80` },
    });
  }
}

/** The zone's way out of the mesh, and its gateway. */
function declareZone(zone: string): void {
  const config = new pulumi.Config();
  new kuma.ZoneEgress(`egress-${zone}`, {
    zone,
    networking: { address: config.require("egressAddress"), port: 10002 },
  });
  const upstream = new apisix.Upstream("httpbin", {
    nodes: [{ host: `${zone}.httpbin.org`, port: 80, weight: 1 }],
    passHost: "node",
  });
  new apisix.Route("httpbin", { host: "local.httpbin.org", uri: "/*", upstreamId: upstream.upstreamId });
}

const stack = pulumi.getStack();
if (stack === "global") declareGlobal();
else if (zones.includes(stack)) declareZone(stack);
else throw new Error(`The stack is called ${stack}; this program knows global, ${zones.join(" and ")}.`);
