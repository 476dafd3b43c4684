import type { Row } from "./data.ts";

/** One way on which one row is reached. */
export interface Unit {
  row: Row;
  place: string;
  way: string;
  host: string;
}

/** A name in a column of the picture: one, or several together. */
export interface Entry {
  /** Tells it from the others of its column, and keeps a group open while the rows change. */
  key: string;
  label: string;
  /** What is looked for in the table when it is chosen. */
  searched: string;
  /** How many names are together here; 1 for a name by itself. */
  names: number;
  units: Unit[];
}

/** The most names that a column shows without groups, and that a group shows when it is opened. */
export const LIMIT = 60;
/** How many names stand together, at least, where only the alphabet is left to divide them by. */
const RANGE = 40;

/** What names can be put together by. */
export type Split = (unit: Unit) => string;

/** A column of the picture. */
export interface Column {
  key: string;
  nameOf: (unit: Unit) => string;
  /** What is shown of a name. */
  labelOf: (name: string) => string;
  /** How names are put together where they are too many, the first that makes few enough groups. */
  splits: readonly Split[];
}

/** From where something is reached. */
export const PLACES: Column = {
  key: "place",
  nameOf: ({ place }) => place,
  labelOf: (name) => name,
  splits: [],
};
/** By what: a gateway or a mesh, each of its place. */
export const WAYS: Column = {
  key: "way",
  nameOf: ({ place, way }) => `${way}\n${place}`,
  labelOf: (name) => name.replace(/\n.*$/s, ""),
  splits: [({ place }) => place],
};
/** What is reached: by domain where there are many names, and what is of small domains by place. */
export const HOSTS: Column = {
  key: "host",
  nameOf: ({ host }) => host,
  labelOf: (name) => (name === "?" ? "not known" : name === "*" ? "any host" : name),
  splits: [({ host }) => domainOf(host), ({ place }) => place],
};

/** The ways on which rows are reached. */
export function unitsOf(rows: readonly Row[]): Unit[] {
  return rows.flatMap((row) =>
    row.ways.map((way) => ({ row, place: row.exit.place, way, host: row.exit.host })),
  );
}

/**
 * The entries of a column. Where there are more than {@link LIMIT} names they are put together in groups; a group that is open
 * shows what is in it, in the same manner.
 */
export function entriesOf(
  units: readonly Unit[],
  column: Column,
  opened: ReadonlyMap<string, string>,
  path: string = column.key,
): Entry[] {
  const { nameOf, labelOf } = column;
  const single = (name: string, own: Unit[], inside: string): Entry => ({
    key: `${inside}\nname ${name}`,
    label: labelOf(name),
    searched: own[0] !== undefined && column.key === HOSTS.key ? own[0].host : labelOf(name),
    names: 1,
    units: own,
  });
  const byName = Map.groupBy(units, nameOf);
  if (byName.size <= LIMIT) return [...byName].map(([name, own]) => single(name, own, path));
  return partsOf(units, column, column.splits, LIMIT).flatMap(({ key: own, label, units: inner }) => {
    const key = `${path}\n${own}`;
    const names = new Set(inner.map(nameOf));
    const [only = ""] = names;
    if (names.size === 1) return [single(only, inner, key)];
    if (opened.has(key)) return entriesOf(inner, column, opened, key);
    return [{ key, label, searched: label, names: names.size, units: inner }];
  });
}

interface Part {
  key: string;
  label: string;
  units: Unit[];
}

/**
 * Divides a column's units into at most so many parts: by the first split that makes more than one. Where it makes too many,
 * those with the most names are parts, and the next split divides what is left; at last the alphabet does.
 */
function partsOf(units: readonly Unit[], column: Column, splits: readonly Split[], most: number): Part[] {
  const [split, ...next] = splits;
  if (!split) return ranges(units, column, most);
  const namesIn = (list: readonly Unit[]) => new Set(list.map(column.nameOf)).size;
  const parts = [...Map.groupBy(units, split)].map(([label, own]) => ({
    ...{ key: `${splits.length} ${label}`, label },
    ...{ units: own, names: namesIn(own) },
  }));
  if (parts.length === 1) return partsOf(units, column, next, most);
  if (parts.length <= most) return parts;
  const large = parts
    .filter(({ names }) => names > 1)
    .sort((a, b) => b.names - a.names)
    .slice(0, Math.floor(most / 2));
  const chosen = new Set<Part>(large);
  const left = parts.filter((part) => !chosen.has(part)).flatMap((part) => part.units);
  const others = partsOf(left, column, next, most - large.length);
  return [
    ...large,
    ...others.map((part) => ({ ...part, label: large.length > 0 ? `others: ${part.label}` : part.label })),
  ];
}

function ranges(units: readonly Unit[], { nameOf, labelOf }: Column, most: number): Part[] {
  const byName = Map.groupBy(units, nameOf);
  const names = [...byName.keys()].sort();
  const size = Math.max(RANGE, Math.ceil(names.length / most));
  return Array.from({ length: Math.ceil(names.length / size) }, (_, index) => {
    const own = names.slice(index * size, (index + 1) * size);
    const [first = "", last = ""] = [own[0], own.at(-1)].map((name = "") => labelOf(name));
    return {
      key: `0 ${first}`,
      label: own.length > 1 ? `${first} … ${last}` : first,
      units: own.flatMap((name) => byName.get(name) ?? []),
    };
  });
}

/**
 * The domain of a host name: its last two labels, or three where the last two are those of a country (`example.co.uk`). Of an
 * address, its network.
 */
export function domainOf(host: string): string {
  const [, network] = /^(\d+\.\d+)\.\d+\.\d+(\/\d+)?$/.exec(host) ?? [];
  if (network !== undefined) return `${network}.*.*`;
  if (host.includes(":")) return `${host.split(":").slice(0, 2).join(":")}:…`;
  const labels = host.split(".").filter(Boolean);
  const [second = "", last = ""] = labels.slice(-2);
  const isOfCountry = last.length === 2 && second.length <= 3 && labels.length > 2;
  return labels.slice(isOfCountry ? -3 : -2).join(".") || host;
}
