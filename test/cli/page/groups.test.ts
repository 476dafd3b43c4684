import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { domainOf, entriesOf, HOSTS, LIMIT, type Unit } from "../../../cli/page/groups.ts";

function unit(host: string, place = "zone-1"): Unit {
  const exit = { host, place } as Unit["row"]["exit"];
  return { row: { exit, ways: ["gateway"], searched: host }, place, way: "gateway", host };
}
const numbered = (count: number, name: (index: number) => string, place?: string) =>
  Array.from({ length: count }, (_, index) => unit(name(index), place));
const shown = (units: Unit[], opened: string[] = []) =>
  entriesOf(units, HOSTS, new Map(opened.map((key) => [key, ""])));
const texts = (units: Unit[], opened?: string[]) =>
  shown(units, opened).map(({ label, names }) => (names > 1 ? `${label} (${names})` : label));

describe("a column", () => {
  test("shows up to 60 names by themselves", () => {
    expect(texts(numbered(LIMIT, (index) => `a${index}.example`))).toHaveLength(LIMIT);
  });

  test("says in words what a name that is not known, and one for all, stand for", () => {
    const entries = shown([unit("?"), unit("*"), unit("a.example")]);
    expect(entries.map(({ label }) => label)).toEqual(["not known", "any host", "a.example"]);
    // The table has them as they are.
    expect(entries.map(({ searched }) => searched)).toEqual(["?", "*", "a.example"]);
  });

  test("puts more together by their domain; a name that is the only one of it stays", () => {
    const units = [...numbered(70, (index) => `a${index}.one.example`), unit("b.two.example")];
    expect(texts(units)).toEqual(["one.example (70)", "b.two.example"]);
  });

  test("and by place where that makes too many groups", () => {
    const units = [
      ...numbered(50, (index) => `a${index}.one.example`),
      ...numbered(100, (index) => `b.c${index}.example`, "zone-1"),
      ...numbered(100, (index) => `d.e${index}.example`, "zone-2"),
    ];
    expect(texts(units)).toEqual(["one.example (50)", "others: zone-1 (100)", "others: zone-2 (100)"]);
  });

  test("and by the alphabet where nothing else divides them", () => {
    const names = texts(numbered(100, (index) => `a${100 + index}.one.example`));
    expect(names).toEqual([
      "a100.one.example … a139.one.example (40)",
      "a140.one.example … a179.one.example (40)",
      "a180.one.example … a199.one.example (20)",
    ]);
  });

  test("opens a group, and one within it", () => {
    const units = [...numbered(70, (index) => `a${index}.one.example`), unit("b.two.example")];
    const [group] = shown(units);
    const [range] = shown(units, [group?.key ?? ""]);
    expect(range?.label).toMatch(/^a0\.one\.example … /);
    expect(texts(units, [group?.key ?? "", range?.key ?? ""])).toHaveLength(40 + 2);
  });

  test("holds every unit once, whatever the names are and whatever is open", () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.string());
    const one = fc.tuple(host, fc.constantFrom("zone-1", "zone-2", "one.example"));
    fc.assert(
      fc.property(fc.array(one, { minLength: 50, maxLength: 400 }), fc.nat(), (list, at) => {
        const units = list.map(([name, place]) => unit(name, place));
        const closed = shown(units);
        expect(closed.length).toBeLessThanOrEqual(LIMIT);
        for (const entries of [closed, shown(units, [closed[at % closed.length]?.key ?? ""])]) {
          const all = entries.flatMap((entry) => entry.units);
          expect(all).toHaveLength(units.length);
          expect(new Set(all)).toEqual(new Set(units));
          expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
        }
      }),
      { numRuns: 200 },
    );
  });
});

test("the domain of a host", () => {
  const domains = {
    "api.example.com": "example.com",
    "a.b.example.co.uk": "example.co.uk",
    "example.de": "example.de",
    "shop.example.de": "example.de",
    localhost: "localhost",
    "10.1.2.3": "10.1.*.*",
    "10.1.2.0/24": "10.1.*.*",
    "2001:db8::1": "2001:db8:…",
    "*.example.org": "example.org",
    "*": "*",
    "?": "?",
    ".": ".",
  };
  for (const [host, domain] of Object.entries(domains)) expect(domainOf(host)).toBe(domain);
});
