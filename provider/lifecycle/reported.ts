import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "../model/fields.ts";
import type { Reported } from "../model/kind.ts";
import type { Call } from "../server/api.ts";
import type { ServerObject } from "./object.ts";
import { QUESTIONS } from "./preview/questions.ts";

/** Milliseconds until the second look; each further pause is half as long again, but no longer than the longest. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 1000;

/**
 * The outputs that the server reports of an object some time after it has taken it, waited for as long as the arguments say.
 * One that does not come is absent; where it was waited for, a warning says why.
 *
 * @param found What the server has, as far as it was looked at after the write.
 */
export async function reportedOutputs(
  object: ServerObject,
  call: Call,
  found: JsonObject | undefined,
): Promise<JsonObject> {
  const { kind, server, session, title } = object;
  const { reported } = kind;
  if (!reported) return {};
  const seconds = Number(object.args[reported.wait] ?? 0);
  let latest = found ?? (await object.look(call)) ?? {};
  if (seconds === 0 || missing(reported, latest).length === 0) return reported.of(latest);
  const never = await QUESTIONS[kind.dialect].unreported?.(server.api, kind);
  const end = Date.now() + (never === undefined ? seconds * 1000 : 0);
  for (let pause = FIRST_PAUSE; Date.now() < end; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    await sleep(Math.min(pause, Math.max(end - Date.now(), 0)));
    // The object is made, whatever becomes of a look at it.
    latest = (await object.look(call).catch(() => undefined)) ?? latest;
    if (missing(reported, latest).length === 0) return reported.of(latest);
  }
  const outputs = missing(reported, latest).join(" and ");
  const reason =
    never ??
    `${reported.why(latest)} (after ${seconds} s). A pulumi refresh reads what has come by then; if it takes longer, raise ${reported.wait}`;
  session.warn(`The ${title} has no ${outputs}: ${reason}.`);
  return reported.of(latest);
}

function missing({ outputs, of }: Reported, found: JsonObject): string[] {
  const there = of(found);
  return Object.keys(outputs).filter((name) => there[name] === undefined);
}
