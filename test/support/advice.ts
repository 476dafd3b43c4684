import { isObject, type Json, type JsonObject } from "../../provider/model/fields.ts";
import { formatPath, type Path, parsePath, valueAt } from "../../provider/model/paths.ts";
import type { Problem } from "../../provider/model/validate.ts";
import { replaced, without } from "./paths-inside.ts";

/** What a problem proposes, when it has been done. */
export interface Followed {
  /** Which sort of advice it is. */
  advice: string;
  args: JsonObject;
  /** Whether a problem of the new arguments is the same one again. */
  isStill(problem: Problem): boolean;
}

/** Reads the advice of a problem that can be followed without knowing more, and follows it, in each way that it leaves. */
export function follow(args: JsonObject, { path, reason }: Problem): Followed[] {
  const at = parsePath(path);
  return ADVICE.flatMap(({ advice, words, done }) => {
    const said = words.exec(reason);
    if (!said) return [];
    return done(args, at, said).map(({ changed, about = at, again }) => ({
      advice,
      args: changed,
      isStill: (problem) => problem.path === formatPath(about) && again.test(problem.reason),
    }));
  });
}

interface Done {
  changed: JsonObject;
  /** Where the problem would stand again. Default: where it stood. */
  about?: Path;
  /** Words of the problem. */
  again: RegExp;
}

interface Advice {
  advice: string;
  words: RegExp;
  done(args: JsonObject, at: Path, said: RegExpExecArray): Done[];
}

const UNKNOWN_FIELD = /is no field that exists here/;

const ADVICE: readonly Advice[] = [
  {
    advice: "another name of a field",
    words: /is no field that exists here; did you mean "(.*)"\?$/,
    done: (args, at, [, name = ""]) => named(args, at, [name]),
  },
  {
    advice: "the names of all fields",
    words: /is no field that exists here; known here: (.*)$/,
    done: (args, at, [, names = ""]) => named(args, at, names.split(", ")),
  },
  {
    advice: "the values that are allowed",
    words: /(?:^|[;?] )allowed: (.*)$/,
    done: (args, at, [, values = ""]) =>
      valueAt(args, at) === undefined
        ? []
        : listed(values).map((value) => ({
            changed: replaced(args, [...at], value) as JsonObject,
            again: /none of the values allowed|; allowed: /,
          })),
  },
  {
    advice: "leave it out",
    words: /; leave it out/,
    done: (args, at) => [{ changed: without(args, at), again: /./ }],
  },
  {
    advice: "keep one of the two",
    words: /does not go with (.*); keep one of the two$/,
    done: (args, at, [, others = ""]) => [
      { changed: without(args, at), again: /does not go with/ },
      {
        changed: others
          .split(" and ")
          .reduce((less, name) => without(less, [...at.slice(0, -1), name]), args),
        again: /does not go with/,
      },
    ],
  },
  {
    advice: "give one of several",
    words: /(?:^|has (.*), of which .*|is empty); give (?:exactly|at most) one of (.*)$/,
    done: (args, at, [, given, alternatives = ""]) => {
      const all = alternatives.split(/, | with /);
      // It is said of the object, or of the first of the fields.
      const place = all.includes(String(at.at(-1))) ? at.slice(0, -1) : at;
      const object = place.length === 0 ? args : valueAt(args, place);
      const fields = isObject(object) ? object : {};
      const rest = Object.entries(fields).filter(([key]) => !all.includes(key));
      return alternatives.split(", ").map((one) => {
        const kept = one.split(" with ").map((name) => [name, fields[name] ?? "any"]);
        return {
          changed: replaced(args, [...place], Object.fromEntries([...rest, ...kept])) as JsonObject,
          again: given === undefined ? /is empty; give/ : /of which/,
        };
      });
    },
  },
  {
    advice: "what goes together",
    words: /^is missing; (.*) go together$/,
    done: (args, at) => [{ changed: replacedOrAdded(args, at, "any"), again: /^is missing/ }],
  },
  {
    advice: "what is missing",
    words: /^is missing(?:;|$)/,
    done: (args, at) => [{ changed: replacedOrAdded(args, at, "any"), again: /^is missing/ }],
  },
  {
    advice: "the largest and the smallest number",
    words: /^-?[\d.e+]+ is too (?:large|small): at (?:most|least) (-?[\d.e+]+)$/,
    done: (args, at, [, limit]) => [
      { changed: replaced(args, [...at], Number(limit)) as JsonObject, again: /is too (large|small)/ },
    ],
  },
  {
    advice: "the longest text or list",
    words: /is too (?:long|large): at most (\d+) (?:character|element)s?$/,
    done: (args, at, [, limit]) => {
      const value = valueAt(args, at);
      if (typeof value !== "string" && !Array.isArray(value)) return [];
      const shorter = value.slice(0, Number(limit));
      return [
        { changed: replaced(args, [...at], shorter as Json) as JsonObject, again: /is too (long|large)/ },
      ];
    },
  },
];

/** The names of all sorts of advice. */
export const SORTS = ADVICE.map(({ advice }) => advice);

/** The field under another name. */
function named(args: JsonObject, at: Path, names: readonly string[]): Done[] {
  const value = valueAt(args, at) as Json;
  return names.map((name) => {
    const about = [...at.slice(0, -1), name];
    return { changed: replacedOrAdded(without(args, at), about, value), about, again: UNKNOWN_FIELD };
  });
}

/** The values of a list in a message; objects that may stand in their place are left out, and what was cut off. */
function listed(text: string): Json[] {
  const values = text.replace(/, with .*$|\{[^}]*\}(, )?/g, "").split(", ");
  return values
    .filter((value) => value !== "" && !value.endsWith("..."))
    .map((value) =>
      /^-?\d+$|^true$|^false$/.test(value) ? JSON.parse(value) : value.replace(/^"(.*)"$/, "$1"),
    );
}

function replacedOrAdded(args: JsonObject, at: Path, value: Json): JsonObject {
  const outer = at.slice(0, -1);
  const object = outer.length === 0 ? args : valueAt(args, outer);
  if (!isObject(object)) return args;
  const changed = { ...object, [String(at.at(-1))]: value };
  return outer.length === 0 ? changed : (replaced(args, [...outer], changed) as JsonObject);
}
