import { without, withoutNothing } from "../../provider/model/canonical.ts";
import { isObject, type Json, type JsonObject } from "../../provider/model/fields.ts";
import type { KindName } from "./kinds.ts";

/** What Kuma writes into an object and nobody declares. */
const SERVER_MADE = ["creationTime", "modificationTime", "kri"];
/** What Kubernetes does. */
const CLUSTER_MADE = [
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "managedFields",
  "selfLink",
];

/** An object in the form of Kubernetes, whichever way it was written. */
export interface Normal {
  /** Fields beside these four belong nowhere. */
  rest: JsonObject;
  mesh: Json | undefined;
  metadata: Json | undefined;
  spec: Json | undefined;
  /** How a path as in `spec.networking.address` is written in the document. */
  written(path: string): string;
}

/** True for Kuma's Universal form: `type`, `mesh` and `name` at the top, no `kind`. */
export function isUniversal({ kind, apiVersion, type }: JsonObject): boolean {
  return kind === undefined && apiVersion === undefined && type !== undefined;
}

/** An object in Kubernetes' form without what the cluster made. A MeshExternalService says its mesh with a label. */
export function fromKubernetes(kindName: KindName, value: JsonObject): Normal {
  const { apiVersion, kind, metadata = {}, spec = {}, status, mesh, ...rest } = value;
  const labels = isObject(metadata) && isObject(metadata.labels) ? metadata.labels : {};
  return {
    rest,
    mesh: kindName === "MeshExternalService" ? labels["kuma.io/mesh"] : mesh,
    metadata: isObject(metadata) ? without(withoutNothing(metadata) as JsonObject, CLUSTER_MADE) : metadata,
    spec: withoutNothing(spec) ?? {},
    written: (path) => path,
  };
}

/** An object in Kuma's Universal form; a MeshExternalService has a `spec` there, too. */
export function fromUniversal(kindName: KindName, value: JsonObject): Normal {
  const { type, mesh, name, labels, ...fields } = value;
  const metadata = withoutNothing({ name, labels });
  const declared = without(fields, SERVER_MADE);
  if (kindName !== "MeshExternalService") {
    const written = (path: string) => path.replace(/^(metadata|spec)\./, "");
    return { rest: {}, mesh, metadata, spec: withoutNothing(declared), written };
  }
  const { spec = {}, status, ...rest } = declared;
  const written = (path: string) => path.replace(/^metadata\./, "");
  return { rest, mesh, metadata, spec: withoutNothing(spec), written };
}
