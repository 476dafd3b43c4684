import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { startKuma } from "../../sandbox/kuma/index.ts";
import { Engine } from "../../tools/engine.ts";
import { repository } from "../../tools/repository.ts";
import { CONSUMER } from "../support/kind-case.ts";
import {
  configOf,
  type Declaration,
  objectsOf,
  PROJECT,
  programOf,
  putObjects,
  type Recording,
  type Servers,
  withUrls,
} from "../support/recorded.ts";
import { expectNoChanges } from "../support/world.ts";

const folder = join(repository, "test", "states");
const releases = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.replace(/\.json$/, ""));
const engine = await Engine.start();
afterAll(() => engine.close());

/** What no other object may have while it has it: a plugin, and the key of a consumer. */
const ALONE = ["apisix:GlobalRule", "apisix:Consumer", "apisix:Credential"];

/** A resource declared in full becomes what the minimal one of its kind is, which goes; some stay as they are. */
function changed(declarations: Declaration[]): Declaration[] {
  const full = declarations.filter(({ explicit }) => explicit);
  return full.map((declaration) => {
    const minimal = declarations.find(({ type, explicit }) => type === declaration.type && !explicit);
    return ALONE.includes(declaration.type) || !minimal
      ? declaration
      : { ...declaration, args: minimal.args };
  });
}

test("there is what a release wrote", () => {
  expect(releases).toContain("0.1.0");
});

test.each(releases)(
  "what release %s wrote is taken over without a diff, changed and removed",
  async (release) => {
    const servers = { apisix: await startApisix(), kuma: await startKuma() };
    onTestFinished(async () => void (await Promise.all([servers.apisix.close(), servers.kuma.close()])));
    const text = readFileSync(join(folder, `${release}.json`), "utf8");
    const { declarations, state, objects }: Recording = JSON.parse(withUrls(text, servers));
    const own = names(servers);
    putObjects(servers, objects);
    const config = configOf(servers);
    const stack = await engine.stack(release, programOf(declarations, servers), { project: PROJECT, config });
    await stack.importState(state);

    const preview = await stack.preview({ diff: true });
    expectNoChanges(preview);
    expect(preview.summary.same).toBe(state.deployment.resources?.filter(isDeclared).length);
    expectNoChanges(await stack.refresh());

    const rest = changed(declarations);
    const { update, delete: deleted } = (await stack.up({ program: programOf(rest, servers) })).changes;
    expect(update).toBe(rest.filter(({ type }) => !ALONE.includes(type)).length);
    expect(deleted).toBeGreaterThanOrEqual(declarations.length - rest.length);
    await stack.destroy();
    // A consumer that nobody declared stays, and what a control plane makes by itself.
    expect(names(servers)).toEqual([...own, `consumers/${CONSUMER}`].sort());
  },
);

/** The names of all objects at the servers. */
function names(servers: Servers): string[] {
  const { apisix, kuma } = objectsOf(servers);
  const ofApisix = Object.entries(apisix).flatMap(([collection, list]) =>
    list.map(({ id, username }) => `${collection}/${String(id ?? username)}`),
  );
  return [...ofApisix, ...kuma.map(({ type, mesh, name }) => `${type}/${mesh}/${name}`)].sort();
}

/** Providers of the configuration are made by the engine, and counted by nobody. */
function isDeclared({ type, urn }: { type: string; urn: string }): boolean {
  return !type.startsWith("pulumi:providers:") || !urn.includes("::default");
}
