import { createRequire } from "node:module";
import { afterAll, expect, test } from "vitest";
import { waiting } from "../../sdk/kubernetes/accepted.ts";
import { Engine } from "../../tools/engine.ts";

const require = createRequire(import.meta.url);
const pulumi: typeof import("@pulumi/pulumi") = require("@pulumi/pulumi");
const { ApisixUpstream, ExternalService }: typeof import("pulumi-external-backends/kubernetes") =
  require("pulumi-external-backends/kubernetes");
const config = { "apisix:ingressClassName": "apisix" };
const engine = await Engine.start();
afterAll(() => engine.close());

test("a wrong value in an output is one clear line of the preview, without a stack", async () => {
  const stack = await engine.stack(
    "refused",
    async () => {
      new ApisixUpstream("httpbin", {
        spec: { externalNodes: [{ type: "Domain", name: pulumi.output("httpbin.org:443") }] },
      });
    },
    { config },
  );
  const error = await stack.preview().then(String, String);
  expect(error).toContain(
    'kubernetes.ApisixUpstream "httpbin": spec.externalNodes[0].name "httpbin.org:443" is no host name or address',
  );
  expect(error).toContain('write name: "httpbin.org", port: 443');
  expect(error).not.toMatch(/^\s+at /m);
});

test("what cannot work by the lints is refused before anything is registered", async () => {
  const stack = await engine.stack(
    "linted",
    async () => {
      new ExternalService("httpbin", {
        spec: {
          tags: { "kuma.io/service": "httpbin", "kuma.io/protocol": "http" },
          networking: { address: "httpbin.org:443" },
        },
      });
    },
    { config },
  );
  const error = await stack.preview().then(String, String);
  expect(error).toContain(
    'kubernetes.ExternalService "httpbin": Protocol http, http2 or grpc on port 443 without TLS',
  );
  expect(error).toContain("(lint plain-text-on-443; external-backends:ignoreLints switches it off)");
});

// The Kubernetes provider's plugin cannot be had here; what fails in its place fails as it does: made, but not ready.
const NEVER_ACCEPTED = `exports.handler = () => ({
  create: async () => {
    throw Object.assign(new Error("not ready"), {
      id: "x", properties: {}, reasons: ["timed out waiting for condition Accepted"],
    });
  },
});`;

test("a wait in vain for Accepted names the likely causes: no controller, and a wrong ingressClassName", async () => {
  class NeverAccepted extends pulumi.CustomResource {
    constructor(name: string) {
      const { options } = waiting(name, { timeoutSeconds: 1 }, {});
      const spec = { ingressClassName: "apisxi" };
      super("pulumi-nodejs:dynamic:ApisixRoute", name, { spec, __provider: NEVER_ACCEPTED }, options);
    }
  }
  const stack = await engine.stack("waiting", async () => {
    new NeverAccepted("one");
    new NeverAccepted("two");
  });
  const error = await stack.up().then(String, String);
  for (const name of ["one", "two"]) {
    expect(error).toContain(
      `kubernetes.ApisixRoute "${name}": the ingress controller has not accepted it in time`,
    );
  }
  expect(error).toContain("No ingress controller runs in the cluster");
  expect(error).toContain('No running one takes spec.ingressClassName "apisxi"');
  expect(error).toContain("timed out waiting for condition Accepted");
});
