import type { JsonObject } from "../../provider/model/fields.ts";
import { containerOf, isLegalId, type Kind } from "../../provider/model/kind.ts";
import { toServer } from "../../provider/model/wire.ts";
import { apisixServer, kumaServer, remove, type Server, send, write } from "../live/servers.ts";
import type { LiveSettings } from "../live/settings.ts";
import { type Border, keeps } from "./limits-server.ts";

/** How many arguments of each kind are tried at a live server, where nothing else is said. */
export const LIVE_RUNS = 400;

/** The kinds of which nothing is made at a live server: what holds for all of the gateway's traffic. */
const WHOLE_GATEWAY = ["apisix:GlobalRule", "apisix:PluginMetadata"];

/** Whether the environment names a server for a kind, and the kind was chosen. */
export function isLive(settings: LiveSettings, kind: Kind): boolean {
  if (WHOLE_GATEWAY.includes(kind.type) && !settings.wholeGateway) return false;
  return settings[kind.dialect] !== undefined && settings.isChosen(kind.type);
}

/** A live server for one kind: what is made there has a name of the run, is in what is the run's, and goes again at once. */
export class LiveBorder implements Border {
  readonly config: Record<string, unknown>;
  isOlder = false;
  readonly #kind: Kind;
  readonly #run: string;
  readonly #server: Server;
  /** What objects of the kind are in, a mesh or a consumer, and how it is made. */
  readonly #around: { server: Server; name: string; path: string; object: JsonObject } | undefined;

  constructor(kind: Kind, { apisix, kuma, run }: LiveSettings) {
    this.#kind = kind;
    this.#run = run;
    if (kind.dialect === "apisix" && apisix) {
      this.#server = apisixServer(apisix);
      this.config = {
        "apisix:adminUrl": apisix.url,
        "apisix:adminKey": apisix.key,
        "apisix:validation": "local",
      };
      const username = inWords(`${run}-somebody`);
      const path = `/apisix/admin/consumers/${username}`;
      if (containerOf(kind) === "apisix:Consumer")
        this.#around = { server: this.#server, name: username, path, object: { username } };
    } else if (kind.dialect === "kuma" && kuma) {
      const { globalUrl, zoneUrl, token } = kuma;
      const { side } = kind;
      this.#server = kumaServer(side === "zone" ? zoneUrl : globalUrl, token);
      this.config = {
        "kuma:globalUrl": globalUrl,
        "kuma:zoneUrl": zoneUrl,
        "kuma:validation": "local",
        ...(token === undefined ? {} : { "kuma:token": token }),
      };
      const name = `${run}-mesh`;
      const object = { type: "Mesh", name, skipCreatingInitialPolicies: ["*"] };
      if (kind.identity[0] === "mesh")
        this.#around = { server: kumaServer(globalUrl, token), name, path: `/meshes/${name}`, object };
    } else throw new Error(`The environment names no server for ${kind.type}.`);
  }

  async open(): Promise<void> {
    if (this.#kind.dialect === "apisix") {
      const { product = "" } = await send(this.#server, "GET", "/apisix/admin/routes");
      const [, major, minor] = /(\d+)\.(\d+)/.exec(product) ?? [];
      this.isOlder = Number(major) < 3 || (Number(major) === 3 && Number(minor) < 18);
    }
    if (this.#around) await write(this.#around.server, this.#around.path, this.#around.object);
  }

  async close(): Promise<void> {
    if (this.#around) await remove(this.#around.server, this.#around.path);
  }

  /** A legal name becomes one of the run, as long as it was as far as that is possible; a wrong one stays wrong. */
  own(args: JsonObject): JsonObject {
    const { identity, schema } = this.#kind;
    const own: JsonObject = { ...args };
    // Written at the zone's side it would be at another server.
    if (own.origin === "zone") own.origin = "global";
    for (const field of identity) {
      const given = args[field];
      const isOuter = this.#around !== undefined && field === identity[0];
      if (isOuter && (given === undefined || schema.shape[field]?.safeParse(given).success)) {
        own[field] = this.#around?.name ?? "";
      } else if (given === undefined && field === identity.at(-1)) {
        own[field] = this.#named("", field);
      } else if (typeof given === "string" && schema.shape[field]?.safeParse(given).success) {
        own[field] = this.#named(given, field);
      }
    }
    return own;
  }

  #named(given: string, field: string): string {
    // Which plugin it is, and which manager, is no name.
    if (field === "plugin" || field === "manager" || field === "type") return given;
    const run = field === "username" ? inWords(this.#run) : this.#run;
    return given.length > run.length ? `${run}${given.slice(run.length)}` : run;
  }

  async remove(id: string): Promise<void> {
    if (this.#kind.patch) return this.open();
    await remove(this.#server, this.#pathOf(id));
  }

  #pathOf(id: string): string {
    const root = this.#kind.dialect === "apisix" ? "/apisix/admin/" : "/";
    return root + this.#kind.path(id.split("/").map(encodeURIComponent));
  }

  /** True when the server takes these arguments and keeps all that they say. Under a wrong name it is not asked. */
  async takes(args: JsonObject): Promise<boolean> {
    const { identity, dialect } = this.#kind;
    const id = identity.map((field) => String(args[field])).join("/");
    const isOfRun = [this.#run, inWords(this.#run)].some((run) => id.includes(run));
    if (!isLegalId(this.#kind, id) || !isOfRun) return false;
    const body = toServer(this.#kind, args);
    const path = this.#pathOf(id);
    const { status } = await send(this.#server, "PUT", path, body);
    if (status >= 300) return false;
    const isKept = dialect === "apisix" || keeps((await send(this.#server, "GET", path)).body, body);
    await remove(this.#server, path);
    return isKept;
  }
}

/** A name of a consumer has no dashes. */
function inWords(name: string): string {
  return name.replaceAll("-", "_");
}
