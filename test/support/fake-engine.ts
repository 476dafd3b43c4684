import { once } from "node:events";
import { credentials, Metadata, Server, ServerCredentials, type ServiceError } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { JsonObject } from "../../provider/model/fields.ts";

/** What a plugin has told the engine's log. */
export type Logged = LogRequest.AsObject;

/** The part of the engine that a plugin calls: its log. */
export async function startEngineLog() {
  const logged: Logged[] = [];
  const server = new Server();
  server.addService(EngineService, {
    log(call: { request: LogRequest }, done: (error: null, answer: empty.Empty) => void) {
      logged.push(call.request.toObject());
      done(null, new empty.Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    address: `127.0.0.1:${port}`,
    logged,

    close: () => server.forceShutdown(),
  };
}

/** The part of the engine that calls a plugin, with the messages that Pulumi generates. */
export class PluginClient {
  readonly client: ResourceProviderClient;

  constructor(port: number) {
    this.client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
      "grpc.enable_http_proxy": 0,
      "grpc.max_receive_message_length": -1,
      "grpc.max_send_message_length": -1,
    });
  }

  /** Calls a method; the answer is the generated message, a failure a `ServiceError`. */
  call<Answer>(
    method: string,
    request: { serializeBinary(): Uint8Array },
    signal?: AbortSignal,
  ): Promise<Answer> {
    const methods = this.client as unknown as Record<
      string,
      (
        request: unknown,
        metadata: Metadata,
        options: object,
        done: (error: ServiceError | null, answer: Answer) => void,
      ) => { cancel(): void }
    >;
    return new Promise((resolve, reject) => {
      const call = methods[method]?.call(this.client, request, new Metadata(), {}, (error, answer) =>
        error ? reject(error) : resolve(answer),
      );
      signal?.addEventListener("abort", () => call?.cancel());
    });
  }

  handshake(engineAddress: string): Promise<messages.ProviderHandshakeResponse> {
    const request = new messages.ProviderHandshakeRequest();
    request.setEngineAddress(engineAddress);
    return this.call("handshake", request);
  }

  configure(args: JsonObject): Promise<messages.ConfigureResponse> {
    const request = new messages.ConfigureRequest();
    request.setArgs(struct.Struct.fromJavaScript(args));
    return this.call("configure", request);
  }

  create(
    properties: JsonObject,
    more: { urn?: string; timeout?: number; preview?: boolean; signal?: AbortSignal } = {},
  ) {
    const request = new messages.CreateRequest();
    request.setUrn(more.urn ?? "urn:pulumi:test::test::fake:index:Thing::a");
    request.setType("fake:index:Thing");
    request.setName("a");
    request.setProperties(struct.Struct.fromJavaScript(properties));
    request.setTimeout(more.timeout ?? 0);
    request.setPreview(more.preview ?? false);
    return this.call<messages.CreateResponse>("create", request, more.signal);
  }

  cancel(): Promise<empty.Empty> {
    return this.call("cancel", new empty.Empty());
  }

  /** The messages that List answers with. */
  async list(request: messages.ListRequest): Promise<messages.ListResponse.AsObject[]> {
    const stream = this.client.list(request);
    const answers: messages.ListResponse.AsObject[] = [];
    stream.on("data", (answer: messages.ListResponse) => answers.push(answer.toObject()));
    await once(stream, "end");
    return answers;
  }

  close(): void {
    this.client.close();
  }
}
