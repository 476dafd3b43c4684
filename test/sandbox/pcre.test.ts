import { describe, expect, it } from "vitest";
import { patternError, regularExpression } from "../../sandbox/apisix/pcre.ts";

describe("a regular expression is refused in PCRE2's words, with the place", () => {
  it.each([
    ["(", 'missing closing parenthesis in "("'],
    ["a)b", 'unmatched closing parenthesis in "a)b" at ")b"'],
    ["*a", 'quantifier does not follow a repeatable item in "*a" at "*a"'],
    ["a**", 'quantifier does not follow a repeatable item in "a**" at "*"'],
    ["[a", 'missing terminating ] for character class in "[a"'],
    ["[]", 'missing terminating ] for character class in "[]"'],
    ["a[b-a]c", 'range out of order in character class in "a[b-a]c" at "a]c"'],
    ["a{2,1}", 'numbers out of order in {} quantifier in "a{2,1}" at "}"'],
    ["a\\", '\\ at end of pattern in "a\\"'],
    ["(?z)", 'unrecognized character after (? or (?- in "(?z)" at "z)"'],
    ["(a)\\2", 'reference to non-existent subpattern in "(a)\\2" at "2"'],
  ])("%s", (pattern, words) => {
    expect(patternError(pattern)).toBe(`pcre2_compile() failed: ${words}`);
  });

  it.each([
    "^/a/(.*)$",
    "[]a]",
    "a{",
    "a{,3}",
    "a++",
    "(?i)^b",
    "(?<name>x)\\k<name>",
    "[[:alpha:]-]",
    "\\Q(\\E",
  ])("%s is none of those", (pattern) => {
    expect(patternError(pattern)).toBeUndefined();
    expect(regularExpression(pattern)).toBeInstanceOf(RegExp);
  });
});

describe("a regular expression matches as PCRE does", () => {
  it.each([
    ["^\\S+$", "a\n", true],
    ["^\\S+$", "a\n\n", false],
    ["^a\\z", "a\n", false],
    ["(?i)^blue", "Blue", true],
    ["a(?i)b|c", "aB", true],
    ["(a(?i)b|c)d", "CD", false],
    ["^[[:digit:]]+$", "12", true],
    ["^[]a]+$", "]a", true],
    ["^\\p{L}+$", "ab", true],
    ["^\\h+$", " \t", true],
    ["^\\Qa.b\\E$", "axb", false],
  ])("%s, %j: %s", (pattern, text, matches) => {
    expect(regularExpression(pattern).test(text)).toBe(matches);
  });
});
