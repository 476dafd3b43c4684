import { createRequire } from "node:module";
import type { ManifestsArgs } from "pulumi-external-backends";

const require = createRequire(import.meta.url);
/** The built package and the same Pulumi that it uses. */
export const { Manifests, ManifestError }: typeof import("pulumi-external-backends") =
  require("pulumi-external-backends");
export const pulumi: typeof import("@pulumi/pulumi") = require("@pulumi/pulumi");

/** A resource as it was registered. */
export interface Registered {
  /** Without Pulumi's prefix, as in `apisix:Route`. */
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  dependencies: string[];
}

/** What Manifests called "docs" registers for some YAML in the namespace "apisix", the component itself left out. */
export async function registered(
  yaml: string,
  { config = {}, ...args }: ManifestsArgs & { config?: Record<string, string> } = {},
): Promise<Registered[]> {
  const resources: Registered[] = [];
  const dependencies = new Map<string, string[]>();
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      const { __provider, __context, ...own } = inputs;
      const waitsFor = dependencies.get(name) ?? [];
      resources.push({ type: type.replace(/^.*dynamic\//, ""), name, inputs: own, dependencies: waitsFor });
      return { id: name, state: inputs };
    },
    call: ({ inputs }) => inputs,
  });
  recordDependencies(dependencies);
  pulumi.runtime.setAllConfig(config);
  new Manifests("docs", { yaml, namespace: "apisix", ...args });
  await allRegistered();
  return resources.filter(({ type }) => type !== "external-backends:index:Manifests");
}

/** Waits for every registration; a function that Pulumi's own runner calls and its types leave out. */
function allRegistered(): Promise<void> {
  return (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
}

/** Notes for each resource by name the names of those that it waits for, which mocks are not told. */
function recordDependencies(dependencies: Map<string, string[]>): void {
  const monitor = pulumi.runtime.getMonitor();
  if (!monitor) throw new Error("There are no mocks.");
  const register = monitor.registerResource.bind(monitor) as (...args: unknown[]) => never;
  monitor.registerResource = ((request: ResourceRequest, ...rest: unknown[]) => {
    const names = request.getDependenciesList().map((urn) => urn.replace(/^.*::/, ""));
    dependencies.set(request.getName(), names);
    return register(request, ...rest);
  }) as never;
}

interface ResourceRequest {
  getName(): string;
  getDependenciesList(): string[];
}

/** The inputs of the one resource of a type. */
export async function theOne(type: string, yaml: string, args: ManifestsArgs = {}) {
  const found = (await registered(yaml, args)).filter((resource) => resource.type === type);
  if (found.length !== 1 || !found[0])
    throw new Error(`${found.length} resources are of the type ${type}, not one`);
  return found[0].inputs;
}

/** What Manifests say about wrong YAML. Fails when they say nothing, or register something. */
export async function errorOf(yaml: string, args: ManifestsArgs = {}): Promise<string> {
  let count = 0;
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => {
      count++;
      return { id: name, state: inputs };
    },
    call: ({ inputs }) => inputs,
  });
  pulumi.runtime.setAllConfig({});
  try {
    new Manifests("docs", { yaml, namespace: "apisix", ...args });
  } catch (error) {
    await allRegistered();
    if (error instanceof ManifestError && count === 0) return error.message;
    throw error;
  }
  throw new Error("Nothing was said against it.");
}

/** An ApisixUpstream called "u" with one node, and more lines of its spec. */
export function upstreamYaml(spec = ""): string {
  return `apiVersion: apisix.apache.org/v2
kind: ApisixUpstream
metadata:
  name: u
spec:
  externalNodes:
  - type: Domain
    name: httpbin.org
${indented(spec, 2)}`;
}

/** An ApisixRoute called "r" with the rule "rule1" for all paths to the upstream "u", and more lines of that rule. */
export function routeYaml(rule = "", match = ""): string {
  return `apiVersion: apisix.apache.org/v2
kind: ApisixRoute
metadata:
  name: r
spec:
  http:
  - name: rule1
    match:
      paths:
      - /*
${indented(match, 6)}
${rule.includes("upstreams:") ? "" : "    upstreams:\n    - name: u"}
${indented(rule, 4)}`;
}

/** A route and its upstream. */
export function bothYaml(rule = "", match = ""): string {
  return `${routeYaml(rule, match)}\n---\n${upstreamYaml()}`;
}

function indented(text: string, by: number): string {
  return text
    .split("\n")
    .map((line) => " ".repeat(by) + line)
    .join("\n");
}
