import type { Violation } from "../errors.ts";
import { complainIf, fields, list as items, text as textOf } from "../rules/checks.ts";

/** Complaints about a second backend of one name. */
export function checkBackendNames(backends: unknown, field: string): Violation[] {
  const names = items(backends).map((each) => textOf(fields(each).name));
  return names.flatMap((name, index) =>
    complainIf(
      names.indexOf(name) < index,
      `${field}[${index}].name`,
      `${JSON.stringify(name)} name is already used for another backend`,
    ),
  );
}

/** Complaints about a choice of a backend that is not there. */
export function checkChosenBackend(
  chosen: unknown,
  backends: unknown,
  field: string,
  reason: string,
): Violation[] {
  const names = items(backends).map((each) => textOf(fields(each).name));
  return complainIf(textOf(chosen) !== "" && !names.includes(textOf(chosen)), field, reason);
}
