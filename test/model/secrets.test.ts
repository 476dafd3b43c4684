import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scrub, secretTexts, textsOf } from "../../provider/model/secrets.ts";

const secret = 'S3cr3t/"ke y"+ü~';
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("a text loses a secret", () => {
  it.each([
    ["in clear", `key is ${secret}!`],
    ["JSON-escaped", JSON.stringify({ message: secret })],
    ["JSON-escaped twice", JSON.stringify(JSON.stringify({ message: secret }))],
    ["percent-encoded", `/login?key=${encodeURIComponent(secret)}`],
    ["percent-encoded as a form", new URLSearchParams({ key: secret }).toString()],
    [
      "percent-encoded in lower case",
      `/login?key=${encodeURIComponent(secret).replace(/%../g, (digits) => digits.toLowerCase())}`,
    ],
    ["base64", `Basic ${base64(secret)}`],
    ["base64url", Buffer.from(secret).toString("base64url")],
    ["base64 after one more byte", base64(`a${secret}`)],
    ["base64 after two more bytes", base64(`ab${secret}`)],
    ["base64 in the midst", base64(`user:${secret}:more`)],
  ])("%s", (_, text) => {
    const scrubbed = scrub(text, [secret]);
    expect(scrubbed).toContain("[secret]");
    for (const trace of ["S3cr3t", "S3cr", "ke y", "UzNjcjN0", "MzY3Iz"])
      expect(scrubbed).not.toContain(trace);
  });

  it("whatever it is and wherever it stands", () => {
    const anything = fc.string({ minLength: 8, unit: "binary" });
    fc.assert(
      fc.property(anything, anything, anything, (before, hidden, after) => {
        const forms = [hidden, JSON.stringify(hidden).slice(1, -1)];
        const scrubbed = scrub(before + forms.join("|") + after, [hidden]);
        for (const form of forms) expect(scrubbed).not.toContain(form);
        // The bytes of the secret that fill whole groups of base64 are gone.
        expect(scrub(base64(before + hidden + after), [hidden])).toContain("[secret]");
      }),
    );
  });

  it("that holds another one, or is one", () => {
    expect(scrub("abcdef and abcdefgh", ["abcdef", "abcdefgh"])).toBe("[secret] and [secret]");
  });
});

it("a text without secrets stays as it is", () => {
  expect(scrub("404: Key not found", ["another key", ""])).toBe("404: Key not found");
});

it("what is secret for certain is known with numbers, with what base64 stands for and with odd keys, from 3 characters on", () => {
  const secrets = { a: "ab", b: ["key", { c: 123456 }], "a.example:443": 1, d: base64("ünder") };
  expect(secretTexts(secrets)).toEqual(["a.example:443", "key", "123456", base64("ünder"), "ünder"]);
  expect(scrub(`key ${base64("key")} 123456`, secretTexts(secrets))).toBe("[secret] [secret] [secret]");
});

it("words too short to be secrets are none, or every text would be full of holes", () => {
  expect(textsOf({ a: "short", b: ["long enough", { c: "also long" }], d: 123456 })).toEqual([
    "long enough",
    "also long",
  ]);
});
