import { expect, test } from "vitest";
import { isObject, type JsonObject, UNKNOWN } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { formatPath } from "../../provider/model/paths.ts";
import { idFrom, referencesOf, relationsOf } from "../../provider/model/references.ts";

const read = (type: string, args: JsonObject) =>
  referencesOf(kindOf(type), args).map((found) => `${formatPath(found.path)} -> ${found.type} ${found.id}`);

test("what an object of the gateway names is found in its fields, in objects inside it and in built-in plugins", () => {
  const split = [
    { upstream_id: 7 },
    { upstream: { nodes: [], tls: { client_cert_id: "c" } } },
    { weight: 1 },
  ];
  const args = {
    routeId: "upstreamId",
    labels: { serviceId: "no-reference" },
    uri: "/",
    upstream: { nodes: [], tls: { clientCertId: "client" } },
    serviceId: "s",
    scriptId: "of no kind of ours",
    plugins: {
      "traffic-split": { rules: [{ weighted_upstreams: split }] },
      "grpc-transcode": { proto_id: "p" },
      "key-auth": { anonymous_consumer: "anybody" },
      "of-our-own": { upstream_id: "nobody knows what that is" },
    },
  };
  expect(read("apisix:Route", args)).toEqual([
    "upstream.tls.clientCertId -> apisix:Ssl client",
    "serviceId -> apisix:Service s",
    "plugins.traffic-split.rules[0].weighted_upstreams[0].upstream_id -> apisix:Upstream 7",
    "plugins.traffic-split.rules[0].weighted_upstreams[1].upstream.tls.client_cert_id -> apisix:Ssl c",
    "plugins.grpc-transcode.proto_id -> apisix:Proto p",
    "plugins.key-auth.anonymous_consumer -> apisix:Consumer anybody",
  ]);
  expect(read("apisix:Credential", { username: "jack", credentialId: "1" })).toEqual([
    "username -> apisix:Consumer jack",
  ]);
  expect(read("apisix:StreamRoute", { protocol: { name: "redis", superiorId: 1 } })).toEqual([
    "protocol.superiorId -> apisix:StreamRoute 1",
  ]);
});

test("what an object of the mesh names is in its own mesh", () => {
  const tls = { caCert: { secret: "ca" }, clientCert: { inline: "YQ==" }, clientKey: { secret: "key" } };
  expect(read("kuma:ExternalService", { mesh: "apps", networking: { tls } })).toEqual([
    "mesh -> kuma:Mesh apps",
    "networking.tls.caCert.secret -> kuma:Secret apps/ca",
    "networking.tls.clientKey.secret -> kuma:Secret apps/key",
  ]);
  expect(read("kuma:MeshExternalService", { tls: { verification: tls } })).toEqual([
    "tls.verification.caCert.secret -> kuma:Secret default/ca",
    "tls.verification.clientKey.secret -> kuma:Secret default/key",
  ]);
  expect(read("kuma:ZoneEgress", { zone: "east" })).toEqual([]);
});

test("what is not known is left out", () => {
  const tls = { caCert: { secret: "ca" } };
  expect(read("apisix:Route", { upstreamId: UNKNOWN, serviceId: null, plugins: UNKNOWN })).toEqual([]);
  expect(read("kuma:ExternalService", { mesh: UNKNOWN, networking: { tls } })).toEqual([]);
  expect(read("kuma:ExternalService", { mesh: null, networking: { tls } })).toEqual([]);
  expect(idFrom(kindOf("kuma:Secret"), { mesh: UNKNOWN }, "ca")).toBeUndefined();
  expect(idFrom(kindOf("kuma:Secret"), {}, "ca")).toBe("default/ca");
});

test("a reference leads to what is at the same server, by the id or else by the name of its resource", () => {
  const one = (server: string, type: string, name: string, args: JsonObject) => ({
    server,
    type,
    name,
    args,
  });
  const stack = [
    one("a", "apisix:Route", "r", { upstreamId: "u", serviceId: "s", pluginConfigId: "nowhere" }),
    one("b", "apisix:Upstream", "u", {}),
    one("a", "apisix:Upstream", "u", {}),
    one("a", "apisix:Service", "by its id", { serviceId: "s", upstreamId: UNKNOWN }),
    one("k", "kuma:Policy", "p", {
      type: "MeshIdentity",
      spec: {
        provider: { type: "Bundled", bundled: { ca: { certificate: { secretRef: { name: "ca" } } } } },
      },
    }),
    one("k", "kuma:Secret", "ca", {}),
  ];
  const shown = (saidBy?: () => JsonObject) =>
    [...relationsOf(stack, ({ server }) => server, saidBy)].flatMap(([from, found]) =>
      found.map(
        ({ path, to }) => `${from.name} ${formatPath(path)} -> ${to ? `${to.server} ${to.name}` : "?"}`,
      ),
    );
  const all = [
    "r upstreamId -> a u",
    "r serviceId -> a by its id",
    "r pluginConfigId -> ?",
    "p spec.provider.bundled.ca.certificate.secretRef.name -> k ca",
  ];
  expect(shown().toSorted()).toEqual(all.toSorted());
  expect(shown(() => ({}))).toEqual([]);
});

test("elements of lists and values of maps are looked into", async () => {
  const { described } = await import("../../provider/model/walk.ts");
  const { schema } = kindOf("apisix:Upstream");
  const args = { nodes: [{ host: "a", weight: 1 }], labels: { a: "b" }, constructor: { host: "c" } };
  const paths = [...described(schema, args)].flatMap(({ path, value }) =>
    isObject(value) ? [] : [formatPath(path)],
  );
  expect(paths).toEqual(["nodes", "nodes[0].host", "nodes[0].weight", "labels.a"]);
});
