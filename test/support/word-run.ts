import type { CustomResource, CustomResourceOptions } from "@pulumi/pulumi";
import * as kuma from "pulumi-external-backends/kuma";
import { canonical, without } from "../../provider/model/canonical.ts";
import { type Json, type JsonObject, sameJson } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { toServer } from "../../provider/model/wire.ts";
import type { StateResource, TestStack } from "../../tools/engine.ts";
import { atKuma, type KindCase, type Stored } from "./kind-case.ts";
import { kindCaseOf } from "./kinds.ts";
import type { WordCase } from "./word-cases.ts";
import { declaredPart, type World } from "./world.ts";

/** What is needed of a kind: to declare a resource, and to look at its object and change it outside. */
type Target = Pick<KindCase, "declare" | "get" | "put">;

const patch: Target = {
  declare: (name, args, options) => new kuma.MeshPatch(name, { mesh: name, ...args }, options),
  ...atKuma("Mesh", undefined, (id) => `/meshes/${id}`),
};

function targetOf({ type, around }: WordCase): Target {
  const target = type === "kuma:MeshPatch" ? patch : kindCaseOf(type);
  if (type !== "apisix:Secret") return target;
  const key = (id: string) => `${String(around({}).manager)}/${id}`;
  return {
    declare: target.declare,
    get: ({ apisix }, id) => apisix.store.get("secrets", key(id)),
    put: ({ apisix }, id, object) => apisix.store.put("secrets", key(id), object),
  };
}

/** A resource in which a row of the table is tried. */
export interface WordResource {
  name: string;
  row: WordCase;
  options?: CustomResourceOptions;
}

/** Declares a resource with these fields of its row. */
export function declare({ name, row, options }: WordResource, fields: object): CustomResource {
  return targetOf(row).declare(name, row.around(fields as JsonObject), options);
}

/** What the rows refer to, and the meshes that are patched. */
export function putReferences({ apisix, kuma: { store } }: World, resources: readonly WordResource[]): void {
  for (const id of ["771", "772", "seven"]) {
    const upstream = { nodes: [{ host: "a.example", port: 80, weight: 1 }] };
    apisix.store.put("upstreams", id, upstream);
    for (const kind of ["services", "plugin_configs", "consumer_groups"])
      apisix.store.put(kind, id, { plugins: {} });
    apisix.store.put("stream_routes", id, { upstream });
    apisix.store.put("ssls", id, { type: "client", snis: ["a.example"] });
  }
  for (const { name, row } of resources)
    if (row.type === "kuma:MeshPatch") store.put({ type: "Mesh", name, meshServices: { mode: "Disabled" } });
}

/** What the server has, without what the server and this package wrote into it. */
export function atServer(world: World, { name, row }: WordResource): unknown {
  return declaredPart(targetOf(row).get(world, name));
}

/** Somebody changes the object from what these arguments say to what those say. */
export function editOutside(
  world: World,
  { name, row }: WordResource,
  from: JsonObject,
  to: JsonObject,
): void {
  const kind = kindOf(row.type);
  const target = targetOf(row);
  const body = (args: JsonObject) => toServer(kind, canonical(kind, args)) as Stored;
  const [before, after] = [body(from), body(to)];
  const object = { ...target.get(world, name) };
  for (const key of Object.keys({ ...before, ...after })) {
    if (sameJson(before[key], after[key])) continue;
    if (key === "labels") object.labels = { ...(object.labels as Stored), ...(after.labels as Stored) };
    else if (after[key] === undefined) delete object[key];
    else object[key] = after[key];
  }
  target.put(world, name, object);
}

/** The arguments with a change beside the row's field, in the same object or above. */
export function besides(type: string, args: JsonObject): JsonObject {
  if (type === "apisix:Secret")
    return { ...args, authConfig: { ...(args.authConfig as JsonObject), projectId: "by hand" } };
  if (type.startsWith("apisix:")) return { ...args, desc: "by hand" };
  if (type === "kuma:ExternalService")
    return { ...args, networking: { ...(args.networking as JsonObject), disableHostDNSEntry: true } };
  if (["kuma:Mesh", "kuma:MeshPatch"].includes(type)) return { ...args, meshServices: { mode: "Exclusive" } };
  return { ...args, labels: { by: "hand" } };
}

/** The inputs in the state by the resources' names, in clear, without what names the object and what is hidden. */
export async function inputsIn(stack: TestStack, resources: readonly WordResource[]) {
  const { output } = await stack.cli(["stack", "export", "--show-secrets"]);
  const state = JSON.parse(output, inClear) as { deployment: { resources: StateResource[] } };
  const byName = new Map(state.deployment.resources.map((one) => [one.urn.split("::").at(-1), one]));
  return resources.map(({ name, row }) => {
    const inputs = (byName.get(name)?.inputs ?? {}) as JsonObject;
    const hidden = Object.keys(inputs).filter((key) => key.startsWith("__"));
    const filledIn = kindOf(row.type).identity.filter((key) => !(key in row.around(row.words)));
    return without(inputs, [...hidden, ...filledIn]);
  });
}

function inClear(_key: string, value: Json): unknown {
  const { plaintext } = (typeof value === "object" && value !== null ? value : {}) as { plaintext?: string };
  return plaintext === undefined ? value : JSON.parse(plaintext, inClear);
}

/** The engine writes the state once at the end of an operation, which takes half of the time for so many resources. */
export const QUICK = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };
