import { expect, test } from "vitest";

/** An error of ours, what it proposes, and what comes of that. `World` is what the row needs to run. */
export interface Row<World = void> {
  name: string;
  /** Fails with the error, or prints it as a warning and throws what was printed. */
  wrong(world: World): Promise<unknown>;
  /** The proposal, as it stands in the error. */
  proposal: string;
  /** Does what is proposed, every way of it. */
  carriedOut(world: World): Promise<unknown>;
}

/** Runs rows: each meets its error, does what the error says, and sees it go through. */
export function carryOut<World>(
  rows: readonly Row<World>[],
  world: World,
  begin: () => void = () => {},
): void {
  test.each(rows)(
    "$name",
    async ({ wrong, proposal, carriedOut }) => {
      begin();
      await expect(wrong(world)).rejects.toThrow(proposal);
      begin();
      await carriedOut(world);
    },
    30_000,
  );
}
