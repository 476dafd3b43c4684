import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lowest, project } from "../../tools/lowest.ts";

const require = createRequire(join(project, "program.js"));
const pulumi: typeof import("@pulumi/pulumi") = require("@pulumi/pulumi");
const kubernetes: typeof import("pulumi-external-backends/kubernetes") =
  require("pulumi-external-backends/kubernetes");

test("objects of Kubernetes are made with the lowest @pulumi/kubernetes", async () => {
  expect(require("@pulumi/kubernetes/package.json").version).toMatch(lowest.kubernetes);
  const types: string[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      types.push(type);
      return { id: name, state: inputs };
    },
    call: () => ({}),
  });
  const node = { type: "Domain" as const, name: "a.example", port: 80 };
  const upstream = new kubernetes.ApisixUpstream(
    "a",
    { spec: { ingressClassName: "apisix", externalNodes: [node] }, waitForAccepted: { timeoutSeconds: 5 } },
    {},
  );
  const service = new kubernetes.ExternalNameService("b", { externalName: "b.example" });
  await new Promise((resolve) => pulumi.all([upstream.id, service.id]).apply(resolve));
  expect(types.sort()).toEqual([
    "kubernetes:apisix.apache.org/v2:ApisixUpstream",
    "kubernetes:core/v1:Service",
  ]);
});
