import { canonical } from "../../provider/model/canonical.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { toServer } from "../../provider/model/wire.ts";
import type { Stored } from "../support/kinds.ts";
import type { Exchange, Scenario } from "../support/kuma-recordings.ts";
import type { LiveKind } from "./kinds.ts";
import { type LiveAnswer, withoutServers } from "./servers.ts";

/** Sends one request to the server that a recording is of. */
export type Ask = (method: "GET" | "PUT" | "DELETE", path: string, body?: unknown) => Promise<LiveAnswer>;

/** What a server answers to the making of what objects are in, such as a mesh. */
export async function recordShared(path: string, object: object, ask: Ask): Promise<Scenario> {
  const put = { method: "PUT" as const, path, body: object };
  const exchanges = [
    { request: put, response: responseOf(await ask("PUT", path, object)) },
    { request: { method: "GET", path }, response: responseOf(await ask("GET", path)) },
  ];
  return { name: "what the objects are in", exchanges };
}

/** What a server answers about one object of a kind, from its absence to its absence. */
export async function recordKind(
  kind: LiveKind,
  prefix: string,
  ask: Ask,
  /** The name of the control plane, where it is not the one that the recording is of. */
  at?: string,
): Promise<Scenario> {
  const path = kind.path(kind.id(prefix));
  const exchanges: Exchange[] = [];
  const record = async (note: string, method: "GET" | "PUT" | "DELETE", body?: unknown) => {
    const answer = await ask(method, path, body);
    const request = {
      method,
      path,
      ...(body === undefined ? {} : { body }),
      ...(at === undefined ? {} : { at }),
    };
    exchanges.push({ note, request, response: responseOf(answer) });
    return answer;
  };
  const bodyOf = (args: object) => {
    const made = kindOf(kind.type);
    const name = kind.id(prefix);
    const all = { ...made.identityDefaults, [kind.identity]: name, ...args } as JsonObject;
    return toServer(made, canonical(made, all));
  };
  const there = async (note: string) => {
    const { body } = await record(note, "GET");
    const object = (kind.server.dialect === "apisix" ? (body as Stored).value : body) as Stored;
    return { ...withoutServers(kind.server, object), ...kind.notGivenBack };
  };
  try {
    await record("absent", "GET");
    await record("few fields", "PUT", bodyOf(kind.minimal));
    await record("as it is there", "GET");
    await record("more fields", "PUT", bodyOf(kind.full));
    const object = await there("as it is there");
    await record("what was read, sent back", "PUT", object);
    await record("a field that does not exist", "PUT", { ...object, noSuchField: 1 });
    await record("as it is there", "GET");
    await record("nothing", "PUT", {});
  } finally {
    await record("removed", "DELETE");
    await record("removed again", "DELETE");
  }
  return { name: `${kind.type.replace(/^.*:/, "")} from its absence to its absence`, exchanges };
}

function responseOf({ status, contentType, body, text }: LiveAnswer): Exchange["response"] {
  const type = contentType?.replace(/;.*/, "");
  return {
    status,
    ...(type === undefined ? {} : { contentType: type }),
    ...(body === undefined ? { text } : { body }),
  };
}
