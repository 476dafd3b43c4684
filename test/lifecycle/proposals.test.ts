import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { generate } from "selfsigned";
import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { Handler } from "../../provider/dynamic/handler.ts";
import { isObject, type Json, type JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { SECRET_KEY } from "../../provider/model/marks.ts";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { listen, sendJson } from "../../sandbox/http.ts";
import { startKuma } from "../../sandbox/kuma/index.ts";
import { repository } from "../../tools/repository.ts";

const newer = await startApisix({ viewerKey: "a-key-that-only-reads" });
const older = await startApisix({ storesDefaults: true });
const kuma = await startKuma();
const guarded = await startKuma({ tokens: { admin: "good" }, localhostIsAdmin: false });
afterAll(() => Promise.all([newer, older, kuma, guarded].map((server) => server.close())));
let printed: string[] = [];
beforeEach(() => {
  printed = [];
  vi.spyOn(console, "log").mockImplementation((text) => void printed.push(String(text)));
  newer.intercept = undefined;
  for (const { store } of [newer, older, kuma]) store.clear();
});

type Config = Record<string, string>;
const at = ({ adminUrl, adminKey }: typeof newer, more: Config = {}): Config => ({
  "apisix:adminUrl": adminUrl,
  "apisix:adminKey": adminKey,
  "apisix:validation": "local",
  ...more,
});
const atKuma = (more: Config = {}): Config => ({ "kuma:url": kuma.url, "kuma:validation": "local", ...more });

const atGuarded = (more: Config): Config => atKuma({ "kuma:url": guarded.url, ...more });

function received(value: unknown): Json {
  if (Array.isArray(value)) return value.map(received);
  if (!isObject(value)) return value as Json;
  if (SECRET_KEY in value) return received(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, received(inner)]));
}

/** A resource in an operation of its own. */
function resource(config: Config, type: string, args: JsonObject, owner = "0123456789abcdef") {
  const lifecycle = new Handler(kindOf(type));
  lifecycle.configure({ config: { get: (key) => config[key] } });
  const given = { ...args, __context: { name: "made", stack: "ours.prod", owner } };
  const checked = async () => {
    const { inputs, failures } = await lifecycle.check({}, given);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    return received(inputs) as JsonObject;
  };
  return {
    preview: checked,
    create: async () => {
      const { id, outs } = await lifecycle.create(await checked());
      return { id, state: received(outs) as JsonObject };
    },
    update: async (id: string, state: JsonObject) => lifecycle.update(id, state, await checked()),
    read: (id: string, state: JsonObject) => lifecycle.read(id, state),
    remove: (id: string, state: JsonObject) => lifecycle.delete(id, state),
  };
}

const upstream = { nodes: { "a.example:80": 1 } };
const made = (config: Config, type: string, args: JsonObject, owner?: string) =>
  resource(config, type, args, owner).create();
const oneUpstream = (config: Config, args: JsonObject = {}) =>
  made(config, "apisix:Upstream", { ...upstream, ...args });

/** An error of ours, what it proposes, and what comes of that. */
interface Row {
  name: string;
  /** Fails with the error, or prints it as a warning. */
  wrong(): Promise<unknown>;
  /** The proposal, as it stands in the error. */
  proposal: string;
  /** Does what is proposed. */
  carriedOut(): Promise<unknown>;
}

const ROWS: Row[] = [
  {
    name: "a server that is too slow for a preview",
    wrong: async () => {
      const slow = await slowed(3_300);
      await resource(at(slow, { "apisix:validation": "server" }), "apisix:Upstream", upstream).preview();
      throw new Error(printed.join("\n"));
    },
    proposal: 'set apisix:validation (or the provider\'s validation) to "local"',
    carriedOut: async () => {
      const slow = await slowed(3_300);
      await resource(at(slow, { "apisix:validation": "local" }), "apisix:Upstream", upstream).preview();
      expect(printed).toEqual([]);
    },
  },
  {
    name: "a server that is too slow for a call",
    wrong: async () => oneUpstream(at(await slowed(400), { "apisix:requestTimeout": "0.2" })),
    proposal: "raise the provider's requestTimeout (seconds)",
    carriedOut: async () => oneUpstream(at(await slowed(400), { "apisix:requestTimeout": "5" })),
  },
  {
    name: "a certificate of a CA that the system does not know",
    wrong: async () => withCertificate("localhost", {}),
    proposal: "Give the CA that signs the server's certificate as the provider's tls.caCert",
    carriedOut: async () => withCertificate("localhost", { caCert: CERTIFICATE.cert }),
  },
  {
    name: "a certificate for another name",
    wrong: async () => withCertificate("127.0.0.1", { caCert: CERTIFICATE.cert }),
    proposal: "as tls.serverName the name that stands in it",
    carriedOut: async () =>
      withCertificate("127.0.0.1", { caCert: CERTIFICATE.cert, serverName: "localhost" }),
  },
  {
    name: "a proxy that asks for a credential",
    wrong: async () => {
      askForPass();
      return oneUpstream(at(newer));
    },
    proposal: "If a proxy asks for a credential of its own, give it in the provider's headers",
    carriedOut: async () => {
      askForPass();
      return oneUpstream(at(newer, { "apisix:headers": '{ "x-pass": "a-pass" }' }));
    },
  },
  {
    name: "no admin key",
    wrong: () => oneUpstream({ ...at(newer), "apisix:adminKey": "" }),
    proposal: "set apisix:adminKey (--secret)",
    carriedOut: () => oneUpstream(at(newer)),
  },
  {
    name: "a wrong admin key",
    wrong: () => oneUpstream(at(newer, { "apisix:adminKey": "wrong" })),
    proposal: "check apisix:adminKey, the provider's adminKey or APISIX_ADMIN_KEY",
    carriedOut: () => oneUpstream(at(newer)),
  },
  {
    name: "a viewer's key",
    wrong: () => oneUpstream(at(newer, { "apisix:adminKey": newer.viewerKey })),
    proposal: "writing needs one with the role admin",
    carriedOut: () => oneUpstream(at(newer)),
  },
  {
    name: "an upstream that a route still uses",
    wrong: async () => {
      const { id, state } = await oneUpstream(at(newer));
      newer.store.put("routes", "theirs", { uri: "/*", upstream_id: id });
      await resource(at(newer), "apisix:Upstream", upstream).remove(id, state);
    },
    proposal: "Remove the reference first",
    carriedOut: async () => {
      const { id, state } = await oneUpstream(at(newer));
      newer.store.put("routes", "theirs", { uri: "/*", upstream_id: id });
      newer.store.delete("routes", "theirs");
      await resource(at(newer), "apisix:Upstream", upstream).remove(id, state);
    },
  },
  {
    name: "a field that the server does not know",
    wrong: () => made(at(older), "apisix:ConsumerGroup", { plugins: {}, name: "n" }),
    proposal: "leave it out, or upgrade",
    carriedOut: async () => {
      await made(at(older), "apisix:ConsumerGroup", { plugins: {} });
      await made(at(newer), "apisix:ConsumerGroup", { plugins: {}, name: "n" });
    },
  },
  {
    name: "labels that the server does not know",
    wrong: () => made(at(older), "apisix:Proto", { content: PROTO, labels: { a: "b" } }),
    proposal: "leave out those that you declare",
    carriedOut: () => made(at(older), "apisix:Proto", { content: PROTO }),
  },
  {
    name: "a credential of nobody",
    wrong: () => made(at(newer), "apisix:Credential", { username: "jack", plugins: KEY }),
    proposal: "Declare the consumer in the same program and pass its name (username: consumer.username)",
    carriedOut: async () => {
      const { state } = await made(at(newer), "apisix:Consumer", { username: "jack" });
      await made(at(newer), "apisix:Credential", { username: state.username ?? null, plugins: KEY });
    },
  },
  {
    name: "a key that another consumer has",
    wrong: async () => {
      newer.store.put("consumers", "theirs", { username: "theirs", plugins: KEY });
      await made(at(newer), "apisix:Consumer", { username: "jack", plugins: KEY });
    },
    proposal: "Give it another one, or take it from the other first.",
    carriedOut: async () => {
      newer.store.put("consumers", "theirs", { username: "theirs", plugins: KEY });
      const another = { "key-auth": { key: "another-key" } };
      await made(at(newer), "apisix:Consumer", { username: "jack", plugins: another });
      newer.store.put("consumers", "theirs", { username: "theirs" });
      await made(at(newer), "apisix:Consumer", { username: "jill", plugins: KEY });
    },
  },
  {
    name: "a plugin in two global rules",
    wrong: async () => {
      newer.store.put("global_rules", "theirs", { plugins: { cors: {} } });
      await made(at(newer), "apisix:GlobalRule", { plugins: { cors: {} } });
    },
    proposal: "let one rule have it",
    carriedOut: () => made(at(newer), "apisix:GlobalRule", { plugins: { cors: {} } }),
  },
  ...[
    [
      "upstream",
      "apisix:Upstream",
      upstream,
      "apisix:Route",
      "upstreamId",
      "upstreamId: upstream.upstreamId",
    ],
    ["service", "apisix:Service", { upstream }, "apisix:Route", "serviceId", "serviceId: service.serviceId"],
    [
      ...["plugin configuration", "apisix:PluginConfig", { plugins: {} }, "apisix:Route", "pluginConfigId"],
      "pluginConfigId: pluginConfig.pluginConfigId",
    ],
    [
      ...["consumer group", "apisix:ConsumerGroup", { plugins: {} }, "apisix:Consumer", "groupId"],
      "groupId: group.consumerGroupId",
    ],
  ].map(([what, type, args, referring, field, hint]): Row => {
    const own = String(hint).replace(/^.*\./, "");
    const refer = (id: Json) => {
      const route = { uri: "/*", plugins: {}, ...(field === "pluginConfigId" ? { upstream } : {}) };
      return made(at(newer), String(referring), {
        ...(referring === "apisix:Route" ? route : {}),
        [String(field)]: id,
      });
    };
    return {
      name: `a ${what} that is nowhere`,
      wrong: () => refer("nowhere"),
      proposal: `Declare it in the same program and pass its id (${hint}), or check the id.`,
      carriedOut: async () => {
        const { state } = await made(at(newer), String(type), args as JsonObject);
        await refer(state[own] ?? null);
      },
    };
  }),
  {
    name: "no user token",
    wrong: () => made(atGuarded({}), "kuma:Secret", { value: "a" }),
    proposal: "Give a user token: kuma:token (--secret)",
    carriedOut: () => made(atGuarded({ "kuma:token": "good" }), "kuma:Secret", { value: "a" }),
  },
  {
    name: "a wrong user token",
    wrong: () => made(atGuarded({ "kuma:token": "bad" }), "kuma:Secret", { value: "a" }),
    proposal: "check kuma:token, the provider's token or KUMA_TOKEN",
    carriedOut: () => made(atGuarded({ "kuma:token": "good" }), "kuma:Secret", { value: "a" }),
  },
  {
    name: "a mesh that does not exist",
    wrong: () => made(atKuma(), "kuma:ExternalService", { ...SERVICE, mesh: "later" }),
    proposal: "The mesh does not exist; make it first.",
    carriedOut: async () => {
      await resource(atKuma(), "kuma:Mesh", { name: "later" }).create();
      await made(atKuma(), "kuma:ExternalService", { ...SERVICE, mesh: "later" });
    },
  },
  {
    name: "an object that is there already, which is taken over",
    wrong: async () => {
      newer.store.put("upstreams", "made", { nodes: { "b.example:80": 1 } });
      await oneUpstream(at(newer));
    },
    proposal: "To take it over, set adopt: true",
    carriedOut: async () => {
      newer.store.put("upstreams", "made", { nodes: { "b.example:80": 1 } });
      await oneUpstream(at(newer), { adopt: true });
    },
  },
  {
    name: "an object that is there already, beside which another is made",
    wrong: async () => {
      newer.store.put("upstreams", "made", {
        nodes: { "b.example:80": 1 },
        labels: { "pulumi-owner": "fedcba9876543210.abcdefgh", "pulumi-stack": "ours.dev" },
      });
      await oneUpstream(at(newer));
    },
    proposal: 'or choose another upstreamId, for example upstreamId: "made-prod"',
    carriedOut: () => oneUpstream(at(newer), { upstreamId: "made-prod" }),
  },
  {
    name: "an object that another stack has taken over",
    wrong: async () => {
      const { id, state } = await oneUpstream(at(newer));
      newer.store.put("upstreams", id, {
        ...upstream,
        labels: { "pulumi-owner": "fedcba9876543210.abcdefgh" },
      });
      await resource(at(newer), "apisix:Upstream", { ...upstream, retries: 2 }).update(id, state);
    },
    proposal: "To take it over, set adopt: true, run pulumi state delete and then pulumi up.",
    carriedOut: async () => {
      const { id } = await oneUpstream(at(newer));
      newer.store.put("upstreams", id, {
        ...upstream,
        labels: { "pulumi-owner": "fedcba9876543210.abcdefgh" },
      });
      // Without a state, an up creates.
      await oneUpstream(at(newer), { retries: 2, adopt: true });
    },
  },
  {
    name: "no server in the configuration",
    wrong: () => oneUpstream({ "apisix:validation": "local" }),
    proposal: "Set apisix:adminUrl (pulumi config set apisix:adminUrl URL)",
    carriedOut: () => oneUpstream(at(newer)),
  },
  {
    name: "a password in a URL",
    wrong: () => oneUpstream(at(newer, { "apisix:adminUrl": newer.adminUrl.replace("//", "//user:word@") })),
    proposal: "Give them as headers.",
    carriedOut: () =>
      oneUpstream(at(newer, { "apisix:headers": '{ "authorization": "Basic dXNlcjp3b3Jk" }' })),
  },
];

describe("what an error proposes helps", () => {
  test.each(ROWS)(
    "$name",
    async ({ wrong, proposal, carriedOut }) => {
      await expect(wrong()).rejects.toThrow(proposal);
      printed = [];
      for (const { store } of [newer, older, kuma]) store.clear();
      await carriedOut();
    },
    30_000,
  );
});

/** The proposals that other tests carry out, most of them through the engine: the file and the test. */
const ELSEWHERE: [sentence: string, file: string, title: string][] = [
  [
    "Check the URL, the network and whether the server runs; nothing is lost",
    "e2e/failures",
    "that cannot be reached is one clear error of each operation, and loses nothing",
  ],
  [
    "Nothing is lost; the next run goes on.",
    "e2e/failures",
    "that hangs is one clear error within requestTimeout, and the next up goes through",
  ],
  [
    "After a rotation run `pulumi refresh`",
    "e2e/credentials",
    "after a rotation refresh, up and destroy go through, and the state has no credential in clear",
  ],
  [
    "If that is the same server under a new address",
    "e2e/right-server",
    "a changed URL is refused, and goes through with the server's id",
  ],
  [
    "If it is another server, run pulumi destroy",
    "e2e/proposals",
    "a stack goes to another server by a destroy with the old URL, or beside it with a second provider",
  ],
  [
    "if the resource was renamed, add aliases",
    "e2e/replacement",
    "a rename with an alias shows nothing and asks for no object",
  ],
  [
    "or choose another",
    "lifecycle/refusals",
    "proposes what is legal for $type and has at most 64 characters",
  ],
  [
    "To leave it there, remove it from this program and run pulumi state delete.",
    "e2e/proposals",
    "what another stack has taken over is left there by state delete, and neither stack sees a change",
  ],
  [
    "Give one of them another",
    "e2e/proposals",
    "of two resources that declare one object, one with another id makes both go through",
  ],
  [
    "Remove that first, or set deleteContents: true",
    "e2e/mesh",
    "a mesh with an object of somebody else in it is deleted only with deleteContents",
  ],
  [
    "External services belong to the global control plane",
    "e2e/federation",
    "external services go to the global control plane, zone egresses to the zone's",
  ],
  [
    "Set ignoreChanges on the resource itself",
    "e2e/words-old-states",
    "where a %s sets ignoreChanges, nothing is damaged, and after one run without it all goes on",
  ],
  [
    "Run once without ignoreChanges.",
    "e2e/words-old-states",
    "where a %s sets ignoreChanges, nothing is damaged, and after one run without it all goes on",
  ],
];
/** Begins of sentences in which somebody is told what to do. */
const IMPERATIVE =
  /\b(?:Set|Give|Check|check|Remove|Declare|raise|Run once|run `?pulumi|run pulumi|set|upgrade|leave|let one|make it|choose|add aliases|belong to)\b/;

test("every proposal in an error of a server or of a lifecycle is carried out by a test", () => {
  const files = ["server/api", "server/apisix", "server/kuma", "server/connection", "lifecycle/refusals"];
  const sentences = files.flatMap((file) => {
    const source = readFileSync(join(repository, `provider/${file}.ts`), "utf8").replace(
      /^\s*(\/\*\*|\*|\/\/).*$/gm,
      "",
    );
    const texts = [...source.matchAll(/"((?:[^"\\\n]|\\.){25,})"|`((?:[^`\\]|\\.){25,})`/g)];
    return texts
      .map(([, plain, template]) => plain ?? template ?? "")
      .filter((text) => IMPERATIVE.test(text));
  });
  const known = [...ROWS.map(({ proposal }) => proposal), ...ELSEWHERE.map(([sentence]) => sentence)];
  // What stands in place of `${…}` is left to the row.
  const words = (text: string) =>
    text
      .replace(/\$\{[^}]*\}/g, " ")
      .split(/[^\w:`]+/)
      .filter((word) => word.length > 3);
  const isCarriedOut = (sentence: string) =>
    known.some((one) => {
      const wanted = words(one).filter((word) => !/^(apisix|kuma|local|made|prod|upstream)/.test(word));
      return (
        wanted.length > 0 && wanted.filter((word) => sentence.includes(word)).length / wanted.length > 0.7
      );
    });
  expect(sentences.length).toBeGreaterThan(20);
  expect(sentences.filter((sentence) => !isCarriedOut(sentence))).toEqual([]);
  for (const [sentence, file, title] of ELSEWHERE) {
    const source = readFileSync(join(repository, "test", `${file}.test.ts`), "utf8");
    expect(source, `${sentence}: ${file}`).toContain(`"${title}"`);
  }
});

const PROTO = 'syntax = "proto3"; package a; message R { string n = 1; }';
const KEY = { "key-auth": { key: "a-key" } };
const SERVICE = { tags: { "kuma.io/service": "a" }, networking: { address: "a.example:80" } };
const CERTIFICATE = await generate([{ name: "commonName", value: "localhost" }], {
  keyType: "ec",
  algorithm: "sha256",
  extensions: [
    { name: "basicConstraints", cA: true },
    { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
  ],
});

/** A gateway that takes its time for each answer. */
async function slowed(milliseconds: number) {
  const server = await startApisix();
  server.intercept = async () => {
    await sleep(milliseconds);
    return false;
  };
  onTestFinished(() => server.close());
  return server;
}

/** Reads what is not there from a server with the certificate above. */
async function withCertificate(host: string, tls: JsonObject) {
  const server = await listen((_, response) => sendJson(response, 404, { message: "Key not found" }), {
    tls: { key: CERTIFICATE.private, cert: CERTIFICATE.cert },
  });
  onTestFinished(() => server.close());
  const config = at(newer, {
    "apisix:adminUrl": `https://${host}:${server.port}`,
    "apisix:tls": JSON.stringify(tls),
  });
  const state = { ...upstream, upstreamId: "made", __made: `abcdefgh@https://${host}:${server.port}` };
  expect(await resource(config, "apisix:Upstream", upstream).read("made", state)).not.toHaveProperty(
    "id",
    "made",
  );
}

/** A proxy in front of the gateway that asks for a pass. */
function askForPass() {
  newer.intercept = (request, response) => {
    if (request.headers["x-pass"] === "a-pass") return false;
    response.writeHead(401, { "content-type": "text/html" }).end("<h1>Sign in</h1>");
    return true;
  };
}
