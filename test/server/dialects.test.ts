import { describe, expect, it } from "vitest";
import { apisixDialect } from "../../provider/server/apisix.ts";
import type { Answer } from "../../provider/server/http.ts";
import { kumaDialect } from "../../provider/server/kuma.ts";

function answer(status: number, body: unknown): Answer {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, text, json: typeof body === "string" ? undefined : body, headers: {} };
}

const kumaError = (status: number, title: string, detail = "") =>
  answer(status, { type: "/std-errors", status, title, detail });

describe("APISIX: gone is only what the Admin API itself calls gone", () => {
  it.each([
    ["its own words", answer(404, { message: "Key not found" }), true],
    ["the data plane", answer(404, { error_msg: "404 Route Not Found" }), false],
    ["an unknown path", answer(404, { error_msg: "Unsupported resource type: uptreams" }), false],
    ["another server's 404", answer(404, "<html>404 Not Found</html>"), false],
    ["another server's 404 in JSON", answer(404, { message: "not found" }), false],
    ["a 200 with these words", answer(200, { message: "Key not found" }), false],
  ])("%s", (_, given, gone) => {
    expect(apisixDialect.isAbsent(given)).toBe(gone);
  });
});

it("a server tells what was written only with what it made itself", () => {
  const key = "/apisix/upstreams/a";
  const nodes = { "a.example:80": 1 };
  expect(apisixDialect.provesWrite(answer(201, { key, value: { nodes, update_time: 1700000000 } }))).toBe(
    true,
  );
  expect(apisixDialect.provesWrite(answer(200, { key, deleted: "1" }))).toBe(true);
  expect(apisixDialect.provesWrite(answer(200, { key, value: { nodes } }))).toBe(false);
  expect(apisixDialect.provesWrite(answer(200, { key }))).toBe(false);
  expect(kumaDialect.provesWrite(answer(201, {}))).toBe(false);
});

it("APISIX: the reason of a 404 is given only in the Admin API's words", () => {
  expect(apisixDialect.reason(answer(404, { error_msg: "404 Route Not Found" }))).toBeUndefined();
  expect(apisixDialect.reason(answer(404, { message: "not found" }))).toBeUndefined();
  expect(apisixDialect.reason(answer(404, { error_msg: "Unsupported resource type: x" }))).toMatch(/^Unsup/);
  expect(apisixDialect.reason(answer(400, { error_msg: "wrong", description: "why" }))).toBe("wrong: why");
});

describe("APISIX: an object is only what has its envelope", () => {
  it.each([
    [answer(200, { key: "/apisix/routes/a", value: { uri: "/" } }), { uri: "/" }],
    [answer(200, { uri: "/" }), undefined],
    [answer(200, { total: 1, list: [] }), undefined],
    [answer(200, "<html>welcome</html>"), undefined],
    [answer(200, null), undefined],
  ])("%j", (given, wanted) => {
    expect(apisixDialect.object(given)).toEqual(wanted);
  });
});

describe("APISIX: a list is only what has its envelope, and names what is in it", () => {
  const entry = (key: string) => ({ key, value: { uri: "/" } });
  const named = (...names: string[]) => ({
    objects: names.map((name) => ({ name, object: { uri: "/" } })),
  });
  it.each([
    ["routes", { total: 1, list: [entry("/apisix/routes/a")] }, named("a")],
    ["secrets", { total: 1, list: [entry("/edge/secrets/vault/one")] }, named("vault/one")],
    ["routes", { total: 1, list: [entry("/routes/routes/a")] }, named("a")],
    [
      "consumers/jack/credentials",
      { total: 1, list: [entry("/a/consumers/jack/credentials/c")] },
      named("c"),
    ],
    ["routes", { total: 0, list: {} }, named()],
    ["routes", { list: [] }, undefined],
    ["routes", entry("/apisix/routes/a"), undefined],
  ])("%s: %j", (collection, given, wanted) => {
    expect(apisixDialect.objects(answer(200, given), collection)).toEqual(wanted);
  });
});

it("Kuma: a list tells where its next page is", () => {
  const items = [{ type: "Mesh", name: "default" }];
  const objects = [{ name: "default", object: items[0] }];
  const next = "http://other.example:5681/meshes?offset=1000&size=1000";
  expect(kumaDialect.objects(answer(200, { total: 2, items, next }), "meshes")).toEqual({
    objects,
    next: "?offset=1000&size=1000",
  });
  expect(kumaDialect.objects(answer(200, { total: 1, items, next: null }), "meshes")).toEqual({ objects });
  expect(kumaDialect.objects(answer(200, { items: {} }), "meshes")).toBeUndefined();
});

describe("APISIX: advice", () => {
  it.each([
    ["a wrong key", 401, { error_msg: "failed to check token", description: "wrong apikey" }, /adminKey/],
    ["a viewer's key", 401, { description: "invalid method for role viewer" }, /role viewer.*role admin/],
    [
      "a reference",
      400,
      { error_msg: "can not delete this upstream, route [r1] is still using it now" },
      /reference/,
    ],
    [
      "a kind that is too new",
      404,
      { error_msg: "Unsupported resource type: credentials" },
      /credentials came with 3\.11/,
    ],
    [
      "a field that is too new",
      400,
      { error_msg: "invalid configuration: additional properties forbidden, found name" },
      /leave it out, or upgrade/,
    ],
    ["a credential of nobody", 404, { error_msg: "consumer not found" }, /username: consumer\.username/],
    [
      "a plugin in two global rules",
      400,
      { error_msg: "plugin 'cors' already exists in global rule with id 'a'" },
      /one global rule only/,
    ],
    [
      "an unknown id",
      400,
      { error_msg: "failed to fetch upstream info by upstream id [x], response code: 404" },
      /same program/,
    ],
  ])("for %s", (_, status, body, advice) => {
    expect(apisixDialect.advice(answer(status, body), true)).toMatch(advice);
  });

  it("for a missing key tells where it is set", () => {
    const refused = answer(401, { error_msg: "failed to check token", description: "missing apikey" });
    expect(apisixDialect.advice(refused, false)).toMatch(/No admin key.*apisix:adminKey.*APISIX_ADMIN_KEY/);
  });
});

describe("Kuma: gone is only what the control plane itself calls gone", () => {
  it.each([
    ["no such resource", kumaError(404, "Could not retrieve a resource", "Not found"), true],
    ["no such mesh", kumaError(404, "Failed to retrieve Mesh", "Mesh not found"), true],
    ["deleted before", kumaError(404, "Could not delete a resource"), true],
    ["an unknown path", answer(404, "404: Page Not Found"), false],
    ["another server's problem in JSON", kumaError(404, "Not Found"), false],
    ["a refusal", kumaError(403, "Access Denied"), false],
  ])("%s", (_, given, gone) => {
    expect(kumaDialect.isAbsent(given)).toBe(gone);
  });
});

describe("Kuma: reasons and advice", () => {
  it("name the fields that the control plane complains of", () => {
    const invalid = { field: "networking.address", reason: "address has to be valid" };
    const given = answer(400, {
      status: 400,
      title: "Could not process a resource",
      invalid_parameters: [invalid],
    });
    expect(kumaDialect.reason(given)).toBe(
      "Could not process a resource: networking.address address has to be valid",
    );
  });

  it("take a 404 in other words for another server's", () => {
    const stranger = kumaError(404, "Not Found");
    expect([kumaDialect.reason(stranger), kumaDialect.advice(stranger, true)]).toEqual([
      undefined,
      undefined,
    ]);
    const mesh = kumaError(404, "Failed to retrieve Mesh", "Not found");
    expect(kumaDialect.advice(mesh, true)).toMatch(/make it first/);
  });

  it("name a kind that the control plane does not know, as it may be that", () => {
    const unknown = answer(404, "404: Page Not Found");
    expect(kumaDialect.isUnknownKind?.(unknown)).toBe(true);
    expect(kumaDialect.advice(unknown, true)).toMatch(/does not know the kind.*no control plane/);
    expect(kumaDialect.isUnknownKind?.(answer(404, "Not Found"))).toBe(false);
  });

  it.each([
    ["a bad token", 401, true, /kuma:token/],
    ["a token without rights", 403, true, /lacks the right/],
    ["no token", 403, false, /Give a user token/],
    ["the wrong side", 405, true, /kuma:globalUrl.*kuma:zoneUrl.*Kubernetes/],
  ])("for %s", (_, status, given, advice) => {
    expect(kumaDialect.advice(kumaError(status, "x"), given)).toMatch(advice);
  });
});
