import type { EngineLog } from "./engine-log.ts";
import type { Message } from "./message.ts";
import * as messages from "./messages.ts";
import type { Call, CheckAnswer, DiffAnswer, Provider } from "./provider.ts";
import { type PartialFailure, partlyFailed, unimplemented } from "./status.ts";

/** What the methods of the protocol work with. */
export interface Plugin {
  readonly version: string;
  readonly log: EngineLog;
  /** The provider, which is loaded when it is first asked for. */
  provider(): Promise<Provider>;
  /** Gives up all other calls, and lets the provider let go of what it holds. */
  cancel(call: Call): Promise<void>;
}

/** A request that has been read. */
export interface Task<Answer> {
  /** The resource that it is about. */
  urn?: string;
  /** Seconds; 0 for no limit. */
  timeout?: number;
  work(plugin: Plugin, call: Call): Answer;
}

/** Reads the bytes of a request. */
type Method<Answer> = (bytes: Uint8Array) => Task<Answer>;

function method<Request extends object, Answer>(
  request: Message<Request>,
  answer: Message<Answer>,
  work: (plugin: Plugin, request: Request, call: Call) => Promise<Partial<Answer>>,
): Method<Promise<Buffer>> {
  return (bytes) => {
    const given = request.decode(bytes);
    return { ...given, work: async (plugin, call) => answer.encode(await work(plugin, given, call)) };
  };
}

/** A method that is the provider's. */
function provided<Request extends object, Answer>(
  request: Message<Request>,
  answer: Message<Answer>,
  work: (provider: Provider, request: Request, call: Call) => Promise<Partial<Answer>>,
): Method<Promise<Buffer>> {
  return method(request, answer, async (plugin, given, call) => work(await plugin.provider(), given, call));
}

const { empty, checkRequest, checkResponse, diffRequest, diffResponse } = messages;

/** The methods that have one answer, by their names in the protocol. The others of the protocol are not implemented. */
export const methods: Record<string, Method<Promise<Buffer>>> = {
  Handshake: method(messages.handshakeRequest, messages.handshakeResponse, async ({ log }, request) => {
    log.connect(request.engineAddress);
    return { acceptSecrets: true };
  }),
  Attach: method(messages.pluginAttach, empty, async ({ log }, { address }) => {
    log.connect(address);
    return {};
  }),
  GetPluginInfo: method(empty, messages.pluginInfo, async ({ version }) => ({ version })),
  Cancel: method(empty, empty, async (plugin, _request, call) => {
    await plugin.cancel(call);
    return {};
  }),
  GetMapping: method(messages.getMappingRequest, messages.getMappingResponse, async () => ({})),
  GetMappings: method(messages.getMappingsRequest, messages.getMappingsResponse, async () => ({})),
  GetSchema: provided(
    messages.getSchemaRequest,
    messages.getSchemaResponse,
    async (provider, request, call) => ({ schema: await provider.getSchema(request, call) }),
  ),
  CheckConfig: provided(checkRequest, checkResponse, async (provider, request, call) =>
    checked(await provider.checkConfig(request, call)),
  ),
  DiffConfig: provided(diffRequest, diffResponse, async (provider, request, call) =>
    compared(await provider.diffConfig(request, call)),
  ),
  Configure: provided(
    messages.configureRequest,
    messages.configureResponse,
    async (provider, request, call) => {
      await provider.configure(request, call);
      return { acceptSecrets: true, supportsPreview: true };
    },
  ),
  Check: provided(checkRequest, checkResponse, async (provider, request, call) =>
    checked(await provider.check(request, call)),
  ),
  Diff: provided(diffRequest, diffResponse, async (provider, request, call) =>
    compared(await provider.diff(request, call)),
  ),
  Create: provided(messages.createRequest, messages.createResponse, async (provider, request, call) =>
    whole(await provider.create(request, call)),
  ),
  Read: provided(messages.readRequest, messages.readResponse, async (provider, request, call) => {
    const found = await provider.read(request, call);
    // An answer without an id says that nothing is there.
    return found ? whole(found) : {};
  }),
  Update: provided(messages.updateRequest, messages.updateResponse, async (provider, request, call) =>
    whole({ ...(await provider.update(request, call)), id: request.id }),
  ),
  Delete: provided(messages.deleteRequest, empty, async (provider, request, call) => {
    await provider.delete(request, call);
    return {};
  }),
};

/** List, which answers with a message for each resource. */
export const list: Method<AsyncIterable<Buffer>> = (bytes) => {
  const request = messages.listRequest.decode(bytes);
  return {
    async *work(plugin, call) {
      const provider = await plugin.provider();
      if (!provider.list) throw unimplemented("List");
      for await (const item of provider.list(request, call)) {
        const answer =
          "next" in item
            ? { continuation: { continuationToken: item.next } }
            : { result: { name: "", ...item } };
        yield messages.listResponse.encode(answer);
      }
    },
  };
};

function checked({ inputs, failures = [] }: CheckAnswer) {
  return { inputs, failures };
}

function compared({ changes, detailedDiff, replaces = [], deleteBeforeReplace = false }: DiffAnswer) {
  const answer = { changes, replaces, deleteBeforeReplace };
  if (!detailedDiff) return answer;
  const details = Object.entries(detailedDiff).map(([path, kind]) => [path, { kind, inputDiff: false }]);
  return { ...answer, detailedDiff: Object.fromEntries(details), hasDetailedDiff: true };
}

/** The answer, or the error that takes its place when what was made is not whole. */
function whole<Answer extends Omit<PartialFailure, "reasons"> & { reasons?: string[] }>(answer: Answer) {
  const { reasons = [], ...made } = answer;
  if (reasons.length > 0) throw partlyFailed({ ...made, reasons });
  return made;
}
