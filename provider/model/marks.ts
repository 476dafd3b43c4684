import { isObject } from "./fields.ts";
import { changedAt, type Path } from "./paths.ts";

/** The key that marks a special value in Pulumi's wire format. */
export const SECRET_KEY = "4dabf18193072939515e22adb298388d";
/** What stands under it for a secret. */
export const SECRET_VALUE = "1b47061264138c4ac30d75fd1eb44270";
/** Marks a value so that the engine encrypts it in the state (Pulumi's wire format). */
export function wrapSecret(value: unknown): unknown {
  return { [SECRET_KEY]: SECRET_VALUE, value };
}

/** The paths of all that is marked as secret in Pulumi's wire format. */
export function markedPaths(value: unknown, at: (string | number)[] = []): (string | number)[][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => markedPaths(item, [...at, index]));
  if (!isObject(value)) return [];
  if (value[SECRET_KEY] === SECRET_VALUE) return [at];
  return Object.entries(value).flatMap(([key, inner]) => markedPaths(inner, [...at, key]));
}

/** A copy in which what stands at these paths is marked as secret. */
export function withMarks(value: unknown, paths: readonly Path[]): unknown {
  // What encloses another path is marked once, from the inside out.
  const longestFirst = [...paths].sort((a, b) => b.length - a.length);
  return longestFirst.reduce<unknown>(
    (marked, path) =>
      changedAt(marked, path, (inner) =>
        inner === undefined || isMarked(inner) ? inner : wrapSecret(inner),
      ),
    value,
  );
}

function isMarked(value: unknown): boolean {
  return isObject(value) && value[SECRET_KEY] === SECRET_VALUE;
}

/** A copy without any mark. */
export function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (!isObject(value)) return value;
  if (value[SECRET_KEY] === SECRET_VALUE) return withoutMarks(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutMarks(inner)]));
}
