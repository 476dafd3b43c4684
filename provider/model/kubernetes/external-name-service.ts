import * as z from "zod";
import { metadata, type ObjectKind } from "./object.ts";

const DNS_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\.?$/;

/** What a Service's spec may have beside its type and domain; Kubernetes judges it. */
const OTHERS = [
  "allocateLoadBalancerNodePorts",
  "clusterIP",
  "clusterIPs",
  "externalIPs",
  "externalTrafficPolicy",
  "healthCheckNodePort",
  "internalTrafficPolicy",
  "ipFamilies",
  "ipFamilyPolicy",
  "loadBalancerClass",
  "loadBalancerIP",
  "loadBalancerSourceRanges",
  "ports",
  "publishNotReadyAddresses",
  "selector",
  "sessionAffinity",
  "sessionAffinityConfig",
  "trafficDistribution",
];

/** The schemas of these fields. */
export const otherServiceFields: Record<string, z.ZodType> = Object.fromEntries(
  OTHERS.map((name) => [name, z.unknown().optional()]),
);

/** A Service that is another name for a domain. */
export const externalNameServiceObject: ObjectKind = {
  apiVersion: "v1",
  kind: "Service",
  schema: z.strictObject({
    metadata,
    externalName: z
      .string()
      .max(253)
      .superRefine((name, context) => {
        if (DNS_NAME.test(name)) return;
        const legal = name
          .replace(/^[a-z]+:\/\//i, "")
          .replace(/[:/].*$/s, "")
          .toLowerCase();
        context.addIssue({
          code: "custom",
          message: "is no domain name: lower case letters, digits, - and . (no scheme, port or path)",
          params: { hint: DNS_NAME.test(legal) ? `for example "${legal}"` : undefined },
        });
      })
      .describe("Domain name that the Service stands for."),
    spec: z
      .strictObject(otherServiceFields)
      .optional()
      .describe("What else a Service may have, such as `ports` and `sessionAffinity`."),
  }),
};
