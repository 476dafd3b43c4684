import { expect, test } from "vitest";
import { plot } from "../tools/bench-plot.ts";

const svg = plot([
  { name: "a resource each", points: [[10, 0.5]] },
  { name: "a resource each, no checkpoints", points: [[10, 0.4]] },
  { name: "bundle", points: [[10, 0.2]] },
  { name: "bundle, plugin", points: [[10_000, 6]] },
]);

/** How bright a colour such as `#2f7fd0` is, as WCAG has it. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

test("the plot of large stacks can be read on white and on dark pages", () => {
  const colours = (pattern: RegExp) => [...svg.matchAll(pattern)].map(([, colour = ""]) => colour);
  for (const page of ["#ffffff", "#0d1117"]) {
    for (const colour of colours(/<text [^>]*fill="(#\w+)"/g))
      expect(contrast(colour, page)).toBeGreaterThan(4);
    for (const colour of colours(/<(?:polyline|circle)[^>]*"(#\w+)"/g))
      expect(contrast(colour, page)).toBeGreaterThan(3);
  }
});

test("the names of the curves fit into the plot, and no two curves look alike without colours", () => {
  const [, width = "0"] = /viewBox="0 0 (\d+) /.exec(svg) ?? [];
  for (const [, x = "0", name = ""] of svg.matchAll(/<text x="([\d.]+)"[^>]*anchor="start"[^>]*>([^<]*)</g))
    expect(Number(x) + name.length * 7.5).toBeLessThan(Number(width));
  const drawn = [...svg.matchAll(/<polyline points="([^"]*)"[^>]*?(stroke-dasharray="[^"]*")?\/>/g)];
  expect(new Set(drawn.map(([, , dash]) => dash)).size).toBe(4);
});
