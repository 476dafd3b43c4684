import { join } from "node:path";
import * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { SECRET_KEY } from "../../provider/model/marks.ts";
import { PLUGINS } from "./doors.ts";
import { startEngineLog } from "./fake-engine.ts";
import { type PluginProcess, startPlugin } from "./plugin-process.ts";
import type { Provider } from "./provider-process.ts";

/** Both plugins as they are built, each in a process of its own; the engine's part is played here. */
export class PluginPair {
  readonly #processes = new Map<string, PluginProcess>();
  readonly #log: Awaited<ReturnType<typeof startEngineLog>>;

  private constructor(log: Awaited<ReturnType<typeof startEngineLog>>) {
    this.#log = log;
  }

  /** Starts them and configures each with its part of a stack's configuration. */
  static async start(config: Record<string, unknown>): Promise<PluginPair> {
    const pair = new PluginPair(await startEngineLog());
    await Promise.all(
      PLUGINS.map(async ({ name, path }) => {
        const process = await startPlugin(join(path, `pulumi-resource-${name}`));
        pair.#processes.set(name, process);
        const own = Object.entries(config).filter(([key]) => key.startsWith(`${name}:`));
        const settings = own.map(([key, value]) => [
          key.slice(name.length + 1),
          typeof value === "string" ? value : JSON.stringify(value),
        ]);
        await process.client.handshake(pair.#log.address);
        await process.client.configure(Object.fromEntries(settings));
      }),
    );
    return pair;
  }

  /** What the engine shows to the person at the terminal: what was logged, and what was printed beside the port. */
  get printed(): string[] {
    const errors = [...this.#processes.values()].flatMap(({ printed }) => printed.err.split("\n"));
    return [
      ...this.#log.logged.map(({ message }) => `warning: ${message}`),
      ...errors.filter((line) => line !== ""),
    ];
  }

  /** The provider of a type of resources. */
  provider(type: string): Provider {
    const [plugin = "", name = ""] = type.split(":");
    const { identity } = kindOf(type);
    const urnOf = (resource: unknown) => `urn:pulumi:test::test::${plugin}:index:${name}::${resource}`;
    const urnOfInputs = (inputs: JsonObject) => urnOf(inputs[identity.at(-1) ?? ""]);
    const urnOfId = (id: string) => urnOf(id.slice(id.lastIndexOf("/") + 1));
    const call = <Answer>(method: string, request: { serializeBinary(): Uint8Array }) => {
      const process = this.#processes.get(plugin);
      if (!process) throw new Error(`There is no plugin ${plugin}.`);
      return process.client.call<Answer>(method, request);
    };
    return {
      check: async (old, given) => {
        const { __context: context, ...args } = given;
        const urn = urnOf((context as JsonObject | undefined)?.name ?? args[identity.at(-1) ?? ""]);
        const request = new messages.CheckRequest();
        request.setUrn(urn);
        request.setOlds(structOf(old));
        request.setNews(structOf(args));
        const answer = await call<messages.CheckResponse>("check", request);
        const failures = answer.getFailuresList().map((failure) => failure.toObject());
        return { inputs: valuesOf(answer.getInputs()), failures };
      },
      diff: async (id, old, wanted) => {
        const request = new messages.DiffRequest();
        request.setId(id);
        request.setUrn(urnOfId(id));
        request.setOlds(structOf(old));
        request.setNews(structOf(wanted));
        const answer = await call<messages.DiffResponse>("diff", request);
        const changes = answer.getChanges() !== messages.DiffResponse.DiffChanges.DIFF_NONE;
        return { changes, replaces: answer.getReplacesList() };
      },
      create: async (inputs) => {
        const request = new messages.CreateRequest();
        request.setUrn(urnOfInputs(inputs));
        request.setProperties(structOf(inputs));
        const answer = await call<messages.CreateResponse>("create", request);
        return { id: answer.getId(), outs: valuesOf(answer.getProperties()) };
      },
      read: async (id, outs) => {
        const request = new messages.ReadRequest();
        request.setId(id);
        request.setUrn(urnOfId(id));
        request.setProperties(structOf(outs));
        const answer = await call<messages.ReadResponse>("read", request);
        return { id: answer.getId(), props: valuesOf(answer.getProperties()) };
      },
      update: async (id, old, inputs) => {
        const request = new messages.UpdateRequest();
        request.setId(id);
        request.setUrn(urnOfId(id));
        request.setOlds(structOf(old));
        request.setNews(structOf(inputs));
        const answer = await call<messages.UpdateResponse>("update", request);
        return { outs: valuesOf(answer.getProperties()) };
      },
      delete: async (id, outs) => {
        const request = new messages.DeleteRequest();
        request.setId(id);
        request.setUrn(urnOfId(id));
        request.setProperties(structOf(outs));
        await call("delete", request);
      },
    };
  }

  /** Ends the processes. */
  async close(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((process) => process.close()));
    this.#log.close();
  }
}

function structOf(values: JsonObject): struct.Struct {
  return struct.Struct.fromJavaScript(values);
}

/** As the engine gives values back: secrets in clear. */
function valuesOf(properties: struct.Struct | undefined): JsonObject {
  const text = JSON.stringify(properties?.toJavaScript() ?? {});
  return JSON.parse(text, (_key, value) => (value?.[SECRET_KEY] ? value.value : value));
}
