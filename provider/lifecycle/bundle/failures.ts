import { BackendError } from "../../server/errors.ts";
import type { Applied } from "./apply.ts";
import { count } from "./lines.ts";

/** So many refused entries are told, each with its reason; then a count. */
const MOST_FAILURES = 20;
/** Characters of the reason of one entry. */
const MOST_CHARACTERS = 700;

/** What some entries of a bundle met. */
export function inParts(verb: string, { failures, untried }: Applied, total: number): BackendError {
  const shown = failures.slice(0, MOST_FAILURES).map((text) => cut(text));
  const more = failures.length - shown.length;
  const lines = [
    `${count(failures.length + untried)} of ${count(total)} objects could not be ${verb}:`,
    ...shown,
    ...(more > 0 ? [`and ${count(more)} more were refused`] : []),
    ...(untried > 0 ? [`${count(untried)} were not tried after that; the next run goes on with them`] : []),
  ];
  return new BackendError("PARTLY_DONE", lines.join("\n"));
}

function cut(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}...` : text;
}
