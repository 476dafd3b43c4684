import { readFileSync } from "node:fs";
import { ExternalBackend, kuma } from "pulumi-external-backends";
import { afterEach, expect, test } from "vitest";
import { answering } from "../../provider/model/reach/answering.ts";
import { reach } from "../../provider/model/reach/reach.ts";
import type { Stored } from "../../provider/model/serving/objects.ts";
import { expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld({ kuma: { upkeepDelay: 300 } });
const { store } = world.kuma;
afterEach(() => {
  world.kuma.intercept = undefined;
  store.clear();
});

const text = readFileSync(new URL("../../docs/mesh-external-service.md", import.meta.url), "utf8");
/** The programs of the walk-through, in their order. */
const programs = [...text.matchAll(/```ts step\n(.*?)```/gs)].map(([, code = ""]) => {
  const run = new Function("kuma", "ExternalBackend", code.replace("new ExternalBackend", "return $&"));
  return async () => {
    const { meshUrl } = run(kuma, ExternalBackend) as ExternalBackend;
    return { meshUrl };
  };
});

const OLD = [
  ["payments.mesh", 80],
  ["api.payments.example", 443],
] as const;
const NEW = [["payments.extsvc.mesh.local", 80]] as const;

const TYPES = ["Mesh", "ExternalService", "MeshExternalService", "ZoneEgress", "MeshTrafficPermission"];

/** Whether a data plane of the mesh gets to the backend by a name, as the control plane would configure it now. */
function isReached([host, port]: readonly [string, number]): boolean {
  const resources = [...TYPES, "HostnameGenerator"].flatMap((type) => store.list(type)) as Stored[];
  const reached = reach({ resources, secrets: [] }, "shop");
  if (!reached) return false;
  const [backend, ...others] = answering(reached, host, port).backends;
  if (!backend?.route.known || others.length > 0) return false;
  const { way } = backend.route.value;
  if (way.by === "straight") return way.endpoints.some(isBackend);
  if (way.by !== "egress" || way.egresses.length === 0 || !way.beyond.known || "why" in way.beyond.value)
    return false;
  const { endpoints, permission } = way.beyond.value;
  const isAllowed = permission.known && permission.value.rules.at(-1)?.action === "Allow";
  return isAllowed && endpoints.some(isBackend);
}

function isBackend({ host, port }: { host: string; port: number }): boolean {
  return host === "api.payments.example" && port === 443;
}

/** The names that were not reached at some moment of an operation: before each request, and at the end. */
async function lostDuring(names: readonly (readonly [string, number])[], operation: () => Promise<unknown>) {
  const lost = new Set<string>();
  const look = () => {
    for (const name of names) if (!isReached(name)) lost.add(name.join(":"));
  };
  world.kuma.intercept = () => {
    look();
    return false;
  };
  await operation();
  look();
  return [...lost];
}

test("moves a backend from the one kind to the other, and no caller loses it at any moment", async () => {
  const [begin, permission, mtls, egress, both, end] = programs;
  const stack = await world.stack("moves", begin ?? (async () => {}));
  expect(programs).toHaveLength(6);
  const { outputs } = await stack.up();
  expect(outputs).toEqual({ meshUrl: "http://payments.mesh" });
  for (const program of [permission, mtls, egress, both])
    expect(await lostDuring(OLD, () => stack.up({ program: program ?? (async () => {}) }))).toEqual([]);

  // The callers move: both names answer.
  expect([...OLD, ...NEW].filter((name) => !isReached(name))).toEqual([]);
  const last = await stack.up();
  expectNoChanges(last);
  expect(last.outputs).toEqual({ meshUrl: "http://payments.extsvc.mesh.local" });

  expect(await lostDuring(NEW, () => stack.up({ program: end ?? (async () => {}) }))).toEqual([]);
  expect(store.list("ExternalService")).toEqual([]);
  expect(OLD.filter(isReached)).toEqual([]);
  expectNoChanges(await stack.up());
  expectNoChanges(await stack.refresh());
  await stack.destroy();
});

test("a move in one step is seen as the outage that it is", async () => {
  const [begin, , , , , end] = programs;
  const stack = await world.stack("at-once", begin ?? (async () => {}));
  await stack.up();
  const lost = await lostDuring(OLD, () => stack.up({ program: end ?? (async () => {}) }));
  expect(lost).toEqual(OLD.map((name) => name.join(":")));
  await stack.destroy();
});

test("without an egress the new kind is not reached, and neither without mTLS", async () => {
  const both = programs[4];
  const stack = await world.stack("too-early", both ?? (async () => {}));
  await stack.up();
  expect(NEW.filter(isReached)).toHaveLength(1);
  for (const { name } of store.list("ZoneEgress")) store.delete("ZoneEgress", undefined, String(name));
  expect(NEW.filter(isReached)).toEqual([]);
  await stack.up({ refresh: true, program: both ?? (async () => {}) });
  expect(NEW.filter(isReached)).toHaveLength(1);
  const mesh = store.get("Mesh", undefined, "shop");
  const { mtls: _, ...without } = mesh ?? {};
  store.put({ ...without, type: "Mesh", name: "shop" });
  expect(NEW.filter(isReached)).toEqual([]);
  await stack.destroy();
});
