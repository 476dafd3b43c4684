import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";

/** Percent of the requests that go to the new backend. */
const share = new pulumi.Config().getNumber("share") ?? 20;
if (!(share >= 0 && share <= 100)) throw new pulumi.RunError(`canary:share is ${share}, and no percentage.`);

const stable = new apisix.Upstream("stable", { scheme: "https", nodes: { "httpbin.org:443": 1 } });
const canary = new apisix.Upstream("canary", { scheme: "https", nodes: { "httpbingo.org:443": 1 } });

const route = new apisix.Route("api", {
  host: "api.shop.example",
  uri: "/*",
  upstreamId: stable.upstreamId,
  plugins: {
    "traffic-split": {
      rules: [
        {
          weighted_upstreams: [
            { upstream_id: canary.upstreamId, weight: share },
            // Without an upstream: the route's own.
            { weight: 100 - share },
          ],
        },
      ],
    },
  },
});

export const routeId = route.routeId;
