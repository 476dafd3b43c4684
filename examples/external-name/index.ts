import * as pulumi from "@pulumi/pulumi";
import * as kubernetes from "pulumi-external-backends/kubernetes";

const config = new pulumi.Config();
// All three in one namespace: the ingress controller looks nowhere else.
const metadata = { namespace: config.get("namespace") ?? "apisix" };

// The domain under a name of the cluster. Another one changes the Service in place, and an annotation of the ApisixUpstream
// below, at which the controller looks at the Service again.
const service = new kubernetes.ExternalNameService("ext-httpbin", {
  metadata,
  externalName: config.get("externalName") ?? "httpbin.test.svc",
});

const upstream = new kubernetes.ApisixUpstream("ext-upstream", {
  metadata,
  spec: { externalNodes: [{ type: "Service", name: service.metadata.name }] },
});

const route = new kubernetes.ApisixRoute("ext-route", {
  metadata,
  spec: {
    http: [
      {
        name: "rule1",
        match: { hosts: ["ext.httpbin.org"], paths: ["/*"] },
        upstreams: [{ name: upstream.metadata.name }],
      },
    ],
  },
  // Fails after a minute when no controller takes the route, as with a wrong apisix:ingressClassName.
  waitForAccepted: { timeoutSeconds: 60 },
});

export const routeName = route.metadata.name;
