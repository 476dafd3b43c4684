import { describe, expect, test } from "vitest";
import { differencesOf } from "../../provider/model/differences.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { formatPath } from "../../provider/model/paths.ts";

const route = kindOf("apisix:Route");

/** Each difference as `hosts[0] update`. */
function differences(before: object, after: object): string[] {
  const same = { uri: "/", plugins: {} };
  return differencesOf(route, { ...same, ...before }, { ...same, ...after }).map(
    ({ path, change }) => `${formatPath(path)} ${change}`,
  );
}

describe("What differs in a list whose order means nothing", () => {
  test.each([
    ["one for another", ["c.example"], ["b.example"], ["hosts[0] update"]],
    ["one for two", ["c.example"], ["b.example", "a.example"], ["hosts[0] update", "hosts[1] add"]],
    ["two for one", ["b.example", "a.example"], ["c.example"], ["hosts[0] update", "hosts[1] delete"]],
    ["one more", ["a.example"], ["b.example", "a.example"], ["hosts[0] add"]],
    ["one less", ["b.example", "a.example"], ["a.example"], ["hosts[0] delete"]],
    ["another order", ["b.example", "a.example"], ["a.example", "b.example"], []],
  ])("has each path once: %s", (_, before, after, expected) => {
    expect(differences({ hosts: before }, { hosts: after })).toEqual(expected);
  });
});
