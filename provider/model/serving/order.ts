import type { Fitting } from "./fitting.ts";
import { EXACT, fits, type Level } from "./level.ts";
import type { Unclear } from "./objects.ts";
import type { Outranked } from "./reason.ts";

interface Step {
  by: Outranked;
  level: (route: Fitting) => Level;
}

/** Which of two fitting routes goes first, and the step that decides it. */
export type Order = ({ first: "left" | "right" } & Step) | { first: "unclear"; because: Unclear[] };

const STEPS: readonly Step[] = [
  { by: "less specific host", level: ({ host }) => host },
  { by: "less specific path", level: ({ path }) => path },
  { by: "lower priority", level: ({ priority }) => priority },
  { by: "less specific path", level: ({ path }) => ({ ...path, value: path.length }) },
  { by: "read later", level: ({ priority, index }) => ({ ...priority, value: -index }) },
];

/** Compares two routes as the router does: by host, path, priority, length of the path, and by which was read first. */
export function order(left: Fitting, right: Fitting): Order {
  // What is not known may lift one of them to an exact fit of the other, never above it; later steps then decide.
  let equalAtBest: { other: "left" | "right"; because: Unclear[] } | undefined;
  for (const step of STEPS) {
    const [a, b] = [step.level(left), step.level(right)];
    const [mayLiftA, mayLiftB] = [upwards(a, b), upwards(b, a)];
    if (mayLiftA.length > 0 || mayLiftB.length > 0) {
      const other = mayLiftB.length === 0 ? "right" : "left";
      const because = [...mayLiftA, ...mayLiftB];
      const exact = (other === "right" ? b : a).value === EXACT;
      if (!exact || (equalAtBest && equalAtBest.other !== other)) return { first: "unclear", because };
      equalAtBest ??= { other, because };
    } else if (a.value !== b.value) {
      const first = a.value > b.value ? "left" : "right";
      if (equalAtBest && equalAtBest.other !== first)
        return { first: "unclear", because: equalAtBest.because };
      return { first, ...step };
    }
  }
  return { first: "unclear", because: [] };
}

/** What may lift one level to the other or above; a level that is sure to be higher is not touched by it. */
function upwards(level: Level, other: Level): Unclear[] {
  return fits(level) && fits(other) && level.value > other.value ? [] : level.unclear;
}

/** Whether two fitting routes are equal in all but the order in which they were read. */
export function tied(left: Fitting, right: Fitting): boolean {
  const found = order(left, right);
  return found.first !== "unclear" && found.by === "read later";
}
