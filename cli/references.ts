import { referencesOf as inApisix } from "../provider/model/apisix/references.ts";
import type { Json, JsonObject } from "../provider/model/fields.ts";
import type { Kind } from "../provider/model/kind.ts";
import { CERTIFICATES } from "../provider/model/kuma/fields.ts";
import type { Found } from "./adopt.ts";
import { leaves, type Path } from "./paths.ts";

/** A field of an object that names another one. */
export interface Reference {
  path: Path;
  value: Json;
  /** The other one, if it is imported, too. */
  to?: Found;
  /** The reference would close a circle, which no program can have. */
  isCircular?: true;
}

/** The references of all, and all of them in an order in which what is referred to comes first. */
export function referencesOf(all: readonly Found[]): {
  references: Map<Found, Reference[]>;
  ordered: Found[];
} {
  const byId = new Map(all.map((found) => [`${found.kind.type} ${found.id}`, found]));
  const references = new Map<Found, Reference[]>();
  const ordered: Found[] = [];
  const open = new Set<Found>();
  const visit = (found: Found) => {
    if (references.has(found)) return;
    open.add(found);
    const own = fieldsOf(found).map(({ path, value, type, id }): Reference => {
      const to = byId.get(`${type} ${id}`);
      if (to && open.has(to)) return { path, value, to, isCircular: true };
      if (to) visit(to);
      return { path, value, ...(to ? { to } : {}) };
    });
    open.delete(found);
    references.set(found, own);
    ordered.push(found);
  };
  for (const found of all) visit(found);
  return { references, ordered };
}

/** The fields that name another object, with its type and id. */
function fieldsOf({ kind, args }: Found): { path: Path; value: Json; type: string; id: string }[] {
  if (kind.dialect === "apisix")
    return inApisix(kind, args).map((reference) => ({ ...reference, id: String(reference.value) }));
  return leaves(args).flatMap(({ path, value }) => {
    const named = typeof value === "string" ? inKuma(kind, args, path, value) : undefined;
    return named && typeof value === "string" ? [{ path, value, ...named }] : [];
  });
}

/** The mesh of what is in one, and the secrets of TLS origination. */
function inKuma(
  kind: Kind,
  args: JsonObject,
  path: Path,
  value: string,
): { type: string; id: string } | undefined {
  if (path.length === 1 && path[0] === "mesh" && kind.identity.includes("mesh"))
    return { type: "kuma:Mesh", id: value };
  const [field = "", source = ""] = path.slice(-2).map(String);
  const isCertificate =
    source === "secret" && CERTIFICATES.includes(field) && kind.type.endsWith("ExternalService");
  return isCertificate ? { type: "kuma:Secret", id: `${args.mesh}/${value}` } : undefined;
}
