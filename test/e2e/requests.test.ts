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

test("a preview asks for no object, and every other operation makes at most two requests for each that it touches, and looks into a mesh before it goes", async () => {
  const stack = await world.stack(
    "requests",
    oneOfEach("requests", (kind) => kind.minimal),
  );
  const during = async (action: () => Promise<unknown>) => (await world.requestsDuring(action)).sort();

  expect(await during(() => stack.preview())).toEqual([]);
  // What a control plane is, is asked once per operation.
  expect(world.kuma.requests.map(({ path }) => path)).toEqual(["/", "/config"]);
  expect(await during(() => stack.up())).toEqual(ofEachKind("GET", "PUT"));
  expect(await during(() => stack.refresh())).toEqual(ofEachKind("GET"));
  stack.program = oneOfEach("requests", (kind) => kind.full);
  expect(await during(() => stack.preview())).toEqual([]);
  expect(await during(() => stack.up())).toEqual(ofEachKind("GET", "PUT"));
  const looks = kinds.flatMap((kind) =>
    (kind.contents ?? []).map((name) => `GET ${kind.path(idOf("requests", kind))}/${name}?size=1000`),
  );
  expect(await during(() => stack.destroy())).toEqual([...ofEachKind("GET", "DELETE"), ...looks].sort());
});
