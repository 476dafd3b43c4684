import { createRequire } from "node:module";
import { declare, kubernetes, type Registered } from "../kubernetes.ts";
import type { Row } from "./row.ts";

const { ApisixRoute, ApisixUpstream, ExternalNameService } = kubernetes;
const { Service } = createRequire(import.meta.url)(
  "@pulumi/kubernetes/core/v1/service.js",
) as typeof import("@pulumi/kubernetes/core/v1/service.js");

type Program = () => Registered[];

/** Programs that are refused, and what they are when the proposal has been followed: each way of it. */
function row(name: string, wrong: Program, proposal: string, ...right: Program[]): Row {
  const run = async (program: Program) => {
    const { errors } = await declare(program);
    if (errors.length > 0) throw new Error(errors.join("\n"));
  };
  return {
    name,
    proposal,
    wrong: () => run(wrong),
    carriedOut: async () => {
      for (const program of right) await run(program);
    },
  };
}

const match = { paths: ["/*"] };
const toUpstream = (name: string) =>
  new ApisixRoute("route", { spec: { http: [{ name: "r", match, upstreams: [{ name }] }] } });
const toService = (serviceName: string) =>
  new ApisixRoute("route", {
    spec: { http: [{ name: "r", match, backends: [{ serviceName, servicePort: 80 }] }] },
  });
const upstream = (name: string, spec: object) => new ApisixUpstream(name, { spec });
const ofService = (namespace?: string) =>
  new ApisixUpstream("up", {
    ...(namespace === undefined ? {} : { metadata: { namespace } }),
    spec: { externalNodes: [{ type: "Service", name: "ext" }] },
  });
const externalName = (namespace?: string) =>
  new ExternalNameService("ext", {
    ...(namespace === undefined ? {} : { metadata: { namespace } }),
    externalName: "httpbin.org",
  });
const inCluster = () => new Service("ext", { metadata: { name: "ext" }, spec: { ports: [{ port: 80 }] } });

/** What objects of Kubernetes cannot be together. */
export const KUBERNETES: readonly Row[] = [
  row(
    "an upstream without nodes",
    () => [upstream("web", { retries: 2 }), toUpstream("web")],
    "give it externalNodes, or name the Kubernetes Service in the rule's backends",
    () => [upstream("web", { externalNodes: [{ type: "Domain", name: "a.example" }] }), toUpstream("web")],
    () => [upstream("web", { retries: 2 }), toService("web")],
  ),
  row(
    "a Service of another namespace",
    () => [externalName("a"), ofService("b")],
    "give both the same metadata.namespace",
    () => [externalName("a"), ofService("a")],
  ),
  row(
    "a Service of the cluster",
    () => {
      const service = inCluster();
      const externalNodes = [{ type: "Service" as const, name: service.metadata.name }];
      return [service, new ApisixUpstream("up", { spec: { externalNodes } })];
    },
    "make it with kubernetes.ExternalNameService, or name it in the rule's backends instead",
    () => [externalName(), ofService()],
    () => [inCluster(), toService("ext")],
  ),
];
