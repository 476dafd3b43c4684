import { describe, expect, test } from "vitest";
import { fromText, SETTINGS, type Setting, settingsOf } from "../../provider/model/settings.ts";

const setting = (name: string) => SETTINGS.find((one) => one.name === name) as Setting;
const read = (name: string, value: unknown) => {
  const given = fromText(setting(name), value);
  return given ? setting(name).schema.safeParse(given.value).data : "no JSON";
};

describe("the settings of connections", () => {
  test("name for each server its URLs, one credential and one id", () => {
    const roles = (dialect: "apisix" | "kuma", role: Setting["role"]) =>
      settingsOf(dialect).flatMap((one) => (one.role === role ? [[one.name, one.variable]] : []));
    expect(roles("apisix", "url")).toEqual([["adminUrl", "APISIX_ADMIN_URL"]]);
    expect(roles("kuma", "url").map(([name]) => name)).toEqual(["url", "globalUrl", "zoneUrl"]);
    expect(roles("kuma", "credential")).toEqual([["token", "KUMA_TOKEN"]]);
    expect(roles("apisix", "credential")).toEqual([["adminKey", "APISIX_ADMIN_KEY"]]);
    expect([...roles("apisix", "id"), ...roles("kuma", "id")].map(([name]) => name)).toEqual([
      "gatewayId",
      "controlPlaneId",
    ]);
  });

  test("have a name that means one thing at each server", () => {
    for (const dialect of ["apisix", "kuma"] as const) {
      const names = settingsOf(dialect).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test.each([
    ["requestTimeout", "2.5", 2.5],
    ["requestTimeout", 7, 7],
    ["requestTimeout", undefined, 30],
    ["requestTimeout", "", undefined],
    ["requestTimeout", "soon", undefined],
    ["maxConcurrency", "1.5", undefined],
    ["deleteUnreachable", "true", true],
    ["deleteUnreachable", false, false],
    ["deleteUnreachable", "perhaps", undefined],
    ["idPrefix", "12", "12"],
    ["validation", "local", "local"],
    ["customPlugins", '["a"]', ["a"]],
    ["customPlugins", "a", "no JSON"],
    ["headers", { "x-a": "b" }, { "x-a": "b" }],
    ["tls", '{ "serverName": "a" }', { serverName: "a" }],
    ["tls", '{ "clientKey": "-----BEGIN " }', undefined],
  ])("%s is read from %j as %j", (name, given, expected) => {
    expect(read(name, given)).toEqual(expected);
  });
});
