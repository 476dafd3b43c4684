import { describe, expect, test } from "vitest";
import { withIgnored } from "../../provider/lifecycle/ignored.ts";
import { canonical } from "../../provider/model/canonical.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { copiedByEngine } from "../support/engine-copy.ts";
import { kept } from "../support/ignored.ts";

const route = kindOf("apisix:Route");
const upstream = kindOf("apisix:Upstream");
const plain = { uri: "/a", plugins: {} };

describe("with a state of version 0.2", () => {
  const nodesNow: JsonObject[] = [
    { host: "b.example", weight: 7 },
    { host: "a.example", weight: 8 },
  ];
  const old = {
    nodes: [
      { host: "b.example", weight: 1 },
      { host: "a.example", weight: 2 },
    ],
  };

  test("several elements of one list are kept", () => {
    const ignored = ["nodes[0].weight", "nodes[1].weight"];
    expect(kept(upstream, { old, program: { nodes: nodesNow }, ignored, isOld: true })).toEqual(old);
  });

  test("an element that is not ignored changes", () => {
    const args = kept(upstream, {
      old,
      program: { nodes: nodesNow },
      ignored: ["nodes[0].weight"],
      isOld: true,
    });
    expect(args.nodes).toEqual([old.nodes[0], nodesNow[1]]);
  });

  test("the one element that has become another is kept, and several are refused", () => {
    const program = { uris: ["/c", "/b"], plugins: {} };
    const step = { old: { uris: ["/a", "/b"], plugins: {} }, program, isOld: true };
    expect(kept(route, { ...step, ignored: ["uris[0]"] }).uris).toEqual(["/a", "/b"]);
    const both = { ...step, program: { ...program, uris: ["/c", "/d"] } };
    expect(() => kept(route, { ...both, ignored: ["uris[0]"] })).toThrow(
      /uris\[0\].*Run once without ignoreChanges/,
    );
    expect(kept(route, { ...both, ignored: ["uris[*]"] }).uris).toEqual(["/a", "/b"]);
  });

  test.each<[what: string, kind: Kind, path: string, program: JsonObject]>([
    ["a host", route, "host", { ...plain, host: "a", desc: "other" }],
    ["the weights of nodes", upstream, "nodes[*].weight", { ...old, desc: "other" }],
    ["an element of paths", route, "uris[0]", { uris: ["/b", "/a"], plugins: {} }],
  ])("%s that a transform ignores is refused, since that cannot be known", (_, kind, path, program) => {
    const { desc: _desc, ...before } = program;
    const step = { old: before, program, ignored: [path], isOld: true, byTransform: true };
    expect(() => kept(kind, step)).toThrow(/run once without ignoreChanges/);
  });

  test("what a transform ignores besides the option is refused as well", () => {
    const args = { ...plain, host: "a", name: "other" };
    const before = canonical(route, { ...args, name: "name" });
    const request = {
      ...{ owner: "", marks: [], old: { args: before, marks: [], asWritten: false } },
      ...{ args: copiedByEngine(before, args, ["name", "host"]).args, written: args },
    };
    expect(() => withIgnored(route, { ...request, ignored: ["name"] })).toThrow(
      /^host: a transform.*run once without/,
    );
    expect(withIgnored(route, { ...request, ignored: ["name", "host"] })).toEqual({ ...args, name: "name" });
  });

  test("a field that a transform ignores under its other name stays as it is", () => {
    const args = { ...plain, host: "a" };
    const step = { old: args, program: args, ignored: ["hosts"], isOld: true, byTransform: true };
    expect(kept(route, step)).toEqual(args);
  });

  test.each<[what: string, kind: Kind, args: JsonObject, given: JsonObject]>([
    ["adds a label", route, { ...plain, host: "a" }, { labels: { team: "edge" } }],
    ["writes hosts for host", route, { ...plain, host: "a" }, { host: undefined as never, hosts: ["a"] }],
  ])("a transform that only %s is no reason to refuse a change", (_, kind, written, given) => {
    const args = JSON.parse(JSON.stringify({ ...written, desc: "other", ...given })) as JsonObject;
    const before = canonical(kind, { ...args, desc: "before" });
    const request = { owner: "", marks: [], old: { args: before, marks: [], asWritten: false }, args };
    expect(withIgnored(kind, { ...request, written: { ...written, desc: "other" } })).toEqual(args);
  });
});
