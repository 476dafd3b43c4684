import type { Scenario } from "./kuma-recordings.ts";

/** One change of a full object, and whether the control plane took it; the recorder has only noted it. */
export interface NotedChange {
  kind: string;
  /** As noted: `without a.b`, `a[0] = {}`, `a reversed`, `a first entry twice`. */
  text: string;
  isTaken: boolean;
  /** The full objects that it may be a change of. */
  objects: FullObject[];
}

/** An object with every field set, as it was sent and as it was stored. */
export interface FullObject {
  path: string;
  body: Record<string, unknown>;
  stored: unknown;
  warnings: unknown;
}

const CHANGES = " one change at a time";
const REFUSED = /\.? ?Refused with words already shown: /;

/**
 * What the last exchange of each scenario of single changes notes: those that were taken and stored as sent, and
 * those that were refused.
 */
export function notedChanges(scenarios: Scenario[]): NotedChange[] {
  return scenarios
    .filter(({ name }) => name.endsWith(CHANGES))
    .flatMap(({ name, exchanges }) => {
      const kind = name.slice(0, -CHANGES.length);
      const objects = fullObjects(scenarios.find((other) => other.name === `${kind} lifecycle`));
      const [taken = "", refused = ""] = (exchanges.at(-1)?.note ?? "").split(REFUSED);
      return [
        ...each(taken.split("full object: ")[1]).map((text) => takenChange(kind, text, objects)),
        ...each(refused).map((text) => ({ kind, text, isTaken: false, objects })),
      ];
    });
}

const each = (noted = ""): string[] =>
  noted
    .replace(/\.$/, "")
    .split("; ")
    // Changes of every place at once are told without saying how.
    .filter((text) => text !== "" && !/^(\(\d+\) )?every /.test(text));

/** A change that was taken says with a number which of the full objects it is of. */
function takenChange(kind: string, text: string, objects: FullObject[]): NotedChange {
  const [, number = "0", change = text] = /^\((\d+)\) (.*)$/.exec(text) ?? [];
  const object = objects[Number(number)];
  return { kind, text: change, isTaken: true, objects: object ? [object] : [] };
}

function fullObjects(lifecycle: Scenario | undefined): FullObject[] {
  const exchanges = lifecycle?.exchanges ?? [];
  return exchanges
    .filter(({ note }) => note?.startsWith("every field set"))
    .map(({ request: { path, body }, response }) => ({
      path,
      body: body as Record<string, unknown>,
      stored: specOf(exchanges.find(({ request }) => request.method === "GET" && request.path === path)),
      warnings: (response.body as { warnings?: unknown }).warnings,
    }));
}

const specOf = (exchange: Scenario["exchanges"][number] | undefined): unknown =>
  (exchange?.response.body as { spec?: unknown } | undefined)?.spec;

/** A spec with a change; undefined where it has not the place. */
export function changed(spec: unknown, text: string): unknown {
  const [, without, reversed, twice, path, value] =
    /^(?:without (.*)|(.*) reversed|(.*) first entry twice|(.*?) = (.*))$/.exec(text) ?? [];
  const copy = structuredClone(spec);
  const place = find(copy, without ?? reversed ?? twice ?? path ?? "");
  if (!place) return undefined;
  const { parent, key } = place;
  const list = parent[key] as unknown[];
  if (without !== undefined) delete parent[key];
  else if (reversed !== undefined) list.reverse();
  else if (twice !== undefined) list.push(structuredClone(list[0]));
  else parent[key] = JSON.parse(value ?? "");
  return copy;
}

/** Finds a place by its path; keys may have dots in them. */
function find(value: unknown, path: string): { parent: Record<string, unknown>; key: string } | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const parent = value as Record<string, unknown>;
  for (const key of Object.keys(parent).sort((a, b) => b.length - a.length)) {
    const step = Array.isArray(value) ? `[${key}]` : key;
    if (path === step) return { parent, key };
    const rest = path.startsWith(step) ? path.slice(step.length) : "";
    if (/^[.[]/.test(rest)) return find(parent[key], rest.replace(/^\./, ""));
  }
  return undefined;
}
