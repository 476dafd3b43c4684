import { expect, test } from "vitest";
import { idOf, kinds, oneOfEach } from "../support/kinds.ts";
import { startWorld } from "../support/world.ts";

const world = await startWorld();

/** These requests for one object of each kind. */
function ofEachKind(...methods: string[]): string[] {
  return kinds.flatMap((kind) => methods.map((method) => `${method} ${kind.path(idOf("requests", kind))}`));
}

/** A look after the write, of kinds whose server does not tell what it has written. */
function looksAfter(...silent: RegExp[]): string[] {
  return kinds
    .filter(({ type }) => silent.some((pattern) => pattern.test(type)))
    .map((kind) => `GET ${kind.path(idOf("requests", kind))}`);
}

test("a preview asks for no object by itself, and every other operation makes at most two requests for each that it touches, and one more where the answer to a write tells nothing", {
  tags: ["kinds"],
}, async () => {
  const stack = await world.stack(
    "requests",
    oneOfEach("requests", (kind) => kind.minimal),
  );
  const during = async (action: () => Promise<unknown>) => (await world.requestsDuring(action)).sort();

  expect(await during(() => stack.preview())).toEqual([]);
  const written = [...ofEachKind("GET", "PUT"), ...looksAfter(/^kuma:/, /PluginMetadata$/)].sort();
  expect(await during(() => stack.up())).toEqual(written);
  expect(await during(() => stack.refresh())).toEqual(ofEachKind("GET").sort());
  stack.program = oneOfEach("requests", (kind) => kind.full);
  expect(await during(() => stack.preview())).toEqual([]);
  expect(await during(() => stack.up())).toEqual(written);
  const deleted = [...ofEachKind("GET", "DELETE"), ...looksAfter(/^kuma:/)].sort();
  expect(await during(() => stack.destroy())).toEqual(deleted);
});
