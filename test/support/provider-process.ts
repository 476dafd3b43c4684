import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { JsonObject } from "../../provider/model/fields.ts";
import { SECRET_KEY } from "../../provider/model/marks.ts";
import { withoutOutsideInfluence } from "../../tools/engine.ts";
import { repository } from "../../tools/repository.ts";

/** What the engine may ask of the provider of a resource. Values are as in Pulumi's wire format; secrets come in clear. */
export interface Provider {
  check(
    old: JsonObject,
    given: JsonObject,
  ): Promise<{ inputs: JsonObject; failures: { property: string; reason: string }[] }>;
  diff(id: string, old: JsonObject, wanted: JsonObject): Promise<{ changes: boolean; replaces: string[] }>;
  create(inputs: JsonObject): Promise<{ id: string; outs: JsonObject }>;
  read(id: string, outs: JsonObject): Promise<{ id: string; props: JsonObject; inputs?: JsonObject }>;
  update(id: string, old: JsonObject, inputs: JsonObject): Promise<{ outs: JsonObject }>;
  delete(id: string, outs: JsonObject): Promise<void>;
}

/** No call of a provider may take so many seconds, also on a machine that has other things to do. */
const DEADLINE = 200;

/** Pulumi's own process for dynamic resources, which loads what is built in `dist`; the engine's part is played here. */
export class ProviderProcess {
  /** What it has printed: the engine shows all of it to the person at the terminal. */
  readonly printed: string[] = [];
  readonly #process: ChildProcess;
  #client: ResourceProviderClient | undefined;

  private constructor() {
    const script = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/dynamic-provider");
    // The argument is the engine's address, which the process does not use.
    this.#process = spawn(process.execPath, [script, "127.0.0.1:0"], {
      cwd: repository,
      env: { ...process.env, ...withoutOutsideInfluence() },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Starts one and configures it as a stack would. */
  static async start(config: Record<string, unknown>): Promise<ProviderProcess> {
    const started = new ProviderProcess();
    await started.#connect();
    const request = new messages.ConfigureRequest();
    request.setArgs(struct.Struct.fromJavaScript(config as JsonObject));
    await started.#call("configure", request);
    return started;
  }

  /** The provider of a type of resources. */
  provider(type: string): Provider {
    const __provider = `exports.handler = () => require("pulumi-external-backends/provider").handler("${type}");`;
    const properties = (values: JsonObject) => struct.Struct.fromJavaScript({ ...values, __provider });
    return {
      check: async (old, given) => {
        const request = new messages.CheckRequest();
        request.setOlds(properties(old));
        request.setNews(properties(given));
        const answer: messages.CheckResponse = await this.#call("check", request);
        return {
          inputs: values(answer.getInputs()),
          failures: answer.getFailuresList().map((failure) => failure.toObject()),
        };
      },
      diff: async (id, old, wanted) => {
        const request = new messages.DiffRequest();
        request.setId(id);
        request.setOlds(properties(old));
        request.setNews(properties(wanted));
        const answer: messages.DiffResponse = await this.#call("diff", request);
        const changes = answer.getChanges() !== messages.DiffResponse.DiffChanges.DIFF_NONE;
        return { changes, replaces: answer.getReplacesList() };
      },
      create: async (inputs) => {
        const request = new messages.CreateRequest();
        request.setProperties(properties(inputs));
        const answer: messages.CreateResponse = await this.#call("create", request);
        return { id: answer.getId(), outs: values(answer.getProperties()) };
      },
      read: async (id, outs) => {
        const request = new messages.ReadRequest();
        request.setId(id);
        request.setProperties(properties(outs));
        const answer: messages.ReadResponse = await this.#call("read", request);
        const inputs = answer.getInputs();
        return {
          id: answer.getId(),
          props: values(answer.getProperties()),
          ...(inputs ? { inputs: values(inputs) } : {}),
        };
      },
      update: async (id, old, inputs) => {
        const request = new messages.UpdateRequest();
        request.setId(id);
        request.setOlds(properties(old));
        request.setNews(properties(inputs));
        const answer: messages.UpdateResponse = await this.#call("update", request);
        return { outs: values(answer.getProperties()) };
      },
      delete: async (id, outs) => {
        const request = new messages.DeleteRequest();
        request.setId(id);
        request.setProperties(properties(outs));
        await this.#call("delete", request);
      },
    };
  }

  /** Ends the process. */
  async close(): Promise<void> {
    this.#client?.close();
    if (this.#process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill();
    await ended;
  }

  /** The first line that it prints is its port. */
  #connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#process.once("error", reject);
      this.#process.once("exit", () => reject(new Error(this.printed.join("\n"))));
      const note = (line: string) => this.printed.push(line);
      if (this.#process.stderr) createInterface(this.#process.stderr).on("line", note);
      if (!this.#process.stdout) return;
      createInterface(this.#process.stdout).on("line", (line) => {
        if (this.#client) return void note(line);
        this.#client = new ResourceProviderClient(`127.0.0.1:${line}`, credentials.createInsecure(), {
          "grpc.enable_http_proxy": 0,
        });
        resolve();
      });
    });
  }

  #call<Request, Answer>(
    method: "configure" | "check" | "diff" | "create" | "read" | "update" | "delete",
    request: Request,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const answered = (error: ServiceError | null, answer: unknown) =>
        error ? reject(error) : resolve(answer as Answer);
      const deadline = Date.now() + DEADLINE * 1000;
      const client = this.#client as unknown as Record<
        string,
        (request: Request, options: { deadline: number }, callback: typeof answered) => void
      >;
      client[method]?.(request, { deadline }, answered);
    });
  }
}

/** As the engine gives values back: secrets in clear. */
function values(properties: struct.Struct | undefined): JsonObject {
  const text = JSON.stringify(properties?.toJavaScript() ?? {});
  return JSON.parse(text, (_key, value) => (value?.[SECRET_KEY] ? value.value : value));
}
