import { type SankeyNode, sankey, sankeyLinkHorizontal } from "d3-sankey";
import type { MapRow } from "../map-answer.ts";
import { type Entry, entriesOf, HOSTS, PLACES, type Unit, WAYS } from "./groups.ts";

/** A name in the picture, and where it is drawn. */
export interface PictureNode {
  id: string;
  column: number;
  entry: Entry;
  /** How many rows it stands for. */
  rows: number;
  x: number;
  y: number;
  height: number;
}

/** A way between two names, and how it is drawn. */
export interface PictureLink {
  from: PictureNode;
  to: PictureNode;
  tls: MapRow["tls"];
  rows: number;
  path: string;
  width: number;
}

/** The picture of the ways out. */
export interface Picture {
  width: number;
  height: number;
  nodes: PictureNode[];
  links: PictureLink[];
  /** How wide the names of each column may be. */
  room: number[];
}

/** Width of a name's bar. */
export const BAR = 10;
/** Between a bar and its name. */
export const GAP = 6;
/** Between two names of a column, and so the most that a line of text may take. */
export const LINE = 17;
/** A picture that is narrower has no column for the gateway or mesh. */
const NARROW = 640;

interface NodeDatum {
  id: string;
  column: number;
  entry: Entry;
}
interface LinkDatum {
  source: string;
  target: string;
  value: number;
  tls: MapRow["tls"];
}

/** What the picture is drawn from. */
export interface PictureOptions {
  units: readonly Unit[];
  /** The groups that are open, by key. */
  opened: ReadonlyMap<string, string>;
  width: number;
  /** How wide a text is. */
  measure: (text: string) => number;
}

/** Places, gateways and meshes, and host names, as a diagram of Sankey. Names of a column are never nearer than a line. */
export function layoutOf({ units, opened, width, measure }: PictureOptions): Picture {
  const hosts = entriesOf(units, HOSTS, opened);
  const places = entriesOf(units, PLACES, opened);
  const ways = entriesOf(units, WAYS, opened);
  const columns = width < NARROW ? [places, hosts] : [places, ways, hosts];
  const widest = (entries: readonly Entry[]) => Math.max(0, ...entries.map((one) => measure(nodeText(one))));
  const [left, right] = [
    Math.min(widest(places) + GAP + 2, width * 0.3),
    Math.min(widest(hosts) + GAP + 2, width * (width < NARROW ? 0.45 : 0.3)),
  ];
  const between = (width - left - right - BAR) / (columns.length - 1) - BAR - 3 * GAP;
  const room = columns.map((_, index) =>
    index === 0 ? left - GAP : index === columns.length - 1 ? right - GAP : between,
  );
  const rows = Math.max(1, ...columns.map((entries) => entries.length));
  const height = Math.max(rows * (LINE + 5), Math.min(rows, 8) * 44);
  const nodes = columns.flatMap((entries, column) =>
    entries.map((entry) => ({ id: `${column} ${entry.key}`, column, entry })),
  );
  if (nodes.length === 0) return { width, height: 0, nodes: [], links: [], room };
  const links = linksOf(columns);
  const graph = sankey<NodeDatum, LinkDatum>()
    .nodeId(({ id }) => id)
    .nodeWidth(BAR)
    .nodePadding(LINE)
    .extent([
      [left, LINE / 2],
      [width - right, height - LINE / 2],
    ])({ nodes, links });
  const drawn = new Map(graph.nodes.map((node) => [node.id, drawnNode(node)]));
  const pathOf = sankeyLinkHorizontal<NodeDatum, LinkDatum>();
  return {
    ...{ width, height, room },
    nodes: [...drawn.values()].sort((a, b) => a.column - b.column || a.y - b.y),
    links: graph.links.flatMap((link) => {
      const [from, to] = [drawn.get(idOf(link.source)), drawn.get(idOf(link.target))];
      const path = pathOf(link);
      if (!from || !to || path === null) return [];
      const { tls, value, width: thickness = 1 } = link;
      return [{ from, to, tls, rows: value, path, width: Math.max(1, thickness) }];
    }),
  };
}

/** The text of a name: that of a group with how many names are in it. */
export function nodeText({ label, names }: Entry): string {
  return names > 1 ? `${label} (${names})` : label;
}

function linksOf(columns: readonly (readonly Entry[])[]): LinkDatum[] {
  const entryOf = columns.map(
    (entries) => new Map(entries.flatMap(({ key, units }) => units.map((unit) => [unit, key] as const))),
  );
  const links = new Map<string, LinkDatum>();
  for (let column = 0; column < columns.length - 1; column += 1)
    for (const [unit, key] of entryOf[column] ?? []) {
      const { tls } = unit.row.exit;
      const source = `${column} ${key}`;
      const target = `${column + 1} ${entryOf[column + 1]?.get(unit)}`;
      const id = JSON.stringify([source, target, tls]);
      const link = links.get(id) ?? { source, target, tls, value: 0 };
      link.value += 1;
      links.set(id, link);
    }
  return [...links.values()];
}

function drawnNode({ id, column, entry, x0 = 0, y0 = 0, y1 = 0 }: SankeyNode<NodeDatum, LinkDatum>) {
  const rows = new Set(entry.units.map(({ row }) => row)).size;
  const height = Math.max(2, y1 - y0);
  return { id, column, entry, rows, x: x0, y: (y0 + y1) / 2 - height / 2, height };
}

/** The id of a link's end; the layout has put the name itself in its place. */
function idOf(end: string | number | SankeyNode<NodeDatum, LinkDatum>): string {
  return typeof end === "object" ? end.id : String(end);
}
