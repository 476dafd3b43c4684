/** A curve of a plot: numbers of objects, and seconds. */
export interface Series {
  name: string;
  points: readonly (readonly [objects: number, seconds: number])[];
}

const [WIDTH, HEIGHT] = [860, 420];
const EDGE = { left: 60, right: 320, top: 24, bottom: 50 };
/** Each with a contrast of 3.3 at least on white and on the black of dark pages. */
const COLOURS = ["#d0492f", "#b87a0e", "#2f7fd0", "#2f9e6b"];
/** Tells curves apart for those who see no difference of colours. */
const DASHES = ["3 4", "9 4", "", "14 4 3 4"];
/** With a contrast of 4.1 at least on both. */
const GREY = "#767676";

/** An SVG with seconds over numbers of objects, both by powers of ten. It has no background. */
export function plot(series: readonly Series[]): string {
  const all = series.flatMap(({ points }) => points);
  const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
  const across = scale(powers(xs), EDGE.left, WIDTH - EDGE.right);
  const up = scale(powers(ys), HEIGHT - EDGE.bottom, EDGE.top);
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="14">`,
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
    const dash = DASHES[index % DASHES.length];
    const stroke = `stroke="${colour}" stroke-width="2.5"${dash ? ` stroke-dasharray="${dash}"` : ""}`;
    lines.push(`<polyline points="${path}" fill="none" ${stroke}/>`);
    for (const [x, y] of points)
      lines.push(`<circle cx="${round(across(x))}" cy="${round(up(y))}" r="3.5" fill="${colour}"/>`);
    const [left, place] = [WIDTH - EDGE.right + 24, EDGE.top + 16 + index * 26];
    lines.push(
      `<line x1="${left}" y1="${place - 5}" x2="${left + 30}" y2="${place - 5}" ${stroke}/>`,
      `<circle cx="${left + 15}" cy="${place - 5}" r="3.5" fill="${colour}"/>`,
      text(left + 38, place, name, "start"),
    );
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
