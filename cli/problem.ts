/** What the person at the terminal has to change; one line. */
export class Problem extends Error {
  override name = "Problem";
}
