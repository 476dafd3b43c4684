import { drawing } from "./dom.ts";
import {
  BAR,
  GAP,
  layoutOf,
  nodeText,
  type Picture,
  type PictureNode,
  type PictureOptions,
} from "./layout.ts";

/** What is done with a name of the picture: a group opens, any other name is looked for in the table. */
export type Choose = (node: PictureNode) => void;

const FONT = "12px system-ui, sans-serif";

/** How wide a text is in the picture. */
export function textMeasure(): (text: string) => number {
  const context = document.createElement("canvas").getContext("2d");
  if (context) context.font = FONT;
  const known = new Map<string, number>();
  return (text) => {
    const width = known.get(text) ?? context?.measureText(text).width ?? text.length * 7;
    known.set(text, width);
    return width;
  };
}

/** Draws the picture into the SVG element, with one stop for the Tab key and the arrow keys within. */
export function drawPicture(svg: SVGSVGElement, options: PictureOptions, choose: Choose): Picture {
  const focused = document.activeElement?.closest("[data-node]")?.getAttribute("data-node");
  const picture = layoutOf(options);
  const { width, height, nodes, links } = picture;
  svg.setAttribute("viewBox", `0 0 ${width} ${Math.max(1, height)}`);
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  const elements = nodes.map((node) => nodeElement(node, picture, options.measure, choose));
  svg.replaceChildren(
    ...links.map(({ path, tls, width: thickness, from, to, rows }) =>
      drawing(
        "path",
        { d: path, class: `way ${tls.replaceAll(" ", "-")}`, "stroke-width": thickness.toFixed(1) },
        drawing("title", {}, `${from.entry.label} to ${to.entry.label}: ${rows}, TLS ${tls}`),
      ),
    ),
    ...elements,
  );
  const index = nodes.findIndex(({ id }) => id === focused);
  elements[Math.max(0, index)]?.setAttribute("tabindex", "0");
  if (index >= 0) elements[index]?.focus();
  return picture;
}

function nodeElement(
  node: PictureNode,
  { width, room }: Picture,
  measure: (text: string) => number,
  choose: Choose,
): SVGGElement {
  const { entry, column, x, y, height, rows } = node;
  const isGroup = entry.names > 1;
  const isFirst = column === 0;
  const isLast = column === room.length - 1;
  const text = shortened(entry.label, isGroup ? ` (${entry.names})` : "", room[column] ?? 0, measure);
  const said = isGroup
    ? `${nodeText(entry)}: group of ${entry.names} names, opens`
    : `${entry.label}: ${rows} ${rows === 1 ? "backend" : "backends"}`;
  const middle = y + height / 2;
  const group = drawing(
    "g",
    {
      class: isGroup ? "node group" : "node",
      role: "button",
      tabindex: "-1",
      "data-node": node.id,
      "aria-expanded": isGroup ? "false" : undefined,
    },
    // Gives the button its name, too.
    drawing("title", {}, said),
    drawing("rect", {
      class: "area",
      x: String(isFirst ? 0 : x),
      y: (Math.min(y, middle - 8) - 0.5).toFixed(1),
      width: (isFirst ? x + BAR : isLast ? width - x : BAR + GAP + measure(text)).toFixed(1),
      height: (Math.max(height, 16) + 1).toFixed(1),
    }),
    drawing("rect", {
      class: "bar",
      x: x.toFixed(1),
      y: y.toFixed(1),
      width: String(BAR),
      height: height.toFixed(1),
    }),
    drawing(
      "text",
      {
        x: (isFirst ? x - GAP : x + BAR + GAP).toFixed(1),
        y: middle.toFixed(1),
        "text-anchor": isFirst ? "end" : "start",
        "dominant-baseline": "central",
      },
      text,
    ),
  );
  group.addEventListener("click", () => choose(node));
  group.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(node);
    } else move(event, group, column);
  });
  return group;
}

/** The arrow keys go up and down in a column, and across to the name of the next column that is nearest. */
function move(event: KeyboardEvent, from: SVGGElement, column: number): void {
  const all = [...(from.ownerSVGElement?.querySelectorAll<SVGGElement>("[data-node]") ?? [])];
  const columnOf = (one: SVGGElement) => Number(one.dataset.node?.split(" ")[0]);
  const own = all.filter((one) => columnOf(one) === column);
  const at = own.indexOf(from);
  const across = (other: number) => {
    const top = from.getBoundingClientRect().top;
    const distance = (one: SVGGElement) => Math.abs(one.getBoundingClientRect().top - top);
    return all.filter((one) => columnOf(one) === other).sort((a, b) => distance(a) - distance(b))[0];
  };
  const targets: Record<string, () => SVGGElement | undefined> = {
    ArrowUp: () => own[at - 1],
    ArrowDown: () => own[at + 1],
    ArrowLeft: () => across(column - 1),
    ArrowRight: () => across(column + 1),
    Home: () => own[0],
    End: () => own.at(-1),
  };
  const target = targets[event.key]?.();
  if (!target) return;
  event.preventDefault();
  from.setAttribute("tabindex", "-1");
  target.setAttribute("tabindex", "0");
  target.focus();
}

/** As much of a text as there is room for, with what stands behind it in any case. */
function shortened(text: string, behind: string, room: number, measure: (text: string) => number): string {
  if (measure(text + behind) <= room) return text + behind;
  let [least, most] = [0, text.length];
  while (least < most) {
    const length = Math.ceil((least + most) / 2);
    if (measure(`${text.slice(0, length)}…${behind}`) <= room) least = length;
    else most = length - 1;
  }
  return `${text.slice(0, least)}…${behind}`;
}
