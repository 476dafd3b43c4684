import { bundleOf } from "../provider/model/bundle/types.ts";
import { partsOfUrn, typeOf } from "../provider/model/inventory/pulumi.ts";
import type { Declared } from "../provider/model/lints/facts.ts";
import { namesOf } from "../provider/model/lints/finding.ts";

/** The resource's URN; that of its bundle, for an entry. @internal */
export function urnOf(urn: string | undefined): string | undefined {
  return urn?.split("#")[0];
}

/** What reports call the resource with this URN, as in `"httpbin"` or `routes.payments of bundle "edge"`. @internal */
export function labelOf(urn: string): string {
  return entryIn(urn) ?? `"${partsOfUrn(urnOf(urn) ?? "").name}"`;
}

/** What reports call what has been found: each entry of a bundle by its place. @internal */
export function foundNames(found: readonly Declared[]): string {
  const entries = found.flatMap(({ urn = "", bundle }) => (bundle === undefined ? [] : [entryIn(urn) ?? ""]));
  if (entries.length === 0) return namesOf([...found]);
  const shown = entries.slice(0, 5).join(", ");
  const others = found.filter(({ bundle }) => bundle === undefined);
  const more = entries.length > 5 ? ` and ${entries.length - 5} more` : "";
  return [`${shown}${more}`, ...(others.length > 0 ? [namesOf(others)] : [])].join(", ");
}

function entryIn(urn: string): string | undefined {
  const { name, type } = partsOfUrn(urn);
  const [bundle, ...entry] = name.split("#");
  if (entry.length === 0 || !bundleOf(typeOf(type) ?? "")) return undefined;
  return `${entry.join("#")} of bundle "${bundle}"`;
}
