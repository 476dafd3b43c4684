import type { Page } from "playwright-core";

/** The kinds of TLS, with what the legend says of them, as the page has them. */
interface Swatch {
  kind: string;
  text: string;
  color: string;
}

interface Drawn {
  width: number;
  height: number;
  page: string;
  line: string;
  text: string;
  legend: Swatch[];
  ways: { path: string; kind: string; width: string }[];
  names: { text: string; anchor: string; x: number; y: number; bar: number[] }[];
}

/** Reads what the page has drawn. Runs in the browser, for whose document this file has no types. */
const READ = `(() => {
  const svg = document.querySelector("#frame svg");
  const number = (one, name) => Number(one.getAttribute(name));
  const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const kinds = [...document.querySelectorAll(".legend li")];
  return {
    width: number(svg, "width"),
    height: number(svg, "height"),
    page: variable("--page"),
    line: variable("--line"),
    text: variable("--text"),
    legend: kinds.map((one) => ({
      kind: one.className,
      text: one.textContent,
      color: getComputedStyle(one, "::before").backgroundColor,
    })),
    ways: [...svg.querySelectorAll("path")].map((one) => ({
      path: one.getAttribute("d"),
      kind: one.getAttribute("class").replace("way ", ""),
      width: one.getAttribute("stroke-width"),
    })),
    names: [...svg.querySelectorAll("[data-node]")].map((one) => {
      const [text, bar] = [one.querySelector("text"), one.querySelector(".bar")];
      return {
        text: text.textContent,
        anchor: text.getAttribute("text-anchor"),
        x: number(text, "x"),
        y: number(text, "y"),
        bar: ["x", "y", "width", "height"].map((name) => number(bar, name)),
      };
    }),
  };
})()`;

/** Around the picture. */
const MARGIN = 20;
const LEGEND = 34;

/**
 * The picture of a page as a file of its own. It has a background, dark where the reader prefers that, so that it can be read on
 * a white page and on a dark one.
 */
export async function waysOut(page: Page): Promise<string> {
  await page.emulateMedia({ colorScheme: "light" });
  const light = await page.evaluate<Drawn>(READ);
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await page.evaluate<Drawn>(READ);
  const { ways, names, legend } = light;
  const [width, height] = [light.width + 2 * MARGIN, light.height + 2 * MARGIN + LEGEND];
  const used = legend.filter(({ kind }) => ways.some((way) => way.kind === kind));
  let x = 0;
  const swatches = used.map(({ kind, text }) => {
    const at = x;
    x += 46 + text.length * 6.2;
    return `<rect class="${kind} swatch" x="${at.toFixed(0)}" y="-9" width="16" height="10" rx="2"/><text x="${(at + 22).toFixed(0)}">${escaped(text)}</text>`;
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    "<title>The ways out of gateways and a mesh: from places on the left to host names on the right</title>",
    "<style>",
    "text { font: 12px system-ui, sans-serif; paint-order: stroke; stroke-width: 3px; stroke-linejoin: round }",
    ".way { fill: none; stroke-opacity: 0.45 }",
    ...rules(light),
    "@media (prefers-color-scheme: dark) {",
    ...rules(dark),
    "}",
    "</style>",
    `<rect class="page" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    `<g transform="translate(${MARGIN} ${MARGIN})">`,
    ...ways.map((one) => `<path class="way ${one.kind}" d="${one.path}" stroke-width="${one.width}"/>`),
    ...names.map(({ text, anchor, x: left, y, bar: [barX, barY, barWidth, barHeight] }) =>
      [
        `<rect class="bar" x="${barX}" y="${barY}" width="${barWidth}" height="${barHeight}"/>`,
        `<text x="${left}" y="${y}" text-anchor="${anchor}" dominant-baseline="central">${escaped(text)}</text>`,
      ].join(""),
    ),
    "</g>",
    `<g transform="translate(${MARGIN} ${height - MARGIN + 4})">${swatches.join("")}</g>`,
    "</svg>",
  ].join("\n")}\n`;
}

function rules({ page, line, text, legend }: Drawn): string[] {
  return [
    `.page { fill: ${page}; stroke: ${line} }`,
    `.bar { fill: ${text} }`,
    `text { fill: ${text}; stroke: ${page} }`,
    ...legend.map(
      ({ kind, color }) => `.way.${kind} { stroke: ${color} } .swatch.${kind} { fill: ${color} }`,
    ),
  ];
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
