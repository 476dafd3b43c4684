import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { droppedFields } from "../../provider/lifecycle/verify.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { externalService } from "../../provider/model/kuma/external-service.ts";
import { mesh } from "../../provider/model/kuma/mesh.ts";
import { policy } from "../../provider/model/kuma/policy.ts";
import { faultyKuma } from "../support/fault-servers.ts";

const server = await faultyKuma();
/** All calls are of one operation. */
let operation = server.lifecycle();
afterAll(() => server.close());

const said: string[] = [];
beforeEach(() => {
  operation = server.lifecycle();
  vi.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
});
afterEach(() => {
  vi.restoreAllMocks();
  said.length = 0;
});

/** After every write, before its answer, something else happens. */
function afterWrites(name: string, work: () => void): void {
  server.break(name, ({ method }, response) => {
    if (method !== "PUT") return false;
    const { end } = response;
    response.end = ((text: string) => {
      work();
      return end.call(response, text, "utf8");
    }) as typeof end;
    return false;
  });
}

/** As a server that does not know the field would have written it. */
const dropHostEntry = (name: string) => () => {
  const { networking, ...rest } = server.stored(name) ?? {};
  const { disableHostDNSEntry, ...known } = networking as JsonObject;
  server.put(name, { ...rest, networking: known });
};

/** Arguments with a field that an older server does not know. */
async function newerInputs(name: string, version: number): Promise<JsonObject> {
  const given = server.given(name, version);
  const networking = { ...(given.networking as JsonObject), disableHostDNSEntry: true };
  return (await operation.check({}, { ...given, networking })).inputs;
}

describe("fields that the server drops in silence", () => {
  test("are told once, with the resource, their paths and what to do, and fail nothing", async () => {
    afterWrites("one", dropHostEntry("one"));
    afterWrites("two", dropHostEntry("two"));
    const { id, outs } = await operation.create(await newerInputs("one", 1));
    expect(said).toEqual([
      expect.stringMatching(
        /^warning: The external service "default\/one" was written without networking\.disableHostDNSEntry: the Kuma control plane http:\S+ does not know the field and says nothing of it\. Leave it out, or upgrade the server\./,
      ),
    ]);
    await operation.create(await newerInputs("two", 1));
    await operation.update(id, outs, await newerInputs("one", 2));
    expect(said).toHaveLength(1);
  });

  test("are no reason to call a write undone when nothing else changed", async () => {
    const made = await operation.create(await server.inputs("same", 1));
    afterWrites("same", dropHostEntry("same"));
    await operation.update(made.id, made.outs, await newerInputs("same", 1));
  });

  test("are not looked for in an object that somebody else has written since", async () => {
    const made = await operation.create(await server.inputs("overwritten", 1));
    afterWrites("overwritten", () => server.placeForeign("overwritten"));
    await operation.update(made.id, made.outs, await newerInputs("overwritten", 2));
    expect(said).toEqual([]);
  });
});

describe("dropped is only what says something, is described and is not there", () => {
  const service = { tags: { "kuma.io/service": "a" }, networking: { address: "a.example:1" } };
  test.each([
    ["nothing", externalService, service, service, []],
    ["a whole field", externalService, { ...service, labels: { team: "a" } }, service, ["labels"]],
    [
      "an entry of a free map",
      externalService,
      { ...service, tags: { ...service.tags, "kuma.io/zone": "a" } },
      service,
      [],
    ],
    ["another value", externalService, service, { ...service, networking: { address: "b.example:1" } }, []],
    [
      "a part of a policy",
      policy,
      { spec: { to: [{ default: { a: 1 } }] } },
      { spec: { to: [{ default: { b: 1 } }] } },
      [],
    ],
    ["an empty policy", policy, { spec: {} }, {}, []],
    [
      "a field inside a list",
      mesh,
      { mtls: { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin", conf: { a: 1 } }] } },
      { mtls: { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" }] } },
      ["mtls.backends[0].conf"],
    ],
    ["a zero", mesh, { routing: { zoneEgress: false } }, {}, []],
  ])("%s", (_, kind, declared, seen, wanted) => {
    expect(droppedFields(kind.schema, declared, seen)).toEqual(wanted);
  });
});

describe("a control plane that reads from a copy that lags behind", () => {
  /** The first answers to GETs after a write are those from before it. */
  function lag(name: string, answers: number): void {
    let old: JsonObject | undefined;
    let left = 0;
    server.break(name, ({ method }, response) => {
      if (method !== "GET") {
        old = server.stored(name) && structuredClone(server.stored(name));
        left = answers;
      } else if (left-- > 0) {
        const status = old ? 200 : 404;
        const body = old ?? { status, title: "Could not retrieve a resource", detail: "" };
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
        return true;
      }
      return false;
    });
  }

  test("is believed when it has caught up", async () => {
    lag("lagging", 2);
    const { id, outs } = await operation.create(await server.inputs("lagging", 1));
    const updated = await operation.update(id, outs, await server.inputs("lagging", 2));
    await operation.delete(id, updated.outs);
    expect(server.stored("lagging")).toBeUndefined();
  });
});

test("a write of what stands there already is believed, though nothing changes", async () => {
  const made = await operation.create(await server.inputs("idle", 1));
  server.break("idle", ({ method }, response) => {
    if (method !== "PUT") return false;
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
    return true;
  });
  await operation.update(made.id, made.outs, await server.inputs("idle", 1));
  await expect(operation.update(made.id, made.outs, await server.inputs("idle", 2))).rejects.toThrow(
    /^Could not update external service "default\/idle" at \S+: it answered that it is done, and nothing was changed\. .*\[NOT_THE_API\]$/,
  );
});
