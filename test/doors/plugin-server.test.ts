import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServiceError, status } from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import rpc from "@pulumi/pulumi/proto/status_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { JsonObject } from "../../provider/model/fields.ts";
import type { Call, Provider } from "../../provider/plugin/provider.ts";
import { type PluginServer, startServer } from "../../provider/plugin/server.ts";
import { PluginClient, startEngineLog } from "../support/fake-engine.ts";
import { fakeProvider } from "../support/fake-provider.ts";

const urn = "urn:pulumi:test::test::fake:index:Thing::a";
const secret = (value: string) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

let folder: string;
let engine: Awaited<ReturnType<typeof startEngineLog>>;
const open: { close(): void }[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plugin-"));
  engine = await startEngineLog();
  open.push(engine);
});
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) one.close();
  await rm(folder, { recursive: true });
  vi.unstubAllEnvs();
});

/** A plugin over the provider, and the engine's way to it. */
async function start(load: () => Promise<Provider>): Promise<{ server: PluginServer; client: PluginClient }> {
  const server = await startServer({ version: "1.2.3", load });
  const client = new PluginClient(server.port);
  open.push(server, client);
  return { server, client };
}

/** The fake provider with some methods of its own, configured and connected to the engine's log. */
async function configured(own: Partial<Provider> = {}): Promise<PluginClient> {
  const { client } = await start(async () => ({ ...fakeProvider(), ...own }));
  await client.handshake(engine.address);
  await client.configure({ store: join(folder, "things.json") });
  return client;
}

/** The error of a call that must fail. */
async function failure(call: Promise<unknown>): Promise<ServiceError> {
  return call.then(
    () => {
      throw new Error("The call did not fail");
    },
    (error) => error,
  );
}

/** A create that goes on until it is aborted, or for ever. */
function endless(seen: (call: Call) => void, until: "aborted" | "for ever" = "aborted"): Provider["create"] {
  return (_request, call) => {
    seen(call);
    return new Promise((_, reject) => {
      if (until === "aborted")
        call.signal.addEventListener("abort", () => reject(new Error("left half done")));
    });
  };
}

describe("What the engine asks at a plugin's start", () => {
  it("is answered before the provider is loaded", async () => {
    const load = vi.fn(() => new Promise<never>(() => {}));
    const { client } = await start(load);
    const handshake = await client.handshake(engine.address);
    expect(handshake.toObject()).toMatchObject({
      acceptSecrets: true,
      acceptResources: false,
      acceptOutputs: false,
    });
    const info = await client.call<plugin.PluginInfo>("getPluginInfo", new empty.Empty());
    expect(info.getVersion()).toBe("1.2.3");
    await client.call("attach", new plugin.PluginAttach());
    const mapping = await client.call<messages.GetMappingResponse>(
      "getMapping",
      new messages.GetMappingRequest(),
    );
    expect(mapping.getProvider()).toBe("");
    await client.call("getMappings", new messages.GetMappingsRequest());
    await client.cancel();
    expect(load).not.toHaveBeenCalled();
  });

  it("loads the provider once, also when it was told to beforehand; a failure is each call's error", async () => {
    const load = vi.fn(async () => fakeProvider());
    const { server, client } = await start(load);
    server.preload();
    const ask = () => client.call<messages.GetSchemaResponse>("getSchema", new messages.GetSchemaRequest());
    const [schema] = await Promise.all([ask(), ask()]);
    expect(JSON.parse(schema.getSchema())).toMatchObject({ name: "fake" });
    expect(load).toHaveBeenCalledTimes(1);

    const broken = await start(async () => {
      throw new Error("no such module");
    });
    broken.server.preload();
    const error = await failure(broken.client.configure({}));
    expect(error).toMatchObject({ code: status.UNKNOWN, details: "no such module" });
  });
});

describe("A call", { timeout: 30_000 }, () => {
  it("carries properties both ways, with secrets marked", async () => {
    const client = await configured();
    const properties = {
      name: "a",
      size: 1.5,
      tags: { "a.b": "c" },
      items: [null, { x: [true] }],
      password: secret("p"),
    };
    const created = await client.create(properties);
    expect(created.getId()).toBe("id-a");
    expect(created.getProperties()?.toJavaScript()).toEqual({ ...properties, serial: 1 });

    const read = new messages.ReadRequest();
    read.setId("id-a");
    const found = await client.call<messages.ReadResponse>("read", read);
    expect(found.getInputs()?.toJavaScript()).toEqual(properties);
    read.setId("id-b");
    const gone = await client.call<messages.ReadResponse>("read", read);
    expect([gone.getId(), gone.hasProperties(), gone.hasInputs()]).toEqual(["", false, false]);
  });

  it("of Check has the inputs and each failure's reason", async () => {
    const client = await configured();
    const request = new messages.CheckRequest();
    request.setType("fake:index:Thing");
    request.setNews(struct.Struct.fromJavaScript({ colour: "red" }));
    const answer = await client.call<messages.CheckResponse>("check", request);
    expect(answer.getInputs()?.toJavaScript()).toEqual({ colour: "red" });
    expect(answer.getFailuresList().map((one) => one.toObject())).toEqual([
      { property: "", reason: "a Thing has no colour" },
      { property: "", reason: "name is needed" },
    ]);
  });

  it("of Diff has each changed path, and whether it replaces", async () => {
    const client = await configured();
    const request = new messages.DiffRequest();
    request.setOldInputs(
      struct.Struct.fromJavaScript({ name: "a", items: [{ w: 1 }], tags: { "a:80": "x", b: "y" } }),
    );
    request.setNews(struct.Struct.fromJavaScript({ name: "b", items: [{ w: 2 }, 1], tags: { "a:80": "z" } }));
    const answer = await client.call<messages.DiffResponse>("diff", request);
    expect(answer.getChanges()).toBe(messages.DiffResponse.DiffChanges.DIFF_SOME);
    expect(answer.getHasdetaileddiff()).toBe(true);
    const { UPDATE_REPLACE, UPDATE, ADD, DELETE } = messages.PropertyDiff.Kind;
    const kinds: Record<string, number> = {};
    answer.getDetaileddiffMap().forEach((diff, path) => {
      kinds[path] = diff.getKind();
    });
    expect(kinds).toEqual({
      name: UPDATE_REPLACE,
      "items[0].w": UPDATE,
      "items[1]": ADD,
      'tags["a:80"]': UPDATE,
      "tags.b": DELETE,
    });
    request.setNews(request.getOldInputs());
    const same = await client.call<messages.DiffResponse>("diff", request);
    expect(same.getChanges()).toBe(messages.DiffResponse.DiffChanges.DIFF_NONE);
  });

  it("may be larger than 4 MB, both ways", async () => {
    const client = await configured();
    const items = Array.from({ length: 600 }, (_, index) => `${index}`.padEnd(10_000, "."));
    const created = await client.create({ name: "large", items });
    expect(created.getProperties()?.toJavaScript().items).toEqual(items);
  });

  it("that fails has the error's message, without a stack, whatever characters are in it", async () => {
    const client = await configured();
    expect(await failure(client.create({ name: "a", fault: "refused" }))).toMatchObject({
      code: status.UNKNOWN,
      details: "The file refuses id-a.",
    });
    const half = await configured({
      create: async () => {
        throw new Error("half \ud800 and\nä %20");
      },
    });
    expect((await failure(half.create({ name: "a" }))).details).toBe("half \ufffd and\nä %20");
  });

  it("for a method that a plugin has not is UNIMPLEMENTED", async () => {
    const client = await configured();
    const calls = {
      invoke: new messages.InvokeRequest(),
      call: new messages.CallRequest(),
      construct: new messages.ConstructRequest(),
      parameterize: new messages.ParameterizeRequest(),
    };
    for (const [method, request] of Object.entries(calls))
      expect(await failure(client.call(method, request)), method).toMatchObject({
        code: status.UNIMPLEMENTED,
      });
    const { list: _, ...withoutList } = fakeProvider();
    const { client: other } = await start(async () => withoutList);
    expect(await failure(other.list(new messages.ListRequest()))).toMatchObject({
      code: status.UNIMPLEMENTED,
    });
  });

  it("with bytes that are no message fails, and the next one does not", async () => {
    const client = await configured();
    const bytes = Buffer.from([0x12, 0xff, 0x01]);
    expect(await failure(client.call("create", { serializeBinary: () => bytes }))).toBeDefined();
    expect((await client.create({ name: "a" })).getId()).toBe("id-a");
  });

  it("of List has a message for each resource, and where the next page begins", async () => {
    const client = await configured();
    for (const name of ["a", "b", "c"]) await client.create({ name });
    const request = new messages.ListRequest();
    request.setPageSize(2);
    const first = await client.list(request);
    expect(first.map(({ result }) => result?.id)).toEqual(["id-a", "id-b", undefined]);
    request.setContinuationToken(first.at(-1)?.continuation?.continuationToken ?? "");
    expect((await client.list(request)).map(({ result }) => result)).toEqual([{ id: "id-c", name: "c" }]);
  });
});

describe("What was made although something failed", { timeout: 30_000 }, () => {
  /** The detail of an error, as the engine finds it. */
  function detail(error: ServiceError): messages.ErrorResourceInitFailed.AsObject & { values: JsonObject } {
    const [bytes] = error.metadata.get("grpc-status-details-bin");
    const [any] = rpc.Status.deserializeBinary(bytes as Buffer).getDetailsList();
    expect(any?.getTypeName()).toBe("pulumirpc.ErrorResourceInitFailed");
    const failed = messages.ErrorResourceInitFailed.deserializeBinary(
      any?.getValue_asU8() ?? new Uint8Array(),
    );
    return { ...failed.toObject(), values: failed.getProperties()?.toJavaScript() as JsonObject };
  }

  it("stands in the error's detail, with the reasons", async () => {
    const client = await configured();
    const made = { id: "id-a", reasonsList: ["id-a is not whole", "try again"] };
    const error = await failure(client.create({ name: "a", fault: "partial" }));
    expect(error).toMatchObject({ code: status.UNKNOWN, details: "id-a is not whole\ntry again" });
    expect(detail(error)).toMatchObject({ ...made, values: { name: "a", serial: 1 } });

    const update = new messages.UpdateRequest();
    update.setId("id-a");
    update.setOlds(struct.Struct.fromJavaScript({ name: "a", serial: 1 }));
    update.setNews(struct.Struct.fromJavaScript({ name: "a", size: 2, fault: "partial" }));
    const updating = await failure(client.call("update", update));
    expect(detail(updating)).toMatchObject({ ...made, values: { size: 2, serial: 2 } });
  });

  it("is left out when it is larger than an error may be, and the reasons say so", async () => {
    const client = await configured();
    const error = await failure(
      client.create({ name: "a", fault: "partial", items: ["x".repeat(13_000_000)] }),
    );
    expect(error.metadata.get("grpc-status-details-bin")).toEqual([]);
    expect(error.details).toContain("is too large to be saved in the state");
  });
});

describe("A call that takes too long", () => {
  it("fails when the resource's timeout has passed, and its signal is aborted", async () => {
    const seen = vi.fn<(call: Call) => void>();
    const client = await configured({ create: endless(seen, "for ever") });
    expect(await failure(client.create({ name: "a" }, { timeout: 0.05 }))).toMatchObject({
      code: status.DEADLINE_EXCEEDED,
      details: "Not done after 0.05 s, which is the resource's timeout (customTimeouts).",
    });
    expect(seen.mock.calls[0]?.[0].signal.aborted).toBe(true);
  });

  it("ends at once on Cancel, with the provider's own words if it has any; calls after it are served", async () => {
    const seen = vi.fn<(call: Call) => void>();
    const cancel = vi.fn(() => new Promise<void>((resolve) => setTimeout(resolve, 20)));
    const client = await configured({
      create: async (request, call) =>
        request.properties.name === "c"
          ? { id: "c", properties: {} }
          : endless(seen, request.properties.name === "a" ? "aborted" : "for ever")(request, call),
      cancel,
    });
    const calls = [failure(client.create({ name: "a" })), failure(client.create({ name: "b" }))];
    await vi.waitFor(() => expect(seen).toHaveBeenCalledTimes(2));
    await client.cancel();
    expect((await Promise.all(calls)).map(({ code, details }) => [code, details])).toEqual([
      [status.CANCELLED, "left half done"],
      [status.CANCELLED, "The operation was interrupted."],
    ]);
    expect(cancel).toHaveBeenCalledTimes(1);
    expect(engine.logged).toEqual([]);
    expect((await client.create({ name: "c" })).getId()).toBe("c");
  });

  it("is aborted when the engine gives it up", async () => {
    const seen = vi.fn<(call: Call) => void>();
    const client = await configured({ create: endless(seen) });
    const controller = new AbortController();
    const call = failure(client.create({ name: "a" }, { signal: controller.signal }));
    await vi.waitFor(() => expect(seen).toHaveBeenCalled());
    controller.abort();
    await call;
    await vi.waitFor(() => expect(seen.mock.calls[0]?.[0].signal.aborted).toBe(true));
  });
});

describe("Messages to the engine's log", () => {
  const speaking: Partial<Provider> = {
    create: async ({ properties }, call) => {
      call.log("warning", "half \ud800");
      call.progress("waiting");
      return { id: "a", properties };
    },
  };
  const expected = [
    { severity: 2, message: "half \ufffd", urn, streamid: 0, ephemeral: false },
    { severity: 1, message: "waiting", urn, streamid: 0, ephemeral: true },
  ];

  it("are there when the call is answered, at the call's resource", async () => {
    const client = await configured(speaking);
    await client.create({ name: "a" });
    expect(engine.logged).toEqual(expected);
  });

  it("use no proxy", async () => {
    vi.stubEnv("http_proxy", "http://127.0.0.1:9");
    vi.stubEnv("grpc_proxy", "http://127.0.0.1:9");
    vi.stubEnv("no_proxy", "");
    const client = await configured(speaking);
    await client.create({ name: "a" });
    expect(engine.logged).toEqual(expected);
  });

  it("that nobody takes fail nothing", async () => {
    const client = await configured(speaking);
    engine.close();
    expect((await client.create({ name: "a" })).getId()).toBe("a");
  });

  it("go to the engine that attached itself last, or that the command line names", async () => {
    const { server, client } = await start(async () => ({ ...fakeProvider(), ...speaking }));
    server.logTo(engine.address);
    await client.create({ name: "a" });
    const second = await startEngineLog();
    open.push(second);
    const attach = new plugin.PluginAttach();
    attach.setAddress(second.address);
    await client.call("attach", attach);
    await client.create({ name: "a" });
    expect([engine.logged, second.logged]).toEqual([expected, expected]);
  });
});
