import { isObject, type JsonObject } from "../model/fields.ts";
import { type Collection, containerOf, type Kind, placeOf, type Side } from "../model/kind.ts";
import type { Api, Listed } from "../server/api.ts";
import { atSide } from "./imported.ts";
import { ServerObject } from "./object.ts";
import type { Session } from "./session.ts";

/** An object of a server with the id that this package gives it. */
export interface Named {
  id: string;
  object: JsonObject;
}

/** All objects of a kind that a server, or that side of a federation, has, or why it can have none. */
export async function objectsOf(
  kind: Kind,
  session: Session,
  side: Side | undefined,
): Promise<Named[] | string> {
  const any = new ServerObject(kind, session, atSide(side), "");
  const { api } = any.server;
  const impossible = await any.impossible();
  if (impossible !== undefined) return impossible;
  if (kind.dialect === "kuma") return inAllMeshes(kind, api);
  const [collection = ""] = pathOf(kind);
  const outer = await listed(kind, api, collection);
  if (containerOf(kind) === undefined) return outer.map(byName);
  const found: Named[] = [];
  for (const { name: container } of outer.filter(({ name }) => !name.includes("/"))) {
    const inside = placeOf(kind, [encodeURIComponent(container), ""]).collection;
    const objects = await listed(kind, api, inside);
    found.push(...objects.map(({ name, object }) => ({ id: `${container}/${name}`, object })));
  }
  return found;
}

function byName({ name, object }: Listed): Named {
  return { id: name, object };
}

/** What a control plane has of a kind, or why it can have nothing. */
async function inAllMeshes(kind: Kind, api: Api): Promise<Named[] | string> {
  const named = await collectionsOf(api);
  let collections = [pathOf(kind).at(-2) ?? ""];
  if (kind.collections) {
    if (!named)
      return `this control plane does not tell of which kinds a ${kind.title} may be (Kuma before 2.9)`;
    collections = kind.collections(named);
  } else if (named && !named.some(({ path }) => path === collections[0])) {
    return "this control plane does not have the kind";
  }
  const found: Named[] = [];
  for (const collection of collections) {
    for (const { object } of await listed(kind, api, collection)) {
      found.push({ id: kind.identity.map((field) => String(object[field])).join("/"), object });
    }
  }
  return found;
}

/** The collections that a control plane says it has; asked once. */
async function collectionsOf(api: Api): Promise<Collection[] | undefined> {
  const call = { doing: "read the list of kinds", path: "_resources", secrets: [] };
  const answer = await api.once(call.path, () => api.document(call));
  if (!isObject(answer) || !Array.isArray(answer.resources)) return undefined;
  return answer.resources.filter(isObject).map(({ path, policy }) => ({
    path: String(path),
    isPolicy: isObject(policy) && policy.isTargetRef === true,
  }));
}

function listed(kind: Kind, api: Api, path: string): Promise<Listed[]> {
  return api.list({ doing: `list all of the kind ${kind.title}`, path, secrets: [] });
}

/** The parts of an object's path; those that name it are empty. */
function pathOf(kind: Kind): string[] {
  return kind.path(kind.identity.map(() => "")).split("/");
}
