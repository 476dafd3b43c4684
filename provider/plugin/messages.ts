import {
  bytes,
  double,
  embedded,
  flag,
  integer,
  list,
  type MessageOf,
  map,
  message,
  oneOf,
  optional,
  struct,
  text,
} from "./message.ts";

/**
 * The messages of Pulumi's `ResourceProvider` service that the plugins use, and those for the engine's log, with the names
 * and numbers of Pulumi's `provider.proto`, `plugin.proto` and `engine.proto`. Tests hold them to the classes that Pulumi
 * generates of those files; to load those classes takes longer than all else at a plugin's start.
 */

export const empty = message({});

export const handshakeRequest = message({
  /** Where the engine listens for log messages, as `host:port`. */
  engineAddress: text(1),
  rootDirectory: optional(text(2)),
  programDirectory: optional(text(3)),
  configureWithUrn: flag(4),
});

export const handshakeResponse = message({
  acceptSecrets: flag(1),
  acceptResources: flag(2),
  acceptOutputs: flag(3),
  supportsAutonamingConfiguration: flag(4),
});

export const pluginInfo = message({ version: text(1) });

export const pluginAttach = message({ address: text(1) });

export const getSchemaRequest = message({
  version: integer(1),
  subpackageName: text(2),
  subpackageVersion: text(3),
});

export const getSchemaResponse = message({ schema: text(1) });

export const configureRequest = message({
  /** The settings without the plugin's namespace. */
  args: struct(2),
  acceptSecrets: flag(3),
  sendsOldInputs: flag(5),
  sendsOldInputsToDelete: flag(6),
  id: optional(text(7)),
  urn: optional(text(8)),
  name: optional(text(9)),
  type: optional(text(10)),
});

export const configureResponse = message({
  acceptSecrets: flag(1),
  supportsPreview: flag(2),
  acceptResources: flag(3),
  acceptOutputs: flag(4),
  supportsAutonamingConfiguration: flag(5),
});

/** Of Check and CheckConfig. */
export const checkRequest = message({
  urn: text(1),
  /** The inputs in the state; undefined for a resource that is not there yet. */
  olds: optional(struct(2)),
  /** The program's inputs. */
  news: struct(3),
  /** The same at each run of one update, and different for each resource. */
  randomSeed: bytes(5),
  name: text(6),
  type: text(7),
});

export const checkFailure = message({ property: text(1), reason: text(2) });

export const checkResponse = message({
  inputs: struct(1),
  failures: list(embedded(2, checkFailure)),
});

/** Of Diff and DiffConfig. */
export const diffRequest = message({
  id: text(1),
  urn: text(2),
  /** The outputs in the state. */
  olds: struct(3),
  /** The inputs that Check has answered. */
  news: struct(4),
  ignoreChanges: list(text(5)),
  /** The inputs in the state. */
  oldInputs: struct(6),
  name: text(7),
  type: text(8),
});

export const propertyDiff = message({
  kind: oneOf(1, ["add", "addReplace", "delete", "deleteReplace", "update", "updateReplace"]),
  inputDiff: flag(2),
});

export const diffResponse = message({
  replaces: list(text(1)),
  stables: list(text(2)),
  deleteBeforeReplace: flag(3),
  changes: oneOf(4, ["unknown", "none", "some"]),
  diffs: list(text(5)),
  detailedDiff: map(6, propertyDiff),
  hasDetailedDiff: flag(7),
});

export const createRequest = message({
  urn: text(1),
  properties: struct(2),
  /** Seconds; 0 for no limit. */
  timeout: double(3),
  preview: flag(4),
  name: text(5),
  type: text(6),
});

export const createResponse = message({ id: text(1), properties: struct(2) });

export const readRequest = message({
  id: text(1),
  urn: text(2),
  /** The outputs in the state; nothing in them when a resource is imported. */
  properties: struct(3),
  /** The inputs in the state; undefined when a resource is imported. */
  inputs: optional(struct(4)),
  name: text(5),
  type: text(6),
  /** Seconds; 0 for no limit. */
  timeout: double(10),
});

export const readResponse = message({
  id: text(1),
  properties: optional(struct(2)),
  inputs: optional(struct(3)),
});

export const updateRequest = message({
  id: text(1),
  urn: text(2),
  /** The outputs in the state. */
  olds: struct(3),
  /** The inputs that Check has answered. */
  news: struct(4),
  /** Seconds; 0 for no limit. */
  timeout: double(5),
  ignoreChanges: list(text(6)),
  preview: flag(7),
  /** The inputs in the state. */
  oldInputs: struct(8),
  name: text(9),
  type: text(10),
});

export const updateResponse = message({ properties: struct(1) });

export const deleteRequest = message({
  id: text(1),
  urn: text(2),
  /** The outputs in the state. */
  properties: struct(3),
  /** Seconds; 0 for no limit. */
  timeout: double(4),
  /** The inputs in the state. */
  oldInputs: struct(5),
  name: text(6),
  type: text(7),
});

export const listRequest = message({
  /** The type of the resources, `apisix:index:Route`. */
  token: text(1),
  query: struct(2),
  /** How many resources at most; 0 or less for all. */
  limit: integer(3),
  /** How many resources this answer may have at most. */
  pageSize: integer(4),
  /** What the answer before said; empty for the first page. */
  continuationToken: text(5),
});

/** One of the messages that List answers with: a resource, or where the next page begins. */
export const listResponse = message({
  result: optional(embedded(2, message({ id: text(1), name: text(2) }))),
  continuation: optional(embedded(3, message({ continuationToken: text(1) }))),
});

export const getMappingRequest = message({ key: text(1), provider: text(2) });
export const getMappingResponse = message({ provider: text(1), data: bytes(2) });
export const getMappingsRequest = message({ key: text(1) });
export const getMappingsResponse = message({ providers: list(text(1)) });

/** The detail of an error of Create, Read or Update that tells what is there nonetheless, so that it gets into the state. */
export const errorResourceInitFailed = message({
  id: text(1),
  properties: struct(2),
  reasons: list(text(3)),
  inputs: optional(struct(4)),
});

/** `google.rpc.Status`, which carries the details of an error. */
export const status = message({
  code: integer(1),
  message: text(2),
  details: list(embedded(3, message({ typeUrl: text(1), value: bytes(2) }))),
});

/** A message for the person at the terminal. */
export const logRequest = message({
  severity: oneOf(1, ["debug", "info", "warning", "error"]),
  message: text(2),
  /** The resource that it is about; empty for the whole stack. */
  urn: text(3),
  /** Messages with the same number, which is not 0, are joined. */
  streamId: integer(4),
  /** Shown while the operation runs, and not again at its end. */
  ephemeral: flag(5),
});

export type CheckRequest = MessageOf<typeof checkRequest>;
export type ConfigureRequest = MessageOf<typeof configureRequest>;
export type CreateRequest = MessageOf<typeof createRequest>;
export type DeleteRequest = MessageOf<typeof deleteRequest>;
export type DiffRequest = MessageOf<typeof diffRequest>;
export type GetSchemaRequest = MessageOf<typeof getSchemaRequest>;
export type ListRequest = MessageOf<typeof listRequest>;
export type LogRequest = MessageOf<typeof logRequest>;
export type PropertyDiff = MessageOf<typeof propertyDiff>;
export type ReadRequest = MessageOf<typeof readRequest>;
export type UpdateRequest = MessageOf<typeof updateRequest>;
