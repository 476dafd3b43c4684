import { isObject, type JsonObject } from "../../provider/model/fields.ts";
import { nearest } from "../../provider/model/nearest.ts";
import { parsePath } from "../../provider/model/paths.ts";
import { validate } from "../../provider/model/validate.ts";
import { fromKubernetes, fromUniversal, isUniversal } from "./forms.ts";
import { CLUSTER_SCOPED, IN_A_MESH, KINDS, type KindName, UNIVERSAL, WITH_CLASS } from "./kinds.ts";
import { type Place, type Problems, show } from "./problems.ts";
import type { YamlDocument } from "./read.ts";

/** One object of the manifests, in one form whichever way it was written. */
export interface ManifestObject {
  kind: KindName;
  /** What messages call it. */
  title: string;
  name: string;
  /** Where it is; nothing for a kind that is in no namespace, or when nobody says. */
  namespace: string | undefined;
  /** Kuma's mesh, where the object is in one. */
  mesh: string | undefined;
  metadata: JsonObject;
  spec: JsonObject;
  /** Where a field stands, by its path as in `spec.http[0].name`. */
  place(path: string): Place;
  /** Adds what is wrong with a field. */
  report(path: string, reason: string): void;
}

/** What objects get that do not say it themselves. */
export interface ObjectDefaults {
  namespace: string | undefined;
  /** The ingress controller's class; nothing when one must be given. */
  ingressClassName: string | undefined;
}

/** Says which objects documents hold, and what is wrong with each by itself. */
export function objectsOf(
  documents: readonly YamlDocument[],
  defaults: ObjectDefaults,
  problems: Problems,
): ManifestObject[] {
  return documents.flatMap((document) => {
    const object = objectOf(document, defaults, problems);
    return object ? [object] : [];
  });
}

function objectOf(
  document: YamlDocument,
  defaults: ObjectDefaults,
  problems: Problems,
): ManifestObject | undefined {
  const { value } = document;
  const universal = isUniversal(value);
  const kind = kindOf(document, universal, problems);
  if (!kind) return undefined;
  const normal = universal ? fromUniversal(kind, value) : fromKubernetes(kind, value);
  const { metadata, spec, rest } = normal;
  const name = isObject(metadata) ? metadata.name : undefined;
  const title = `${kind}${typeof name === "string" ? ` ${JSON.stringify(name)}` : ""}`;
  const place = (path: string) => document.place(parsePath(normal.written(path)));
  const report = (path: string, reason: string) =>
    problems.add(place(path), `${title}: ${normal.written(path)} ${reason}`);

  for (const key of Object.keys(rest)) report(key, "is no field that exists here");
  if (!isObject(metadata) || typeof name !== "string" || name === "") {
    report("metadata.name", "is missing");
    return undefined;
  }
  if (!isObject(spec)) {
    report("spec", "is not an object");
    return undefined;
  }
  const mesh = normal.mesh ?? (IN_A_MESH.includes(kind) ? "default" : undefined);
  const judged: JsonObject = {
    metadata,
    spec: WITH_CLASS.includes(kind) ? withClass(spec, defaults.ingressClassName) : spec,
    ...(mesh === undefined || !("mesh" in KINDS[kind].schema.shape) ? {} : { mesh }),
  };
  for (const { path, reason } of validate(KINDS[kind], judged)) report(path, reason);
  const namespace = metadata.namespace ?? defaults.namespace;
  return {
    kind,
    title,
    name,
    namespace: CLUSTER_SCOPED.includes(kind) || namespace === undefined ? undefined : String(namespace),
    mesh: mesh === undefined ? undefined : String(mesh),
    metadata,
    spec,
    place,
    report,
  };
}

/** A spec with the class that it has by default. */
export function withClass(spec: JsonObject, ingressClassName: string | undefined): JsonObject {
  return ingressClassName === undefined ? spec : { ingressClassName, ...spec };
}

function kindOf(document: YamlDocument, universal: boolean, problems: Problems): KindName | undefined {
  const field = universal ? "type" : "kind";
  const known = universal ? UNIVERSAL : Object.keys(KINDS);
  const given = document.value[field];
  if (given === undefined) {
    problems.add(document.place([]), "is no object: it has neither apiVersion and kind nor Kuma's type");
    return undefined;
  }
  const kind = known.find((name) => name === given) as KindName | undefined;
  if (!kind) {
    const near = typeof given === "string" ? nearest(given, known) : undefined;
    const hint = near ? `did you mean ${JSON.stringify(near)}?` : `known: ${known.join(", ")}`;
    problems.add(document.place([field]), `${field} ${JSON.stringify(given)} is not known here; ${hint}`);
    return undefined;
  }
  const { apiVersion } = KINDS[kind];
  if (universal || document.value.apiVersion === apiVersion) return kind;
  const written = JSON.stringify(document.value.apiVersion) ?? "nothing";
  problems.add(document.place(["apiVersion"]), `${kind}: apiVersion is ${written}, not "${apiVersion}"`);
  return undefined;
}

/** Reports objects that would be one and the same at the server. */
export function reportDuplicates(
  objects: readonly ManifestObject[],
  keyOf: (object: ManifestObject) => string,
): void {
  const seen = new Map<string, ManifestObject>();
  for (const object of objects) {
    const key = `${object.kind} ${keyOf(object)}`;
    const first = seen.get(key);
    if (first)
      object.report("metadata.name", `is the name of another one at ${show(first.place("metadata.name"))}`);
    else seen.set(key, object);
  }
}
