import { describe, expect, it } from "vitest";
import { evaluate, expressionError, readExpression, type Value } from "../../sandbox/apisix/expression.ts";
import { LuaError } from "../../sandbox/apisix/lua/values.ts";

describe("an expression is refused in APISIX's words", () => {
  it.each([
    [[["arg_x", "=", "1"]], "invalid operator '='"],
    [["arg_x", "==", "1"], "rule should be wrapped inside brackets"],
    [["AND", ["arg_x", "==", "1"]], "rule too short"],
    [[["arg_x"]], "invalid expression"],
    [[[]], "rule too short"],
    [[["arg_x", "==", "1", "2"]], "bad 'not' expression"],
    [[["remote_addr", "ipmatch", []]], "invalid ip address"],
    [[["remote_addr", "ipmatch", ["10.0.0.0/8", "x"]]], "invalid ip address: x"],
    [undefined, "missing argument rule"],
  ])("%j: %s", (rule, error) => {
    expect(expressionError(rule)).toBe(error);
  });

  it.each([
    [["AND", ["arg_x", "==", "1"], "OR"]],
    [[["arg_x", "==", "1"], "OR", ["arg_x", "==", "2"]]],
    [[["arg_x", null, "1"]]],
    [[[true, "==", "1"]]],
    [1],
  ])("%j breaks APISIX's code", (rule) => {
    expect(() => expressionError(rule)).toThrow(LuaError);
  });

  it.each([[{}], [[]], [[["arg_x", "1"]]], [[["arg_x", "=="]]], [["or", ["a", "IN", []], ["b", "has", 1]]]])(
    "%j is taken",
    (rule) => {
      expect(expressionError(rule)).toBeUndefined();
    },
  );
});

describe("an expression compares as Lua does", () => {
  const values: Record<string, Value> = {
    arg_n: "10",
    arg_hex: "0x0A",
    arg_flag: true,
    http_x: "Blue",
    ip: "10.1.2.3",
  };
  const holds = (rule: unknown) => evaluate(readExpression(rule), (name) => values[name]);

  it.each([
    [[["arg_n", "==", 10]], true],
    [[["arg_n", "==", "10"]], true],
    [[["arg_n", "==", "10.0"]], false],
    [[["arg_hex", "==", 10]], true],
    [[["arg_n", ">", "9"]], true],
    [[["http_x", ">", 1]], false],
    [[["http_x", "~=", 1]], true],
    [[["arg_n", "in", [10]]], false],
    [[["arg_n", "in", ["10"]]], true],
    [[["arg_n", "has", "10"]], false],
    [[["arg_flag", "==", "1"]], false],
    [[["none", "==", null]], true],
    [[["none", "!", "==", "1"]], true],
    [[["http_x", "~~", "^bl"]], false],
    [[["http_x", "~*", "^bl"]], true],
    [[["http_x", "~~", "("]], false],
    [[["http_x", "Blue"]], false],
    [[["ip", "ipmatch", ["10.0.0.0/8"]]], true],
    [["!OR", ["arg_n", "==", "1"], ["arg_n", "==", "2"]], true],
    [["or", ["arg_n", "==", "1"], ["arg_n", "==", "10"]], true],
    [{}, true],
  ])("%j: %s", (rule, expected) => {
    expect(holds(rule)).toBe(expected);
  });
});
