import type { Target } from "../provider/lifecycle/target.ts";
import { isObject, type JsonObject } from "../provider/model/fields.ts";
import type { Kind } from "../provider/model/kind.ts";
import type { Listed } from "../provider/server/api.ts";
import type { Connection } from "../provider/server/connection.ts";

/** An object of a server with the id that this package gives it. */
export interface Named {
  id: string;
  object: JsonObject;
}

/** All objects of a kind that a server has. */
export async function objectsOf(target: Target): Promise<Named[] | string> {
  const { kind } = target;
  if (kind.dialect === "kuma") return inAllMeshes(target);
  const [collection = ""] = pathOf(kind);
  if (kind.type !== "apisix:Credential") return (await listed(target, collection)).map(byName);
  const consumers = await listed(target, collection);
  const credentials: Named[] = [];
  for (const { name: consumer } of consumers.filter(({ name }) => !name.includes("/"))) {
    const path = `${collection}/${encodeURIComponent(consumer)}/credentials`;
    credentials.push(
      ...(await listed(target, path)).map(({ name, object }) => ({ id: `${consumer}/${name}`, object })),
    );
  }
  return credentials;
}

function byName({ name, object }: Listed): Named {
  return { id: name, object };
}

/** What a control plane has of a kind, or why it can have nothing. */
async function inAllMeshes(target: Target): Promise<Named[] | string> {
  const { kind } = target;
  const known = await kindsOf(target);
  let collections = [pathOf(kind).at(-2) ?? ""];
  if (kind.type === "kuma:Policy") {
    if (!known) return "this control plane does not tell its kinds of policies (Kuma before 2.9)";
    collections = known.flatMap(({ path, isPolicy }) => (isPolicy ? [path] : []));
  } else if (known && !known.some(({ path }) => path === collections[0])) {
    return "this control plane does not have the kind";
  }
  const found: Named[] = [];
  for (const collection of collections) {
    for (const { object } of await listed(target, collection)) {
      found.push({ id: kind.identity.map((field) => String(object[field])).join("/"), object });
    }
  }
  return found;
}

const kindsByServer = new WeakMap<Connection, Promise<unknown>>();

/** The kinds that a control plane says it has; asked once. */
async function kindsOf({
  api,
  connection,
}: Target): Promise<{ path: string; isPolicy: boolean }[] | undefined> {
  const call = { doing: "read the list of kinds", path: "_resources", secrets: [] };
  const asked = kindsByServer.get(connection) ?? api.document(call);
  kindsByServer.set(connection, asked);
  const answer = await asked;
  if (!isObject(answer) || !Array.isArray(answer.resources)) return undefined;
  return answer.resources.filter(isObject).map(({ path, policy }) => ({
    path: String(path),
    isPolicy: isObject(policy) && policy.isTargetRef === true,
  }));
}

function listed(target: Target, path: string): Promise<Listed[]> {
  return target.api.list({ doing: `list all of the kind ${target.kind.title}`, path, secrets: [] });
}

/** The parts of an object's path; those that name it are empty. */
function pathOf(kind: Kind): string[] {
  return kind.path(kind.identity.map(() => "")).split("/");
}
