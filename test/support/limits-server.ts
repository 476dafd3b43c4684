import type { JsonObject } from "../../provider/model/fields.ts";
import { isObject } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { toServer } from "../../provider/model/wire.ts";
import { namesOf, typesReferredTo } from "./arbitraries.ts";
import { apisixInProcess, CONFIG, type InProcess, kumaInProcess, sendTo } from "./in-process.ts";

/** A server for one kind at which arguments at the limits of the valid are tried. */
export interface Border {
  /** The configuration by which a lifecycle reaches it. */
  config: Record<string, unknown>;
  /** A server before the version that the kinds are written for, which has narrower limits and fewer fields. */
  isOlder: boolean;
  open(): Promise<void>;
  close(): Promise<void>;
  /** The arguments as they can be tried there. */
  own(args: JsonObject): JsonObject;
  /** Removes what was made under an id, as far as it is the kind's to make. */
  remove(id: string): void | Promise<void>;
  /** True when the server takes these arguments, said in its own words, and keeps all that they say. */
  takes(args: JsonObject): boolean | Promise<boolean>;
}

/** A server of the sandbox for one kind, with what the arbitrary arguments of the kind refer to. */
export class BorderServer implements Border {
  readonly isOlder = false;
  readonly config = CONFIG;
  readonly server: InProcess;
  readonly #kind: Kind;

  constructor(kind: Kind, storesDefaults = false) {
    this.#kind = kind;
    this.server = kind.dialect === "apisix" ? apisixInProcess(storesDefaults) : kumaInProcess();
    this.#prepare();
  }

  /** From now on, whatever the provider sends goes to this server. */
  async open(): Promise<void> {
    sendTo(this.server);
  }

  async close(): Promise<void> {}

  own(args: JsonObject): JsonObject {
    return args;
  }

  remove(id: string): void {
    if (this.#kind.patch) this.#prepare();
    else this.server.remove(this.#kind, id);
  }

  /** Makes what the arguments refer to, and takes away what the server has of the kind itself. */
  #prepare(): void {
    if (this.#kind.type === "kuma:Mesh") this.server.remove(this.#kind, "default");
    for (const type of typesReferredTo(this.#kind.schema)) {
      if (type === this.#kind.type || type === "kuma:Secret") continue;
      const { dialect, identity, path } = kindOf(type);
      const field = dialect === "apisix" && identity[0] !== "username" ? "id" : (identity.at(-1) ?? "");
      // A certificate that an upstream shows is one of a client.
      const kept = type === "apisix:Ssl" ? "client" : type.replace(/^.*:/, "");
      const objects = namesOf(type).map((name) => ({ type: kept, [field]: name }));
      this.server.prepare(objects, path([""]).replace(/\/$/, ""));
    }
  }

  /** The id that arguments name; nothing when no URL can hold it. */
  idOf(args: JsonObject): string | undefined {
    const standard = { mesh: "default" };
    const parts = this.#kind.identity.map((field) => ({ ...standard, [field]: "made", ...args })[field]);
    return parts.every((part) => typeof part === "string" && /^[^/]+$/.test(part))
      ? parts.join("/")
      : undefined;
  }

  takes(args: JsonObject): boolean {
    const id = this.idOf(args);
    if (id === undefined) return false;
    const root = this.#kind.dialect === "apisix" ? "/apisix/admin/" : "/";
    const path = root + this.#kind.path(id.split("/").map(encodeURIComponent));
    const body = JSON.parse(JSON.stringify(toServer(this.#kind, args))) as JsonObject;
    const { status } = this.server.answer("PUT", path, body);
    const isKept = status < 300 && (root !== "/" || keeps(this.server.answer("GET", path).json, body));
    if (status < 300) this.remove(id);
    return isKept;
  }
}

const ABSENT: unknown[] = [null, false, "", 0];

/** Kuma drops in silence what it does not know, and what says no more than its absence. */
export function keeps(kept: unknown, sent: unknown): boolean {
  if (Array.isArray(sent)) {
    return (
      sent.length === 0 || (Array.isArray(kept) && sent.every((item, index) => keeps(kept[index], item)))
    );
  }
  if (!isObject(sent)) return kept === sent;
  const said = Object.entries(sent).filter(([, value]) => !ABSENT.includes(value as never));
  return said.every(([key, value]) => keeps(isObject(kept) ? kept[key] : undefined, value));
}

/** What is right by itself may still not fit what the server has, or what it alone can read. */
export const LEFT_TO_SERVER: { why: string; words: RegExp }[] = [
  { why: "a plugin may be the gateway's own", words: /unknown plugin \[|invalid plugin name/ },
  { why: "which protocols there are depends on the gateway's configuration", words: /unknown protocol \[/ },
  { why: "what is referred to may be missing", words: /response code: 404|consumer not found/ },
  {
    why: "certificates and keys are parsed by the server",
    words: /failed to (parse (cert|key)|decrypt previous encrypted key)/,
  },
  { why: "definitions are read by the server's own parser", words: /invalid content: / },
  {
    why: "Lua is compiled by the server",
    words: /failed to load '(script|filter_func)' string|should be a (function|Lua object)|: 500/,
  },
  { why: "a mesh may have one authority", words: /cannot have more than 1 backends/ },
  { why: "the settings of a backend depend on its type", words: /backends\[\d+\]\.conf/ },
  {
    why: "which labels of its own a control plane takes depends on its side of a federation",
    words: /kuma\.io\/(mesh|zone|origin) label/,
  },
  {
    why: "a federated zone passes its objects on under longer names",
    words: /the length of the name must be shorter/,
  },
  { why: "the mesh may be missing", words: /Failed to retrieve Mesh|it does not exist\. Make it first/ },
  { why: "a policy may be of a newer Kuma", words: /create policy .*404: "404: Page Not Found"/ },
  {
    why: "a plugin may check more than its schema says",
    words: /failed to check the configuration of plugin (jwt-auth)/,
  },
  {
    why: "which backends there are depends on plugins",
    words: /unknown backend type|find installed plugin for this type/,
  },
  {
    why: "a patch does not see the mesh that it changes",
    words:
      /set fields of the .*(mtls has to be set when zoneEgress enabled|mtls\.enabledBackend has to be set)/,
  },
];
