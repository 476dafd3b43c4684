import { describe, expect, it } from "vitest";
import { loadLua } from "../../sandbox/apisix/lua/code.ts";
import { luaNumber, luaNumberText, luaQuoted } from "../../sandbox/apisix/lua/values.ts";

describe("a text of Lua is refused in LuaJIT's words", () => {
  it.each([
    ["return function() retur end", `[string "return function() retur end"]:1: '=' expected near 'end'`],
    ["return {", `[string "return {"]:1: unexpected symbol near '<eof>'`],
    ["if a then\nreturn", `[string "if a then..."]:2: 'end' expected (to close 'if' at line 1) near '<eof>'`],
    ["return 'a", `[string "return 'a"]:1: unfinished string near '<eof>'`],
    ["return 'a\n'", `[string "return 'a..."]:1: unfinished string near ''a'`],
    ["return 1x", `[string "return 1x"]:1: malformed number near '1x'`],
    ["return '\\y'", `[string "return '\\y'"]:1: invalid escape sequence near '''`],
    ["return [[a", `[string "return [[a"]:1: unfinished long string near '<eof>'`],
    ["f(", `[string "f("]:1: unexpected symbol near '<eof>'`],
    ["a", `[string "a"]:1: '=' expected near '<eof>'`],
    ["a.b:c = 1", `[string "a.b:c = 1"]:1: function arguments expected near '='`],
    ["f() = 1", `[string "f() = 1"]:1: unexpected symbol near '='`],
    ["for x do end", `[string "for x do end"]:1: '=' or 'in' expected near 'do'`],
    ["return function() return ... end", /cannot use '...' outside a vararg function near '...'$/],
    ["break", `[string "break"]:1: no loop to break`],
    ["end", `[string "end"]:1: '<eof>' expected near 'end'`],
    ["local function f(1) end", /<name> or '...' expected near '1'$/],
    [
      "x = 'a text that is longer than what a name may have' y",
      `[string "x = 'a text that is longer than what a name m..."]:1: '=' expected near '<eof>'`,
    ],
  ])("%j", (source, error) => {
    const loaded = loadLua(source);
    if (typeof error === "string") expect(loaded).toEqual({ error });
    else expect(loaded).toEqual({ error: expect.stringMatching(error) });
  });
});

describe("what a text of Lua returns is told, where it can be without running it", () => {
  it.each([
    ["return function(vars) return vars.arg_a == '1' end", "function"],
    ["local _M = {}\nfunction _M.access(conf, ctx) ngx.say(ctx.var.uri) end\nreturn _M", "table"],
    ["local function f(a, ...) for i, v in ipairs({...}) do print(i, v) end end return f", "function"],
    ["return 1, function() end", "number"],
    ["return not nil", "boolean"],
    ["return print", "function"],
    ["return nobody", "nil"],
    ["return [==[ ]] ]==]", "string"],
    ["--[[ nothing ]] return (function() end)", "function"],
    ["return make()", undefined],
    ["local t = {} if ngx then t = nil end return t", undefined],
    ["if ngx then return 1 end return {}", undefined],
    [
      "while true do break end repeat local x = 1 until x goto out ::out:: return 0x1p4 ^ -2 .. '';",
      undefined,
    ],
  ])("%j returns %s", (source, type) => {
    expect(loadLua(source)).toEqual({ values: 1, type });
  });

  it("and so is that it returns nothing", () => {
    expect(loadLua("local x = 1")).toEqual({ values: 0 });
    expect(loadLua("return;")).toEqual({ values: 0 });
  });
});

describe("values", () => {
  it.each([
    [" 0x10 ", 16],
    ["1e2", 100],
    [".5", 0.5],
    ["0x1p4", 16],
    ["-inf", Number.NEGATIVE_INFINITY],
    ["1 2", undefined],
    ["", undefined],
    ["0x", undefined],
    [true, undefined],
  ])("%j is the number %s", (text, number) => {
    expect(luaNumber(text)).toBe(number);
  });

  it.each([
    [9007199254740991, "9.007199254741e+15"],
    [0.1234567890123456, "0.12345678901235"],
    [1e21, "1e+21"],
    [0.00001, "1e-05"],
    [100000000000000, "1e+14"],
    [-5, "-5"],
  ])("%d is written %s", (number, text) => {
    expect(luaNumberText(number)).toBe(text);
  });

  it("texts are quoted as %q quotes them", () => {
    expect(luaQuoted('a"b\\c\n\u0001\u00013')).toBe('"a\\"b\\\\c\\\n\\1\\0013"');
  });
});
