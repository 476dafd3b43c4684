import { isObject, type JsonObject, UNKNOWN } from "../fields.ts";
import { itemsOf } from "../kubernetes/object.ts";
import type { Declared } from "./facts.ts";

/** An object of Kubernetes as a resource of the API that says the same, as far as lints look at it; nothing for other kinds. */
export function asResource(kind: string, args: JsonObject): Pick<Declared, "type" | "args"> | undefined {
  return Object.hasOwn(KINDS, kind) ? KINDS[kind]?.(args) : undefined;
}

/** Whether lints look at objects of a kind. */
export function hasLints(kind: string): boolean {
  return Object.hasOwn(KINDS, kind);
}

const KINDS: Record<string, (args: JsonObject) => Pick<Declared, "type" | "args">> = {
  Mesh: (args) => ({ type: "kuma:Mesh", args: { ...specOf(args), ...nameOf(args) } }),
  ZoneEgress: (args) => ({ type: "kuma:ZoneEgress", args: { ...specOf(args), ...nameOf(args) } }),
  ExternalService: (args) => ({
    type: "kuma:ExternalService",
    args: { ...specOf(args), ...nameOf(args), ...(args.mesh === undefined ? {} : { mesh: args.mesh }) },
  }),
  MeshExternalService: (args) => {
    const mesh = labelsOf(args)["kuma.io/mesh"];
    return {
      type: "kuma:MeshExternalService",
      args: { ...specOf(args), ...nameOf(args), ...(mesh === undefined ? {} : { mesh }) },
    };
  },
  ApisixUpstream(args) {
    const { scheme, passHost, upstreamHost, externalNodes } = specOf(args);
    const nodes = itemsOf(externalNodes, "").map(([{ type, name }]) => ({
      host: type === "Domain" && name !== undefined ? name : UNKNOWN,
      weight: 1,
    }));
    const said = Object.entries({ scheme, upstreamHost }).filter(([, value]) => value !== undefined);
    return {
      type: "apisix:Upstream",
      // What is left out the controller leaves to APISIX.
      args: { ...(Object.fromEntries(said) as JsonObject), passHost: passHost ?? "pass", nodes },
    };
  },
};

function specOf({ spec }: JsonObject): JsonObject {
  return isObject(spec) ? spec : {};
}

function nameOf({ metadata }: JsonObject): JsonObject {
  return isObject(metadata) && metadata.name !== undefined ? { name: metadata.name } : {};
}

function labelsOf({ metadata }: JsonObject): JsonObject {
  return isObject(metadata) && isObject(metadata.labels) ? metadata.labels : {};
}
