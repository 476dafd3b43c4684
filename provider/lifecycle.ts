import { Api, type Call } from "./api.ts";
import { apisixDialect } from "./apisix/dialect.ts";
import {
  canonical,
  collect,
  fromServer,
  keepWriteOnly,
  toServer,
  without,
  wrapSecrets,
} from "./canonical.ts";
import { type Connection, connectionOf, type GetConfig, warn } from "./connection.ts";
import { BackendError } from "./errors.ts";
import { type Json, type JsonObject, sameJson } from "./fields.ts";
import type { Kind } from "./kind.ts";
import { kumaDialect } from "./kuma/dialect.ts";
import { newMark, type Ownership, ownershipOf, withOwnership, withoutOwnership } from "./owner.ts";
import { textsOf } from "./secrets.ts";
import { validate } from "./validate.ts";

const DIALECTS = { apisix: apisixDialect, kuma: kumaDialect };

/**
 * What the program's side and `check` put beside the declared arguments. `__provider`, `__owner` and `__server` stand in
 * the inputs; `__resourceName` and `__stack` are gone after `check`; `__made` stands in the outputs: MARK@SERVER, where and by which create.
 */
const HIDDEN = ["__provider", "__owner", "__server", "__resourceName", "__stack", "__made", "adopt"];

/** PROJECT.STACK, for people. Every process serves one stack, and `check` runs in it before anything is written. */
let stack: string | undefined;

/** What the plugin of Pulumi's dynamic resources calls. */
export class Lifecycle {
  readonly #kind: Kind;
  #config: GetConfig = () => undefined;

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  /** Not async: the plugin lets other methods run before it has awaited this one. */
  configure(request: { config: { get(key: string): unknown } }): void {
    this.#config = (key) => request.config.get(key);
  }

  /** Validates the arguments and turns them into the canonical form. Asks no server. */
  async check(old: JsonObject, given: JsonObject) {
    const connection = this.#connection();
    const { __resourceName, __stack, adopt } = given;
    if (typeof __stack === "string") stack = __stack;
    const declared = without(given, HIDDEN);
    for (const [field, standard] of Object.entries(this.#kind.identityDefaults ?? {}))
      declared[field] ??= standard;
    const last = this.#kind.identity.at(-1) ?? "";
    if (typeof __resourceName === "string") declared[last] ??= `${connection.idPrefix}${__resourceName}`;
    const problems = validate(this.#kind, declared);
    if (adopt !== undefined && typeof adopt !== "boolean")
      problems.push({ path: "adopt", reason: "is not a boolean" });
    if (problems.length > 0) {
      return {
        inputs: given,
        failures: problems.map(({ path, reason }) => ({ property: "", reason: `${path}: ${reason}` })),
      };
    }
    const before = old.__server;
    if (typeof before === "string" && before !== connection.server) {
      return {
        inputs: given,
        failures: [{ property: "", reason: this.#wrongServer(before, connection).message }],
      };
    }
    const inputs = wrapSecrets(this.#kind.schema, canonical(this.#kind, declared)) as JsonObject;
    return {
      inputs: {
        ...inputs,
        ...(adopt ? { adopt } : {}),
        __owner: given.__owner ?? "",
        __server: connection.server,
      },
      failures: [],
    };
  }

  /** Compares two canonical forms. Asks no server. */
  async diff(_id: string, old: JsonObject, wanted: JsonObject) {
    const [from, to] = [without(old, HIDDEN), without(wanted, HIDDEN)];
    const differs = (key: string) => !sameJson(from[key], to[key]);
    return {
      changes: [...new Set([...Object.keys(from), ...Object.keys(to)])].some(differs),
      replaces: this.#kind.identity.filter(differs),
    };
  }

  /** Looks, then writes: an object that is not ours is refused unless `adopt` says otherwise. */
  async create(inputs: JsonObject) {
    const { connection, api } = this.#at(inputs);
    const id = this.#idOf(inputs);
    const call = this.#call("create", id, inputs);
    const found = await api.get(call);
    if (found && !inputs.adopt) this.#refuseForeign(found, inputs, id);
    const ownership = this.#ownership(inputs, newMark());
    const write = async () => api.put(call, this.#body(inputs, ownership));
    await write().catch(async (error: unknown) => {
      // The answer may be lost and the object written all the same.
      const written = isLost(error) ? await api.get(call).catch(() => undefined) : undefined;
      if (!written || ownershipOf(written)?.mark !== ownership.mark) throw error;
    });
    return { id, outs: this.#outputs(inputs, ownership.mark, connection) };
  }

  /** What the server has, in the canonical form. Gone is only what the server itself calls gone. */
  async read(id: string, outputs: JsonObject) {
    const identity = this.#identityOf(id);
    const { connection, api } = this.#at(outputs);
    const found = await api.get(this.#call("read", id, outputs));
    if (!found) return { id: "", props: {} };
    const seen = fromServer(this.#kind, this.#withoutLabels(found), identity);
    const inputs = keepWriteOnly(this.#kind.schema, seen, without(outputs, HIDDEN));
    const made = parseMade(outputs.__made);
    return {
      id,
      props: this.#outputs(inputs, made?.mark ?? ownershipOf(found)?.mark ?? "", connection),
      inputs: { ...(wrapSecrets(this.#kind.schema, inputs) as JsonObject), __server: connection.server },
    };
  }

  /** Looks, then writes the whole object. */
  async update(id: string, old: JsonObject, inputs: JsonObject) {
    const { connection, api } = this.#at(inputs);
    this.#sameServer(old, connection);
    const call = this.#call("update", id, inputs);
    const mark = parseMade(old.__made)?.mark || newMark();
    const found = await api.get(call);
    const current = found && ownershipOf(found);
    if (current && current.mark !== mark && current.owner !== inputs.__owner)
      throw this.#ownedByAnother(id, current);
    await api.put(call, this.#body(inputs, this.#ownership(inputs, mark)));
    return { outs: this.#outputs(inputs, mark, connection) };
  }

  /** Removes the object unless somebody else has it by now. */
  async delete(id: string, outputs: JsonObject): Promise<void> {
    const { connection, api } = this.#at(outputs);
    const call = this.#call("delete", id, outputs);
    try {
      const found = await api.get(call);
      if (!found) return;
      const current = ownershipOf(found);
      const mark = parseMade(outputs.__made)?.mark;
      if (current && current.mark !== mark) {
        warn(`The ${this.#kind.title} "${id}" stays: by now it belongs to ${ownerText(current)}.`);
        return;
      }
      await api.remove(call);
    } catch (error) {
      const unreachable =
        error instanceof BackendError && (error.kind === "UNREACHABLE" || error.kind === "TIMEOUT");
      if (!unreachable || !connection.deleteUnreachable) throw error;
      warn(`The ${this.#kind.title} "${id}" is taken as deleted (deleteUnreachable). ${error.message}`);
    }
  }

  #connection(): Connection {
    return connectionOf(this.#kind.dialect, this.#kind.side, this.#config);
  }

  /** The server, if it is the one that the state was written for. */
  #at(state: JsonObject): { connection: Connection; api: Api } {
    const connection = this.#connection();
    this.#sameServer(state, connection);
    return { connection, api: new Api(DIALECTS[this.#kind.dialect], connection) };
  }

  #sameServer(state: JsonObject, connection: Connection): void {
    const before = parseMade(state.__made)?.server ?? state.__server;
    if (typeof before === "string" && before !== "" && before !== connection.server)
      throw this.#wrongServer(before, connection);
  }

  #wrongServer(before: string, connection: Connection): BackendError {
    const setting = this.#kind.dialect === "apisix" ? "gatewayId" : "controlPlaneId";
    return new BackendError(
      "WRONG_SERVER",
      `This ${this.#kind.title} was made at "${before}", and the configuration now names "${connection.server}" (${connection.url}). ` +
        `If that is the same server under a new address, set ${this.#kind.dialect}:${setting} (or the provider's ${setting}) to "${before}". ` +
        `If it is another server, run pulumi destroy with the old URL first, or keep the old one and use a second provider.`,
    );
  }

  #refuseForeign(found: JsonObject, inputs: JsonObject, id: string): void {
    const current = ownershipOf(found);
    const mine = current ? current.owner === inputs.__owner : !hasLabels(this.#kind);
    const equal = sameJson(
      fromServer(this.#kind, this.#withoutLabels(found), this.#identityOf(id)),
      without(inputs, HIDDEN),
    );
    if (mine && equal) return;
    const what = `The ${this.#kind.title} "${id}" exists already at ${this.#connection().url}`;
    const ways = `To take it over, set adopt: true; or bring it into the state with an import file; or choose another ${this.#kind.identity.at(-1)}.`;
    if (mine) {
      throw new BackendError(
        "ALREADY_EXISTS",
        `${what}. It was made for this very resource, but is not what is declared now (was the state lost, moved or restored?). Nothing was changed. ${ways}`,
      );
    }
    const renamed =
      current?.stack !== undefined && current.stack === stack
        ? ` It belongs to this stack: if the resource was renamed, add aliases: [{ name: "OLD-NAME" }] to its options.`
        : "";
    throw new BackendError(
      "ALREADY_EXISTS",
      `${what}${current ? ` and belongs to ${ownerText(current)}` : ""}. Nothing was changed.${renamed} ${ways}`,
    );
  }

  #ownedByAnother(id: string, current: Ownership): BackendError {
    return new BackendError(
      "OWNED_BY_ANOTHER",
      `The ${this.#kind.title} "${id}" belongs to ${ownerText(current)} by now, so it was not changed. ` +
        `Remove it here (pulumi state delete), or there and adopt it here again.`,
    );
  }

  #ownership(inputs: JsonObject, mark: string): Ownership {
    return { owner: String(inputs.__owner ?? ""), mark, ...(stack ? { stack } : {}) };
  }

  #body(inputs: JsonObject, ownership: Ownership): JsonObject {
    const body = toServer(this.#kind, without(inputs, HIDDEN));
    return hasLabels(this.#kind) ? withOwnership(body, ownership) : body;
  }

  #withoutLabels(found: JsonObject): JsonObject {
    return withoutOwnership(found, DIALECTS[this.#kind.dialect].isServerLabel);
  }

  #outputs(inputs: JsonObject, mark: string, { server }: Connection): JsonObject {
    const outputs = wrapSecrets(this.#kind.schema, without(inputs, HIDDEN)) as JsonObject;
    return { ...outputs, __made: `${mark}@${server}` };
  }

  #call(verb: string, id: string, values: JsonObject): Call {
    const parts = id.split("/").map(encodeURIComponent);
    const hidden = [
      ...collect(this.#kind.schema, values, "secret"),
      ...collect(this.#kind.schema, values, "sensitive"),
    ];
    return {
      doing: `${verb} ${this.#kind.title} "${id}"`,
      path: this.#kind.path(parts),
      secrets: textsOf(hidden),
    };
  }

  #idOf(inputs: JsonObject): string {
    return this.#kind.identity.map((field) => String(inputs[field])).join("/");
  }

  #identityOf(id: string): JsonObject {
    const parts = id.split("/");
    if (parts.length !== this.#kind.identity.length) {
      throw new BackendError(
        "INVALID_CONFIGURATION",
        `"${id}" is no id of a ${this.#kind.title}: ${this.#kind.identity.join("/")} is wanted.`,
      );
    }
    return Object.fromEntries(this.#kind.identity.map((field, index) => [field, parts[index] ?? ""]));
  }
}

function hasLabels(kind: Kind): boolean {
  return "labels" in kind.schema.shape;
}

function isLost(error: unknown): boolean {
  return (
    error instanceof BackendError &&
    ["UNREACHABLE", "TIMEOUT", "SERVER_ERROR", "NOT_THE_API"].includes(error.kind)
  );
}

function parseMade(made: Json | undefined): { mark: string; server: string } | undefined {
  const match = /^([^@]*)@(.*)$/s.exec(typeof made === "string" ? made : "");
  return match ? { mark: match[1] ?? "", server: match[2] ?? "" } : undefined;
}

function ownerText({ owner, stack }: Ownership): string {
  return stack ? `the stack ${stack} (owner ${owner})` : `owner ${owner}`;
}
