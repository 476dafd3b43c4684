import type { Field, Unclear } from "../provider/model/serving/objects.ts";

/** A field for people, as in `routes/r1 vars[0]`. */
export function fieldText({ collection, id, path }: Field): string {
  return `${collection}/${id}${path === "" ? "" : ` ${path}`}`;
}

const WHY: Readonly<Record<Unclear["why"], string>> = {
  unknown: "is not known yet",
  secret: "is secret",
  "not there": "names an object that no source has",
  reference: "comes from a secret or a variable of the server",
  program: "is decided by a program or data of the gateway",
  expression: "is an expression that cannot be judged here",
  request: "asks for something that the question does not say",
};

/** Why something cannot be said, a text for each field. */
export function unclearTexts(because: readonly Unclear[]): string[] {
  return because.map(({ field, why }) => `${fieldText(field)} ${WHY[why]}`);
}
