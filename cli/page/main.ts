import { ownerLine } from "../ownership.ts";
import { makeControls } from "./controls.ts";
import { type PageData, rowsOf } from "./data.ts";
import { byId, drawing, element } from "./dom.ts";
import { type Unit, unitsOf } from "./groups.ts";
import type { PictureNode } from "./layout.ts";
import { type Packed, unpack } from "./pack.ts";
import { drawPicture, textMeasure } from "./picture.ts";
import { filtersFor, found } from "./query.ts";
import { certificateText, makeTable } from "./table.ts";

const data = unpack(JSON.parse(byId("data").textContent ?? "") as Packed) as PageData;
const rows = rowsOf(data.answer);
const filters = filtersFor(data.by);
const svg = drawing("svg", {
  role: "group",
  "aria-labelledby": "picture-title",
  "aria-describedby": "hint",
});
const measure = textMeasure();
/** The groups of the picture that are open: their labels by their keys. */
const opened = new Map<string, string>();
let units: Unit[] = [];

const controls = makeControls({ rows, filters, changed: show });
const table = makeTable(byId("backends"), controls.chooseOwner);

/** Shows what the search and the filters find, in the table and in the picture. */
function show(): void {
  const now = found(rows, filters, controls.query());
  units = unitsOf(now);
  byId("count").textContent =
    now.length === rows.length
      ? `${counted(rows.length)}`
      : `${now.length.toLocaleString("en")} of ${counted(rows.length)}`;
  table.show(now);
  draw();
}

function counted(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "backend" : "backends"}`;
}

/** Draws the picture as wide as there is room for it. */
function draw(): void {
  const frame = byId("frame");
  const width = Math.max(240, Math.floor(frame.clientWidth));
  drawPicture(svg, { units, opened, width, measure }, choose);
  byId("picture").hidden = units.length === 0;
  const chips = [...opened].map(([key, label]) => {
    const chip = element("button", { type: "button" }, `Close ${label}`);
    chip.addEventListener("click", () => {
      for (const other of opened.keys())
        if (other === key || other.startsWith(`${key}\n`)) opened.delete(other);
      draw();
      focusNode((id) => id.endsWith(` ${key}`));
    });
    return chip;
  });
  byId("opened").replaceChildren(...chips);
}

/** A group opens and shows the first of its names; another name is looked for. */
function choose({ entry, column }: PictureNode): void {
  if (entry.names > 1) {
    opened.set(entry.key, entry.label);
    draw();
    focusNode((id) => id.startsWith(`${column} ${entry.key}\n`));
  } else if (column === 0) controls.chooseValue("place", entry.label);
  else controls.search(entry.searched);
}

function focusNode(isIt: (id: string) => boolean): void {
  const nodes = [...document.querySelectorAll<SVGGElement>("[data-node]")];
  const target = nodes.find(({ dataset }) => isIt(dataset.node ?? ""));
  if (!target) return;
  for (const node of nodes) node.setAttribute("tabindex", node === target ? "0" : "-1");
  target.focus();
}

/** What there is to say beside the rows. */
function showRest(): void {
  const { ending, comparison, notes } = data.answer;
  const parts: [title: string, lines: string[]][] = [
    [`Certificates that end within ${data.days} days`, ending.map(certificateText)],
    ["At a server and in no state", (comparison?.unmanaged ?? []).map(ownerLine)],
    [
      "Otherwise at the server than in the state",
      (comparison?.differing ?? []).map(({ owner, fields }) => `${ownerLine(owner)}: ${fields.join(", ")}`),
    ],
    ["In a state and not at the server", (comparison?.missing ?? []).map(ownerLine)],
    ["Not known", notes],
  ];
  for (const [title, lines] of parts)
    if (lines.length > 0)
      byId("rest").append(
        element("h2", {}, title),
        element("ul", {}, ...lines.map((line) => element("li", {}, line))),
      );
}

byId("made").textContent = `As it was on ${data.made.slice(0, 16).replace("T", " at ")} UTC.`;
showRest();
byId("frame").append(svg);
show();
new ResizeObserver(() => {
  if (Math.abs(Number(svg.getAttribute("width")) - byId("frame").clientWidth) > 1) draw();
}).observe(byId("frame"));
requestAnimationFrame(() => setTimeout(() => performance.mark("usable")));
