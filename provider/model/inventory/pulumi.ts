import { entriesTextIn } from "../bundle/entries.ts";
import { bundleOf } from "../bundle/types.ts";
import { isObject, type JsonObject } from "../fields.ts";
import { isKind } from "../kinds.ts";
import type { Stored } from "../serving/objects.ts";
import { classOf, type FindObject, fromKubernetes, kubernetesKind } from "./kubernetes.ts";
import type { Draft } from "./resource.ts";
import { disclosed } from "./values.ts";

/** The parts of `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`. */
export function partsOfUrn(urn: string): { stack: string; type: string; name: string } {
  const [stack = "", project = "", types = "", ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  return { stack: `${project}/${stack}`, type: types.split("$").at(-1) ?? "", name: name.join("::") };
}

/** A type of ours in either door's spelling as `apisix:Route`; undefined for all others. */
export function typeOf(token: string): string | undefined {
  const match = /^(?:pulumi-nodejs:dynamic\/(apisix|kuma):|(apisix|kuma):index:)(\w+)$/.exec(token);
  return match ? `${match[1] ?? match[2]}:${match[3]}` : undefined;
}

/** A resource as states and previews write it. */
export interface Written {
  urn: string;
  type: string;
  inputs: JsonObject;
  outputs: JsonObject;
  provider: string | undefined;
  changed: string | undefined;
  line: string | undefined;
  parent: string | undefined;
  /** The URNs behind each argument. */
  dependencies: Record<string, string[]>;
  /** The URNs of all that has to be there before it. */
  after: string[];
}

/** Reads what is common to a state's resource and a preview's; undefined where it is no resource. */
export function writtenOf(raw: unknown): Written | undefined {
  if (!isObject(raw) || typeof raw.urn !== "string" || typeof raw.type !== "string") return undefined;
  if ([raw.inputs ?? {}, raw.outputs ?? {}].some((part) => !isObject(part))) return undefined;
  const dependencies = isObject(raw.propertyDependencies) ? raw.propertyDependencies : {};
  return {
    urn: raw.urn,
    type: raw.type,
    inputs: isObject(raw.inputs) ? raw.inputs : {},
    outputs: isObject(raw.outputs) ? raw.outputs : {},
    provider: typeof raw.provider === "string" ? raw.provider.replace(/::[^:]*$/, "") : undefined,
    changed: typeof raw.modified === "string" ? raw.modified : undefined,
    line: lineOf(raw),
    parent: typeof raw.parent === "string" ? raw.parent : undefined,
    dependencies: Object.fromEntries(Object.entries(dependencies).map(([key, urns]) => [key, textsIn(urns)])),
    after: textsIn(raw.dependencies),
  };
}

/** A text as it is; nothing where something else stands. */
export function textIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** The first frame that is no package's, as in `index.ts line 7`. */
function lineOf({ stackTrace, sourcePosition }: JsonObject): string | undefined {
  const frames = Array.isArray(stackTrace) ? stackTrace : [];
  const places = [...frames.map((frame) => isObject(frame) && frame.sourcePosition), sourcePosition];
  const own = places.find((place) => typeof place === "string" && !place.includes("node_modules/"));
  const [, file, line] = /^project:\/\/\/(.*)#(\d+)(?:,\d+)?$/.exec(textIn(own)) ?? [];
  return file === undefined ? undefined : `${decodeURI(file)} line ${line}`;
}

/** What tells a resource's server: an id of the provider's configuration, else what its object says, else the URL. */
export type ServerOf = (dialect: string, provider: string | undefined) => string | undefined;

/** Finds servers by the inputs of the providers among the resources, and by a stack's configuration. */
export function serversBy(resources: readonly Written[], config: JsonObject = {}): ServerOf {
  const providers = new Map(
    resources.filter(({ type }) => type.startsWith("pulumi:providers:")).map((one) => [one.urn, one]),
  );
  return (dialect, provider) => {
    const settings = providers.get(provider ?? "")?.inputs;
    const names =
      dialect === "apisix" ? ["gatewayId", "adminUrl"] : ["controlPlaneId", "url", "globalUrl", "zoneUrl"];
    for (const source of settings ? [settings] : [config]) {
      for (const name of names) {
        const value = source[`${dialect}:${name}`] ?? (source === settings ? source[name] : undefined);
        if (typeof value === "string" && disclosed(value) === value) return value;
      }
    }
    return undefined;
  };
}

/** Finds objects of Kubernetes among resources, by the provider of the cluster that they are in. */
export type ObjectsOf = (provider: string | undefined) => FindObject;

/** See {@link ObjectsOf}. */
export function objectsBy(resources: readonly Written[]): ObjectsOf {
  const found = new Map<string, Stored>();
  const keyOf = (...parts: unknown[]) => JSON.stringify(parts);
  for (const { type, urn, provider, inputs } of resources) {
    const kind = type === "kubernetes:core/v1:Service" ? "Service" : kubernetesKind(type);
    if (kind === undefined) continue;
    const metadata = isObject(inputs.metadata) ? inputs.metadata : {};
    const { namespace = "default", name = partsOfUrn(urn).name } = metadata;
    found.set(keyOf(provider, kind, namespace, name), disclosed(inputs) as Stored);
  }
  return (provider) => (kind, namespace, name) => found.get(keyOf(provider, kind, namespace, name));
}

/** What is needed beside a resource to read it. */
export interface Reader {
  /** Undefined for PROJECT/STACK. */
  place: string | undefined;
  source: string;
  serverOf: ServerOf;
  objectsOf: ObjectsOf;
}

/**
 * A resource of a kind that matters here as drafts, of a bundle one for each entry; a text where it is one of ours that this
 * version does not know; nothing where it is of no interest.
 */
export function draftsOf(
  written: Written,
  { place, source, serverOf, objectsOf }: Reader,
): (Draft | string)[] {
  const { stack, name } = partsOfUrn(written.urn);
  const common = {
    place: place ?? stack,
    name,
    urn: written.urn,
    stack,
    source,
    dependencies: written.dependencies,
    after: written.after,
    ...(written.provider === undefined ? {} : { provider: written.provider }),
    ...(written.changed === undefined ? {} : { changed: written.changed }),
    ...(written.line === undefined ? {} : { line: written.line }),
    ...componentIn(written.parent),
  };
  const type = typeOf(written.type);
  if (type === undefined) {
    const kind = kubernetesKind(written.type);
    if (kind === undefined) return [];
    const inputs = disclosed(written.inputs) as Stored;
    const made = fromKubernetes(kind, inputs, name, objectsOf(written.provider));
    // All that one controller reads is at one server.
    const provider = `${written.provider ?? ""} ${classOf(inputs)}`.trim();
    return made.map((one, index) => ({
      ...common,
      ...(provider === "" ? {} : { provider }),
      ...one,
      ...(made.length > 1 ? { urn: `${written.urn}#${index}` } : {}),
    }));
  }
  const bundle = bundleOf(type);
  if (!bundle && !isKind(type))
    return [`${type} "${name}" of ${stack} is of a type that this version does not know.`];
  const [dialect = ""] = type.split(":");
  const [, made] = /^[^@]*@(.*)$/s.exec(textIn(written.outputs.__made)) ?? [];
  const said = serverOf(dialect, written.provider);
  const server = said !== undefined && !said.includes("://") ? said : (made ?? said);
  const at = { ...common, ...(server === undefined ? {} : { server }) };
  if (!bundle) return [{ ...at, type, args: argumentsOf(written.inputs) }];
  const entries = tablesIn(written.inputs);
  if (!entries) return [`what ${type} "${name}" of ${stack} holds cannot be read.`];
  return Object.entries(entries).flatMap(([table, inside]) => {
    const kind = Object.hasOwn(bundle.tables, table) ? bundle.tables[table] : undefined;
    if (kind === undefined || !isObject(inside)) return [];
    return Object.entries(inside).flatMap(([key, args]) =>
      isObject(args)
        ? [{ ...at, type: kind, name: key, urn: `${written.urn}#${table}.${key}`, args: argumentsOf(args) }]
        : [],
    );
  });
}

/** The tables of a bundle; undefined where they cannot be read. */
export function tablesIn(inputs: JsonObject): JsonObject | undefined {
  const text = entriesTextIn(inputs);
  if (text === undefined) return isObject(inputs.entries) ? inputs.entries : undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The component of a parent's URN; nothing for the stack itself. */
function componentIn(parent: string | undefined): { component?: string } {
  if (parent === undefined) return {};
  const { type, name } = partsOfUrn(parent);
  return type === "pulumi:pulumi:Stack" ? {} : { component: `${type.split(":").at(-1)} ${name}` };
}

/** The arguments in inputs: what begins with `__` is this package's own. */
export function argumentsOf(inputs: JsonObject): Stored {
  const own = Object.entries(inputs).filter(([key]) => !key.startsWith("__") && key !== "adopt");
  return disclosed(Object.fromEntries(own)) as Stored;
}
