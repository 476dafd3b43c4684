import engine from "@pulumi/pulumi/proto/engine_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import rpc from "@pulumi/pulumi/proto/status_pb.js";
import * as fc from "fast-check";
import any from "google-protobuf/google/protobuf/any_pb.js";
import emptyMessage from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../provider/model/fields.ts";
import type { Message, MessageOf } from "../../provider/plugin/message.ts";
import * as ours from "../../provider/plugin/messages.ts";

/** What the classes that Pulumi generates have in common. */
interface Generated {
  serializeBinary(): Uint8Array;
}
interface GeneratedClass {
  new (): Generated;
  deserializeBinary(bytes: Uint8Array): Generated;
}
/** Names to numbers; TypeScript has the way back in its type, too. */
type Enum = Record<string, number | string>;
type Methods = Record<string, ((argument?: unknown) => unknown) | undefined>;

const text = fc.string({ unit: "binary" });
const texts = fc.array(text, { maxLength: 3 });
const flag = fc.boolean();
const bytes = fc.uint8Array({ maxLength: 5 }).map((given) => new Uint8Array(given));
const seconds = fc.double({ noNaN: true }).map((number) => number + 0);
const perhaps = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const keys = fc.string().filter((key) => key !== "__proto__");
const struct_ = fc.dictionary(keys, fc.oneof(text, fc.integer(), flag, fc.constant({ a: [1, null] })), {
  maxKeys: 3,
  noNullPrototype: true,
}) as fc.Arbitrary<JsonObject>;
const failure = fc.record({ property: text, reason: text });
const propertyDiff = fc.record({
  kind: fc.constantFrom("add", "addReplace", "delete", "deleteReplace", "update", "updateReplace"),
  inputDiff: flag,
});
const resource = { id: text, urn: text, name: text, type: text };

/** Enums and messages inside messages, by the names of their fields. */
const inside: Record<string, GeneratedClass | Enum> = {
  kind: provider.PropertyDiff.Kind,
  changes: provider.DiffResponse.DiffChanges,
  severity: engine.LogSeverity,
  failures: provider.CheckFailure,
  detailedDiff: provider.PropertyDiff,
  result: provider.ListResponse.Result,
  continuation: provider.ListResponse.Continuation,
  details: any.Any,
};

/** Our kind of message, the class that Pulumi generates for it, and any message of that kind. */
function row<Value>(
  name: string,
  kind: Message<Value>,
  generated: GeneratedClass,
  message: fc.Arbitrary<Value>,
): [string, Message<JsonObject>, GeneratedClass, fc.Arbitrary<JsonObject>] {
  return [name, kind as Message<never>, generated, message as fc.Arbitrary<never>];
}

const rows = [
  row("empty", ours.empty, emptyMessage.Empty, fc.constant({})),
  row(
    "handshakeRequest",
    ours.handshakeRequest,
    provider.ProviderHandshakeRequest,
    fc.record({
      engineAddress: text,
      rootDirectory: perhaps(text),
      programDirectory: perhaps(text),
      configureWithUrn: flag,
    }),
  ),
  row(
    "handshakeResponse",
    ours.handshakeResponse,
    provider.ProviderHandshakeResponse,
    fc.record({
      acceptSecrets: flag,
      acceptResources: flag,
      acceptOutputs: flag,
      supportsAutonamingConfiguration: flag,
    }),
  ),
  row("pluginInfo", ours.pluginInfo, plugin.PluginInfo, fc.record({ version: text })),
  row("pluginAttach", ours.pluginAttach, plugin.PluginAttach, fc.record({ address: text })),
  row(
    "getSchemaRequest",
    ours.getSchemaRequest,
    provider.GetSchemaRequest,
    fc.record({ version: fc.integer(), subpackageName: text, subpackageVersion: text }),
  ),
  row("getSchemaResponse", ours.getSchemaResponse, provider.GetSchemaResponse, fc.record({ schema: text })),
  row(
    "configureRequest",
    ours.configureRequest,
    provider.ConfigureRequest,
    fc.record({
      args: struct_,
      acceptSecrets: flag,
      sendsOldInputs: flag,
      sendsOldInputsToDelete: flag,
      id: perhaps(text),
      urn: perhaps(text),
      name: perhaps(text),
      type: perhaps(text),
    }),
  ),
  row(
    "configureResponse",
    ours.configureResponse,
    provider.ConfigureResponse,
    fc.record({
      acceptSecrets: flag,
      supportsPreview: flag,
      acceptResources: flag,
      acceptOutputs: flag,
      supportsAutonamingConfiguration: flag,
    }),
  ),
  row(
    "checkRequest",
    ours.checkRequest,
    provider.CheckRequest,
    fc.record({
      urn: text,
      olds: perhaps(struct_),
      news: struct_,
      randomSeed: bytes,
      name: text,
      type: text,
    }),
  ),
  row(
    "checkResponse",
    ours.checkResponse,
    provider.CheckResponse,
    fc.record({ inputs: struct_, failures: fc.array(failure, { maxLength: 3 }) }),
  ),
  row(
    "diffRequest",
    ours.diffRequest,
    provider.DiffRequest,
    fc.record({ ...resource, olds: struct_, news: struct_, ignoreChanges: texts, oldInputs: struct_ }),
  ),
  row(
    "diffResponse",
    ours.diffResponse,
    provider.DiffResponse,
    fc.record({
      replaces: texts,
      stables: texts,
      deleteBeforeReplace: flag,
      changes: fc.constantFrom("unknown", "none", "some"),
      diffs: texts,
      detailedDiff: fc.dictionary(keys, propertyDiff, { maxKeys: 3, noNullPrototype: true }),
      hasDetailedDiff: flag,
    }) as fc.Arbitrary<MessageOf<typeof ours.diffResponse>>,
  ),
  row(
    "createRequest",
    ours.createRequest,
    provider.CreateRequest,
    fc.record({ urn: text, properties: struct_, timeout: seconds, preview: flag, name: text, type: text }),
  ),
  row(
    "createResponse",
    ours.createResponse,
    provider.CreateResponse,
    fc.record({ id: text, properties: struct_ }),
  ),
  row(
    "readRequest",
    ours.readRequest,
    provider.ReadRequest,
    fc.record({ ...resource, properties: struct_, inputs: perhaps(struct_), timeout: seconds }),
  ),
  row(
    "readResponse",
    ours.readResponse,
    provider.ReadResponse,
    fc.record({ id: text, properties: perhaps(struct_), inputs: perhaps(struct_) }),
  ),
  row(
    "updateRequest",
    ours.updateRequest,
    provider.UpdateRequest,
    fc.record({
      ...resource,
      olds: struct_,
      news: struct_,
      timeout: seconds,
      ignoreChanges: texts,
      preview: flag,
      oldInputs: struct_,
    }),
  ),
  row("updateResponse", ours.updateResponse, provider.UpdateResponse, fc.record({ properties: struct_ })),
  row(
    "deleteRequest",
    ours.deleteRequest,
    provider.DeleteRequest,
    fc.record({ ...resource, properties: struct_, timeout: seconds, oldInputs: struct_ }),
  ),
  row(
    "listRequest",
    ours.listRequest,
    provider.ListRequest,
    fc.record({
      token: text,
      query: struct_,
      limit: fc.maxSafeInteger(),
      pageSize: fc.maxSafeInteger(),
      continuationToken: text,
    }),
  ),
  row(
    "listResponse",
    ours.listResponse,
    provider.ListResponse,
    fc.oneof(
      fc.record({ result: fc.record({ id: text, name: text }), continuation: fc.constant(undefined) }),
      fc.record({ result: fc.constant(undefined), continuation: fc.record({ continuationToken: text }) }),
    ),
  ),
  row(
    "getMappingRequest",
    ours.getMappingRequest,
    provider.GetMappingRequest,
    fc.record({ key: text, provider: text }),
  ),
  row(
    "getMappingResponse",
    ours.getMappingResponse,
    provider.GetMappingResponse,
    fc.record({ provider: text, data: bytes }),
  ),
  row("getMappingsRequest", ours.getMappingsRequest, provider.GetMappingsRequest, fc.record({ key: text })),
  row(
    "getMappingsResponse",
    ours.getMappingsResponse,
    provider.GetMappingsResponse,
    fc.record({ providers: texts }),
  ),
  row(
    "errorResourceInitFailed",
    ours.errorResourceInitFailed,
    provider.ErrorResourceInitFailed,
    fc.record({ id: text, properties: struct_, reasons: texts, inputs: perhaps(struct_) }),
  ),
  row(
    "status",
    ours.status,
    rpc.Status,
    fc.record({
      code: fc.integer(),
      message: text,
      details: fc.array(fc.record({ typeUrl: text, value: bytes }), { maxLength: 2 }),
    }),
  ),
  row(
    "logRequest",
    ours.logRequest,
    engine.LogRequest,
    fc.record({
      severity: fc.constantFrom("debug", "info", "warning", "error"),
      message: text,
      urn: text,
      streamId: fc.integer(),
      ephemeral: flag,
    }) as fc.Arbitrary<MessageOf<typeof ours.logRequest>>,
  ),
];

/** A method of a generated class. Its names are those of the proto file, of which it lowers capitals. */
function method(
  message: Generated,
  verb: string,
  field: string,
): { name: string; call(value?: unknown): unknown } {
  const pattern = new RegExp(`^${verb}${field}(List|Map)?$`, "i");
  const names: string[] = [];
  for (const prototype of [message, Object.getPrototypeOf(message)])
    names.push(...Object.getOwnPropertyNames(prototype));
  const name = names.find((candidate) => pattern.test(candidate));
  if (name === undefined) throw new Error(`Pulumi's message has no ${verb} for ${field}`);
  return { name, call: (value) => (message as unknown as Methods)[name]?.call(message, value) };
}

/** The number of an enum's name: `addReplace` is ADD_REPLACE, and `none` is DIFF_NONE. */
function numberOf(names: Enum, name: unknown): number | string | undefined {
  const spelled = String(name).replace(/[A-Z]/g, "_$&").toUpperCase();
  return names[spelled] ?? names[`DIFF_${spelled}`];
}

/** The generated class's message with the same fields, made by its own setters. */
function theirs(kind: GeneratedClass, value: JsonObject): Generated {
  const message = new kind();
  for (const [field, given] of Object.entries(value) as [string, unknown][]) {
    if (given === undefined) continue;
    const type = inside[field];
    const make = (one: unknown) =>
      typeof type === "function" ? theirs(type, one as JsonObject) : type ? numberOf(type, one) : one;
    if (field === "detailedDiff") {
      const map = method(message, "get", field).call() as Map<string, unknown>;
      for (const [key, one] of Object.entries(given as JsonObject)) map.set(key, make(one));
    } else if (Array.isArray(given)) method(message, "set", field).call(given.map(make));
    else if (isStruct(field))
      method(message, "set", field).call(struct.Struct.fromJavaScript(given as JsonObject));
    else method(message, "set", field).call(make(given));
  }
  return message;
}

/** Expects a generated class's message to have these fields, by its own getters. */
function expectFields(message: Generated, value: JsonObject): void {
  for (const [field, given] of Object.entries(value) as [string, unknown][]) {
    if (given === undefined) {
      expect(method(message, "has", field).call(), field).toBe(false);
      continue;
    }
    const got = method(message, "get", given instanceof Uint8Array ? `${field}_asU8` : field).call();
    const type = inside[field];
    const same = (one: unknown, wanted: unknown) => {
      if (typeof type === "function") expectFields(one as Generated, wanted as JsonObject);
      else expect(one, field).toEqual(type ? numberOf(type, wanted) : wanted);
    };
    if (field === "detailedDiff") {
      const map = got as Map<string, unknown>;
      expect([...map.keys()].toSorted()).toEqual(Object.keys(given as JsonObject).toSorted());
      for (const [key, one] of Object.entries(given as JsonObject)) same(map.get(key), one);
    } else if (Array.isArray(given)) {
      expect(got, field).toHaveLength(given.length);
      given.forEach((one, index) => {
        same((got as unknown[])[index], one);
      });
    } else if (isStruct(field)) expect((got as struct.Struct).toJavaScript(), field).toStrictEqual(given);
    else same(got, given);
  }
}

function isStruct(field: string): boolean {
  return ["args", "olds", "news", "oldInputs", "inputs", "properties", "query"].includes(field);
}

describe.each(rows)("%s", (_name, kind, generated, message) => {
  it("as written here is what Pulumi's class reads", () => {
    fc.assert(
      fc.property(message, (given) => expectFields(generated.deserializeBinary(kind.encode(given)), given)),
    );
  });

  it("as written by Pulumi's class is what is read here, and takes as many bytes", () => {
    fc.assert(
      fc.property(message, (given) => {
        const written = theirs(generated, given).serializeBinary();
        expect(kind.decode(written)).toEqual(given);
        expect(kind.encode(given).length).toBe(written.length);
      }),
    );
  });

  it("of no bytes has what stands for nothing, and nothing is written as no bytes", () => {
    const nothing = kind.decode(new Uint8Array());
    expect(kind.decode(kind.encode({}))).toEqual(nothing);
    expect(kind.encode({})).toHaveLength(0);
  });
});

it("every message has its row", () => {
  const kinds = Object.entries(ours).filter(([, value]) => "decode" in value);
  const insideOthers = ["checkFailure", "propertyDiff"];
  expect(
    rows
      .map(([name]) => name)
      .concat(insideOthers)
      .toSorted(),
  ).toEqual(kinds.map(([name]) => name).toSorted());
});

it("fields that are not known here are passed over", () => {
  const request = new provider.CreateRequest();
  request.setUrn("urn:a");
  request.setResourceStatusAddress("127.0.0.1:1");
  request.setResourceStatusToken("a token");
  request.setType("a:b:C");
  expect(ours.createRequest.decode(request.serializeBinary())).toMatchObject({ urn: "urn:a", type: "a:b:C" });
});

it("a truncated message is an error", () => {
  const bytes = ours.createRequest.encode({ urn: "urn:a", properties: { a: { b: [1, 2] } } });
  expect(() => ours.createRequest.decode(bytes.subarray(0, -1))).toThrow("end too early");
});
