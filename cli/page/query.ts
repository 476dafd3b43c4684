import type { PageOwner, Row } from "./data.ts";
import { IN_NO_STACK } from "./data.ts";

/** What is looked for. */
export interface Query {
  /** Words that a row must have, in any order. */
  search: string;
  /** The chosen value of each filter, by the filter's key; none for all. */
  chosen: ReadonlyMap<string, string>;
  /** A resource to which rows must lead. */
  owner: PageOwner | undefined;
}

/** A filter: which values a row has for it. */
export interface Filter {
  key: string;
  label: string;
  valuesOf: (row: Row) => readonly string[];
}

/** The filters of a page whose rows are grouped by that. */
export function filtersFor(by: string): Filter[] {
  const filters: Filter[] = [
    { key: "tls", label: "TLS", valuesOf: ({ exit }) => [exit.tls] },
    { key: "protocol", label: "Protocol", valuesOf: ({ exit }) => [exit.protocol] },
    { key: "place", label: "Place", valuesOf: ({ exit }) => [exit.place] },
    {
      key: "owner",
      label: "Owner",
      valuesOf: ({ exit }) => exit.owners.map(({ stack }) => stack ?? IN_NO_STACK),
    },
  ];
  const isShownAlready = by === "stack" || by === "place";
  const label = `${by.slice(0, 1).toUpperCase()}${by.slice(1)}`;
  return isShownAlready
    ? filters
    : [...filters, { key: "group", label, valuesOf: ({ exit }) => [exit.group || "(none)"] }];
}

/** The values that a filter can have among these rows, sorted. */
export function valuesAmong(rows: readonly Row[], { valuesOf }: Filter): string[] {
  return [...new Set(rows.flatMap(valuesOf))].sort();
}

/** The rows that a query finds. */
export function found(rows: readonly Row[], filters: readonly Filter[], query: Query): Row[] {
  const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
  const active = filters.flatMap((filter) => {
    const value = query.chosen.get(filter.key);
    return value === undefined ? [] : [{ filter, value }];
  });
  const { owner } = query;
  return rows.filter(
    (row) =>
      words.every((word) => row.searched.includes(word)) &&
      active.every(({ filter, value }) => filter.valuesOf(row).includes(value)) &&
      (!owner || row.exit.owners.includes(owner)),
  );
}
