import { expect, test } from "vitest";
import { idOf, kinds, oneOfEach } from "./kinds.ts";
import { startWorld } from "./support.ts";

const world = await startWorld();

/** These requests for one object of each kind, in an order that does not depend on which came first. */
function ofEachKind(...methods: string[]): string[] {
  return kinds
    .flatMap((kind) => methods.map((method) => `${method} ${kind.path(idOf("requests", kind))}`))
    .sort();
}

test("a preview asks for no object by itself, and every other operation makes at most two requests for each that it touches", async () => {
  const stack = await world.stack(
    "requests",
    oneOfEach("requests", (kind) => kind.minimal),
  );
  const during = async (action: () => Promise<unknown>) => (await world.requestsDuring(action)).sort();

  expect(await during(() => stack.preview())).toEqual([]);
  expect(await during(() => stack.up())).toEqual(ofEachKind("GET", "PUT"));
  expect(await during(() => stack.refresh())).toEqual(ofEachKind("GET"));
  stack.program = oneOfEach("requests", (kind) => kind.full);
  expect(await during(() => stack.preview())).toEqual([]);
  expect(await during(() => stack.up())).toEqual(ofEachKind("GET", "PUT"));
  expect(await during(() => stack.destroy())).toEqual(ofEachKind("GET", "DELETE"));
});
