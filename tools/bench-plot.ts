/** A curve of a plot: numbers of objects, and seconds. */
export interface Series {
  name: string;
  points: readonly (readonly [objects: number, seconds: number])[];
}

const [WIDTH, HEIGHT] = [760, 420];
const EDGE = { left: 60, right: 230, top: 20, bottom: 50 };
/** Readable on white and on dark. */
const COLOURS = ["#d0492f", "#c98a1b", "#2f7fd0", "#2f9e6b"];
const GREY = "#808080";

/** An SVG with seconds over numbers of objects, both by powers of ten. It has no background. */
export function plot(series: readonly Series[]): string {
  const all = series.flatMap(({ points }) => points);
  const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
  const across = scale(powers(xs), EDGE.left, WIDTH - EDGE.right);
  const up = scale(powers(ys), HEIGHT - EDGE.bottom, EDGE.top);
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
    "<title>CPU seconds of a first pulumi up, above those of an empty program, over the number of objects</title>",
    ...powers(xs).map((x) =>
      grid(across(x), EDGE.top, across(x), HEIGHT - EDGE.bottom, across(x), HEIGHT - 30, x, "middle"),
    ),
    ...powers(ys).map((y) =>
      grid(EDGE.left, up(y), WIDTH - EDGE.right, up(y), EDGE.left - 8, up(y) + 4, y, "end"),
    ),
    text((EDGE.left + WIDTH - EDGE.right) / 2, HEIGHT - 8, "objects", "middle"),
    text(EDGE.left + 8, 14, "CPU seconds of a first up", "start"),
  ];
  for (const [index, { name, points }] of series.entries()) {
    const colour = COLOURS[index % COLOURS.length] ?? GREY;
    const path = points.map(([x, y]) => `${round(across(x))},${round(up(y))}`).join(" ");
    lines.push(`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2.5"/>`);
    for (const [x, y] of points)
      lines.push(`<circle cx="${round(across(x))}" cy="${round(up(y))}" r="3.5" fill="${colour}"/>`);
    const place = EDGE.top + 20 + index * 22;
    lines.push(
      `<rect x="${WIDTH - EDGE.right + 14}" y="${place - 10}" width="12" height="12" fill="${colour}"/>`,
    );
    lines.push(text(WIDTH - EDGE.right + 32, place, name, "start"));
  }
  return `${lines.join("\n")}\n</svg>\n`;
}

function grid(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  x: number,
  y: number,
  value: number,
  anchor: string,
) {
  const line = `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${GREY}" stroke-opacity="0.35"/>`;
  return `${line}${text(x, y, value.toLocaleString("en-US"), anchor)}`;
}

function text(x: number, y: number, content: string, anchor: string): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${GREY}">${content}</text>`;
}

/** The powers of ten around values. */
function powers(values: readonly number[]): number[] {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: to - from + 1 }, (_, index) => Number(`1e${from + index}`));
}

function scale(marks: readonly number[], from: number, to: number): (value: number) => number {
  const [least, most] = [Math.log10(marks[0] ?? 1), Math.log10(marks.at(-1) ?? 10)];
  return (value) => from + ((Math.log10(value) - least) / (most - least)) * (to - from);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
