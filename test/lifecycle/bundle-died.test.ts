import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { BundleStack, refusing, requestsDuring, tables } from "../support/bundle.ts";

const apisix = await startApisix();
const { store } = apisix;
const config = {
  "apisix:adminUrl": apisix.adminUrl,
  "apisix:adminKey": apisix.adminKey,
  "apisix:requestTimeout": 5,
};
const said: string[] = [];
const output = () => said.join("\n");

beforeEach(() => {
  store.clear();
  apisix.intercept = undefined;
  said.length = 0;
  vi.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
});
afterAll(() => apisix.close());

const edge = (more: Record<string, unknown> = {}, owner?: string) =>
  new BundleStack("apisix:Bundle", { ...config, ...more }, owner);

const sent = (action: () => Promise<unknown>) => requestsDuring(apisix, action);

test("a run that is killed leaves objects with which the next run ends in the declared state", async () => {
  const stack = edge();
  await stack.up(tables(2));
  const before = structuredClone(stack.state);
  // All is written, and nothing of it comes into the state.
  await stack.up(tables(4, () => ({ priority: 1 })));
  stack.state = structuredClone(before);
  expect(await stack.up(tables(4, () => ({ priority: 1 })))).toMatchObject({ problems: [], reasons: [] });
  // Other arguments, and fewer entries, than in the run that was killed.
  stack.state = structuredClone(before);
  expect(await stack.up(tables(3, () => ({ priority: 2 })))).toMatchObject({ problems: [], reasons: [] });
  expect(store.list("routes").map(({ priority }) => priority)).toEqual([2, 2, 2]);
  expect(store.list("upstreams")).toHaveLength(3);
  await stack.refresh();
  expect(await stack.preview(tables(3, () => ({ priority: 2 })))).toMatchObject({ what: "same" });
});

test("a first run that is killed is taken up by the same program", async () => {
  await edge().up(tables(3));
  const again = edge();
  expect(await again.up(tables(4))).toMatchObject({ problems: [], reasons: [] });
  await again.destroy();
  expect([...store.list("routes"), ...store.list("services"), ...store.list("upstreams")]).toEqual([]);
});

/** A first run of 5 that has died with nothing in a state, and one after it of 2. */
async function afterDeadRun(options: { adopt?: boolean } = {}) {
  await edge().up(tables(5));
  said.length = 0;
  const stack = edge();
  expect(await stack.up(tables(2), options)).toMatchObject({ problems: [], reasons: [] });
  return stack;
}
const idsOf = (kind: string) =>
  store
    .list(kind)
    .map(({ id }) => id)
    .toSorted();

test("what a first run that died has left under the label stays with a warning at every run, and goes with the bundle", async () => {
  const stack = await afterDeadRun();
  expect(output()).toMatch(/routes\.x2, .* carry this bundle's label and are in no entry/);
  for (const kind of ["routes", "services", "upstreams"]) expect(store.list(kind)).toHaveLength(5);
  for (const run of [
    () => stack.preview(tables(2)),
    () => stack.up(tables(2)),
    () => stack.refresh(),
    () => stack.up(tables(2, () => ({ priority: 1 }))),
  ]) {
    said.length = 0;
    await run();
    expect(output()).toMatch(/carry this bundle's label .*set adopt: true on the bundle/);
  }
  said.length = 0;
  await stack.destroy();
  expect(said).toEqual(expect.arrayContaining(["Left by a run that died:", "- routes.x4", "- upstreams.x2"]));
  for (const kind of ["routes", "services", "upstreams"]) expect(idsOf(kind)).toEqual([]);
});

test("with adopt a create removes what a first run that died has left, line by line and in order", async () => {
  const gone = await sent(() => afterDeadRun({ adopt: true }));
  expect(said).toEqual(expect.arrayContaining(["- routes.x4", "- services.x3", "- upstreams.x2"]));
  for (const kind of ["routes", "services", "upstreams"]) expect(idsOf(kind)).toEqual(["x0", "x1"]);
  for (const n of [2, 3, 4]) {
    const places = ["routes", "services", "upstreams"].map((kind) => gone.indexOf(`DELETE ${kind}/x${n}`));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
  }
});

test("with adopt an update removes what is left, also where no entry changes, and then nothing is said any more", async () => {
  const stack = await afterDeadRun();
  await stack.preview(tables(2), { adopt: true });
  expect(said).toContain("- what carries this bundle's label and is in no entry");
  apisix.intercept = refusing("routes/x3");
  const { reasons } = await stack.up(tables(2), { adopt: true });
  expect(reasons.join()).toMatch(/routes\.x3: .*not on a Friday/);
  expect(idsOf("upstreams")).toEqual(["x0", "x1", "x3"]);
  apisix.intercept = undefined;
  expect(await stack.up(tables(2), { adopt: true })).toMatchObject({ what: "update", reasons: [] });
  for (const kind of ["routes", "services", "upstreams"]) expect(idsOf(kind)).toEqual(["x0", "x1"]);
  said.length = 0;
  await stack.refresh();
  expect(await stack.preview(tables(2))).toMatchObject({ what: "same" });
  expect(said).toEqual([]);
});

test("what is left under the label is kept where an entry of another key or another bundle has it", async () => {
  const stack = await afterDeadRun();
  const renamed = tables(2);
  Object.assign(renamed.upstreams, { other: { upstreamId: "x4", nodes: { "new.example:80": 1 } } });
  await edge({}, "fedcba9876543210").up({ routes: { x3: { uri: "/other", plugins: {} } } }, { adopt: true });
  expect(await stack.up(renamed, { adopt: true })).toMatchObject({ problems: [], reasons: [] });
  expect(idsOf("routes")).toEqual(["x0", "x1", "x3"]);
  expect(idsOf("upstreams")).toEqual(["x0", "x1", "x4"]);
  await stack.destroy();
  expect(idsOf("routes")).toEqual(["x3"]);
});

test("the destroy of a bundle that was replaced leaves what the new one has made", async () => {
  const [old, replacement] = [edge(), edge()];
  await old.up(tables(3));
  await replacement.up(tables(4), { adopt: true });
  await old.destroy();
  for (const kind of ["routes", "services", "upstreams"]) expect(store.list(kind)).toHaveLength(4);
});

test("a destroy after an update that died removes what that one has made", async () => {
  const stack = edge();
  await stack.up(tables(2));
  const before = structuredClone(stack.state);
  await stack.up(tables(4));
  stack.state = before;
  await stack.destroy();
  for (const kind of ["routes", "services", "upstreams"]) expect(idsOf(kind)).toEqual([]);
});
