import { isObject, type JsonObject } from "../provider/model/fields.ts";
import type { Kind } from "../provider/model/kind.ts";
import type { Api, Listed } from "../provider/server/api.ts";

/** An object of a server with the id that this package gives it. */
export interface Named {
  id: string;
  object: JsonObject;
}

/** All objects of a kind that a server has. */
export async function objectsOf(kind: Kind, api: Api): Promise<Named[] | string> {
  if (kind.dialect === "kuma") return inAllMeshes(kind, api);
  const [collection = ""] = pathOf(kind);
  if (kind.type !== "apisix:Credential") return (await listed(kind, api, collection)).map(byName);
  const consumers = await listed(kind, api, collection);
  const credentials: Named[] = [];
  for (const { name: consumer } of consumers.filter(({ name }) => !name.includes("/"))) {
    const path = `${collection}/${encodeURIComponent(consumer)}/credentials`;
    credentials.push(
      ...(await listed(kind, api, path)).map(({ name, object }) => ({ id: `${consumer}/${name}`, object })),
    );
  }
  return credentials;
}

function byName({ name, object }: Listed): Named {
  return { id: name, object };
}

/** What a control plane has of a kind, or why it can have nothing. */
async function inAllMeshes(kind: Kind, api: Api): Promise<Named[] | string> {
  const known = await kindsOf(api);
  let collections = [pathOf(kind).at(-2) ?? ""];
  if (kind.type === "kuma:Policy") {
    if (!known) return "this control plane does not tell its kinds of policies (Kuma before 2.9)";
    collections = known.flatMap(({ path, isPolicy }) => (isPolicy ? [path] : []));
  } else if (known && !known.some(({ path }) => path === collections[0])) {
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

/** The kinds that a control plane says it has; asked once. */
async function kindsOf(api: Api): Promise<{ path: string; isPolicy: boolean }[] | undefined> {
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
