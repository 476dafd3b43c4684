import { describe, expect, test } from "vitest";
import { canonical } from "../../provider/model/canonical.ts";
import { isObject, type JsonObject } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import { isFixedLabel, isServerLabel, labelProblem } from "../../provider/model/kuma/labels.ts";
import { SPECIFIED_KINDS } from "../../provider/model/kuma/policies/index.ts";
import { withoutOwnership } from "../../provider/model/owner.ts";
import { type Problem, validate } from "../../provider/model/validate.ts";
import { fromServer } from "../../provider/model/wire.ts";
import { type RecordedWrite, recordedWrites } from "../support/recorded-policies.ts";

/** Why the server's refusal is no matter of the arguments. */
const BEYOND_ARGUMENTS: Record<string, RegExp> = {
  "we make the object's name, mesh and type ourselves":
    /has to be the same as in body|type in body should be|\.name in body is required/,
  "the object belongs to the other side of a federation": /the origin label must be set to|"status":405/,
  "depends on what is there before": /is immutable/,
  "in a field that the server makes itself": /"field":"spec.(state|identities)/,
  "the mesh is not there": /Failed to retrieve Mesh/,
  "the name is too long together with the zone's": /the length of the name must be shorter/,
};

/** What the server takes and we refuse, on purpose. */
const STRICTER: Record<string, (problem: Problem) => boolean> = {
  "a field that the server drops in silence": ({ reason }) =>
    reason.startsWith("is no field that exists here"),
  "null for a number that is asked for, which the server reads as 0": ({ path, reason }) =>
    path.endsWith(".percentage") && reason.startsWith("null "),
};

/** The arguments that would send a body, without what the server makes. */
function argsOf({ kind, body, identity }: RecordedWrite): JsonObject | undefined {
  if (!isObject(body)) return undefined;
  const declared = Object.fromEntries(
    Object.entries(body).filter(([name]) => !kind.serverMade.includes(name)),
  );
  const args = isObject(body.spec) ? (kind.fromServer?.(declared) ?? declared) : declared;
  return { ...args, ...identity };
}

interface Verdict {
  problems: Problem[];
  warnings: string[];
}

function judge(kind: Kind, args: JsonObject, { place }: RecordedWrite): Verdict {
  const warnings: string[] = [];
  const problems = validate(kind, args, { warn: (text) => warnings.push(text), customPlugins: [] });
  const atPlace = problems.length === 0 ? labelProblem(args, place) : undefined;
  if (atPlace) problems.push({ path: "labels", reason: atPlace });
  return { problems, warnings };
}

describe.each([...SPECIFIED_KINDS.values()].map((load) => load()).map((kind) => [kind.title, kind] as const))(
  "%s as recorded",
  (_, kind) => {
    const writes = recordedWrites([kind]);
    const taken = writes.filter(({ status }) => status < 300);
    const refused = writes.filter(({ status }) => status >= 400);

    test("is taken where the server took it, and warned of where the server warned", () => {
      const counts: Record<string, number> = { taken: 0 };
      const wrong: unknown[] = [];
      for (const write of taken) {
        const args = argsOf(write) ?? {};
        const { problems, warnings } = judge(kind, args, write);
        const said =
          isObject(write.answer) && Array.isArray(write.answer.warnings) ? write.answer.warnings : [];
        const excuse = Object.entries(STRICTER).find(
          ([, isIt]) => problems.length > 0 && problems.every(isIt),
        );
        if (excuse) counts[excuse[0]] = (counts[excuse[0]] ?? 0) + 1;
        else if (problems.length > 0) wrong.push([write.title, problems, JSON.stringify(write.body)]);
        else if (warnings.length !== said.length) wrong.push([write.title, warnings, said]);
        else counts.taken = (counts.taken ?? 0) + 1;
      }
      console.log(`${kind.title}: ${taken.length} that the server took`, counts);
      expect(wrong).toEqual([]);
    });

    test("is refused where the server refused it", () => {
      const counts: Record<string, number> = { refused: 0 };
      const wrong: unknown[] = [];
      for (const write of refused) {
        const args = argsOf(write);
        const text = JSON.stringify(write.answer);
        const excuse = Object.entries(BEYOND_ARGUMENTS).find(([, reason]) => reason.test(text))?.[0];
        if (!args || judge(kind, args, write).problems.length > 0) counts.refused = (counts.refused ?? 0) + 1;
        else if (excuse) counts[excuse] = (counts[excuse] ?? 0) + 1;
        else wrong.push([write.title, text, JSON.stringify(write.body)]);
      }
      console.log(`${kind.title}: ${refused.length} that the server refused`, counts);
      expect(wrong).toEqual([]);
    });

    test("is given back in our canonical form", () => {
      const wrong: unknown[] = [];
      let compared = 0;
      for (const write of taken) {
        const args = argsOf(write);
        if (!args || !write.stored || judge(kind, args, write).problems.length > 0) continue;
        compared++;
        const { stored } = write;
        const given = isObject(args.labels) ? args.labels : {};
        const isTheirs = (key: string) =>
          !(key in given) && (isServerLabel(stored, key) || isFixedLabel(key));
        const found = fromServer(kind, withoutOwnership(stored, isTheirs), write.identity);
        const declared = canonical(kind, args);
        if (JSON.stringify(sorted(found)) !== JSON.stringify(sorted(declared)))
          wrong.push([write.title, JSON.stringify(found), JSON.stringify(declared)]);
      }
      console.log(`${kind.title}: ${compared} answers compared`);
      expect(wrong).toEqual([]);
    });
  },
);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
