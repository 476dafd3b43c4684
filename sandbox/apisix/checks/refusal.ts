/** Why the Admin API refuses a body, in its words; answered with 400. */
export class Refusal extends Error {}

/** Refuses with a message, if there is one. */
export function refuse(problem: string | undefined, prefix = ""): void {
  if (problem !== undefined) throw new Refusal(prefix + problem);
}
