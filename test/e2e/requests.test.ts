import { expect, test } from "vitest";
import { idOf, kinds, oneOfEach } from "./kinds.ts";
import { startWorld } from "./support.ts";

const world = await startWorld();

/** These requests for one object of each kind, in an order that does not depend on which came first. */
function ofEachKind(prefix: string, ...methods: string[]): string[] {
  return kinds
    .flatMap((kind) => methods.map((method) => `${method} ${kind.path(idOf(prefix, kind))}`))
    .sort();
}

test("a preview makes no request, and every other operation two for each object that it touches", async () => {
  const stack = await world.stack(
    "requests",
    oneOfEach("requests", (kind) => kind.minimal),
  );
  const during = async (action: () => Promise<unknown>) => (await world.requestsDuring(action)).sort();

  expect(await during(() => stack.preview())).toEqual([]);
  expect(await during(() => stack.up())).toEqual(ofEachKind("requests", "GET", "PUT"));
  expect(await during(() => stack.refresh())).toEqual(ofEachKind("requests", "GET"));
  stack.program = oneOfEach("requests", (kind) => kind.full);
  expect(await during(() => stack.preview())).toEqual([]);
  expect(await during(() => stack.up())).toEqual(ofEachKind("requests", "GET", "PUT"));
  expect(await during(() => stack.destroy())).toEqual(ofEachKind("requests", "GET", "DELETE"));
});
