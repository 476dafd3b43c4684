import { bare } from "../../provider/model/fields.ts";
import type { DialectName, Kind } from "../../provider/model/kind.ts";
import { KINDS } from "../../provider/model/kinds.ts";

/** What both servers are called. */
export const PRODUCTS: Record<DialectName, string> = { apisix: "APISIX", kuma: "Kuma" };

const PLACES: Record<DialectName, string> = { apisix: "gateway", kuma: "control plane" };

/** The kinds of a server, in the order of the table. */
export function kindsOf(dialect: DialectName): Kind[] {
  return KINDS.filter((kind) => kind.dialect === dialect);
}

/** The name of a kind's class: `Route`. */
export function className({ type }: Kind): string {
  return type.replace(/^.*:/, "");
}

/** As a program calls it: `apisix.Route`. */
export function qualifiedName({ type }: Kind): string {
  return type.replace(":", ".");
}

/** What a kind's id is made of: `MESH/NAME`. */
export function idForm({ identity }: Kind): string {
  return identity.map((field) => field.replace(/[A-Z]/g, "_$&").toUpperCase()).join("/");
}

/** Where an object is: at the gateway or the control plane. */
export function placeOf({ dialect }: Kind): string {
  return PLACES[dialect];
}

/** At which servers a kind is written, in a few words. */
export function writtenAt({ dialect, side }: Kind): string {
  if (dialect === "apisix") return "Admin API";
  if (typeof side === "function") return 'global control plane, or the zone\'s with `origin: "zone"`';
  return side === "zone" ? "the zone's control plane" : "global control plane";
}

/** Which versions of the server have a kind, as a sentence; nothing where all have it. */
export function releasesOf({ dialect, releases }: Kind): string | undefined {
  if (!releases) return undefined;
  const { since, until, instead } = releases;
  const product = PRODUCTS[dialect];
  const when = [
    ...(since ? [`since ${product} ${since}`] : []),
    ...(until ? [`until ${product} ${until}`] : []),
  ];
  return `There ${when.join(" and ")}; otherwise use ${instead}.`;
}

/** What the labels say of an object's owner, where there are none. */
export const UNLABELLED =
  "It has no labels at the server, so nothing there says whose it is: one that exists already is taken over only if it equals what is declared, or with `adopt: true`; two stacks that declare the same one are not told apart.";

/** What replacing an object of a kind means, where it is not done as usual. */
export const EXCLUSIVE =
  "A new id deletes the old object before the new one is made, where the server does not take both.";

/** True where objects of a kind carry their owner. */
export function isLabelled({ schema }: Kind): boolean {
  return "labels" in schema.shape;
}

/** The outputs that a kind's class declares: name and sentence. */
export function outputsOf(kind: Kind): [name: string, sentence: string][] {
  const identity = kind.identity.map((field): [string, string] => {
    const { description = "" } = bare(kind.schema.shape[field] ?? kind.schema);
    // What follows is about the argument: its form, its default, what a new one does.
    return [field, `${/^[^.:]*/.exec(description)?.[0] ?? ""}.`];
  });
  return [...identity, ...Object.entries(kind.outputs ?? {})];
}

/** What a kind is, in one sentence. */
export function firstSentence({ doc }: Kind): string {
  return withoutLinks(doc).replace(/\. .*/s, ".");
}

/** A text without links to what is in the same file. */
export function withoutLinks(text: string): string {
  return text.replace(/\{@link (\w+)\}/g, "`$1`");
}
