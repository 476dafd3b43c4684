import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { kindOf } from "../../provider/model/kinds.ts";
import { lackOf } from "../../provider/model/kuma/releases.ts";
import { type ApisixOptions, startApisix } from "../../sandbox/apisix/index.ts";
import { type KumaOptions, startKuma } from "../../sandbox/kuma/index.ts";
import type { TestStack } from "../../tools/engine.ts";
import { expectOneError } from "../support/errors.ts";
import { CONSUMER } from "../support/kind-case.ts";
import { type KindCase, kinds, labelled, oneOfEach } from "../support/kinds.ts";
import { expectChanges, expectNoChanges, startWorld, type World } from "../support/world.ts";

const world = await startWorld();

interface Servers {
  name: string;
  apisix?: ApisixOptions;
  kuma?: KumaOptions;
  /** Whether they have the kind, where that is no matter of the Kuma's version. */
  has?(kind: KindCase): boolean;
  /** The arguments of `full` that these servers know. */
  full?(kind: KindCase): object;
}

const isOf = (server: string) => (kind: KindCase) => kind.type.startsWith(server);

function undescribed(args: object): object {
  return Object.fromEntries(Object.entries(args).filter(([key]) => key !== "desc"));
}

/** Whether servers have a kind. */
function hasKind({ kuma, has }: Pick<Servers, "kuma" | "has">, kind: KindCase): boolean {
  const isLacking = lackOf(kuma?.version ?? "2.14.3", kindOf(kind.type), {}) !== undefined;
  return !(isOf("kuma")(kind) && isLacking) && (has?.(kind) ?? true);
}

const table: Servers[] = [
  {
    name: "an APISIX that stores defaults, and a Kuma without labels",
    apisix: { storesDefaults: true },
    kuma: { version: "2.5.0" },
    // SSL objects had no description then.
    full: (kind) => (kind.type === "apisix:Ssl" ? undescribed(kind.full) : kind.full),
  },
  {
    name: "an APISIX that refuses unknown query parameters, and a Kuma that adds no labels of its own",
    apisix: { refusesUnknownParameters: true },
    kuma: { version: "2.7.0" },
  },
  {
    name: "a Kuma 3",
    kuma: { version: "3.0.0" },
    has: isOf("kuma"),
    full: (kind) => ({ ...kind.full, ...(kind.type === "kuma:Mesh" ? { routing: {} } : {}) }),
  },
];

/** The world with other servers in it, and a stack that is configured for them. */
async function at({ apisix, kuma }: Partial<Servers>, name: string) {
  const own: World = { ...world, apisix: await startApisix(apisix), kuma: await startKuma(kuma) };
  onTestFinished(async () => void (await Promise.all([own.apisix.close(), own.kuma.close()])));
  own.apisix.store.put("consumers", CONSUMER, { username: CONSUMER });
  const config = { "apisix:adminUrl": own.apisix.adminUrl, "kuma:url": own.kuma.url };
  return { own, stack: await world.stack(name, async () => {}, { config }) };
}

/** The id that stands in the arguments, since an APISIX before 3.14 takes no "-" in a consumer's name. */
const id = (kind: KindCase) => kind.id?.("servers") ?? "servers";
const declared = (which: KindCase[], args: (kind: KindCase) => object, prefix = "servers") =>
  oneOfEach(prefix, (kind) => ({ ...args(kind), [kind.identity]: id(kind) }), undefined, which);

test.each(table.filter((servers) => kinds.some((kind) => hasKind(servers, kind))))(
  "at $name every kind is made, changed and removed without a diff that stays",
  { tags: ["kinds"] },
  async (servers) => {
    const which = kinds.filter((kind) => hasKind(servers, kind));
    const { own, stack } = await at(servers, `servers-${table.indexOf(servers)}`);
    expectChanges(await stack.up({ program: declared(which, (kind) => kind.minimal) }), {
      create: which.length + 1,
    });
    expectNoChanges(await stack.preview({ refresh: true, diff: true }));
    stack.program = declared(which, servers.full ?? ((kind) => kind.full));
    expectChanges(await stack.up(), { update: which.length });
    expectNoChanges(await stack.refresh());
    if (servers.apisix?.storesDefaults && which.some(({ type }) => type === "apisix:Upstream"))
      expect(own.apisix.store.get("upstreams", "servers")).toHaveProperty("type", "roundrobin");
    await stack.destroy();
    for (const kind of which) expect(kind.get(own, id(kind)), kind.type).toBeUndefined();
  },
);

const TOO_OLD = "is too old to keep labels";
const without = { kuma: { version: "2.5.0" } };
const ofOldKuma = labelled.filter((kind) => isOf("kuma")(kind) && hasKind(without, kind));
const testOldKuma = test.skipIf(ofOldKuma.length === 0);
const full = declared(ofOldKuma, (kind) => kind.full);

/** Forgets all that the last up has made, as when it was killed before it wrote its state. */
async function forget(stack: TestStack): Promise<void> {
  const { version, deployment } = await stack.state();
  await stack.importState({ version, deployment: { ...deployment, resources: [] } });
}

testOldKuma(
  "at a Kuma without labels a run after a killed one takes what is equal, and refuses what is different",
  async () => {
    const { own, stack } = await at(without, "killed");
    const { events } = await stack.up({ program: full });
    const warnings = events.filter(({ diagnosticEvent }) => diagnosticEvent?.message.includes(TOO_OLD));
    expect(warnings).toHaveLength(1);
    await forget(stack);
    const [first] = ofOldKuma as [KindCase];
    const object = first.get(own, id(first)) ?? {};
    first.put(own, id(first), first.byHand.changed.change(object));
    const refused = await stack.up({ expectFailure: true });
    expectOneError(refused, "exists already", "Nothing at the server says whose it is", "adopt: true");
    first.put(own, id(first), object);
    await forget(stack);
    expectChanges(await stack.up(), { create: ofOldKuma.length + 1 });
    expectNoChanges(await stack.refresh());
  },
);

testOldKuma(
  "at a Kuma without labels a rename without an alias leaves the objects to their new names",
  { tags: ["kinds"] },
  async () => {
    const { own, stack } = await at(without, "renamed");
    await stack.up({ program: full });
    const renamed = declared(ofOldKuma, (kind) => kind.full, "other");
    const { output } = await stack.up({ program: renamed });
    for (const kind of ofOldKuma) expect(kind.get(own, id(kind)), output).toBeDefined();
    await stack.destroy();
    for (const kind of ofOldKuma) expect(kind.get(own, id(kind)), kind.type).toBeUndefined();
  },
);

testOldKuma(
  "at a Kuma without labels an object whose answer was lost is found by a look",
  { tags: ["kinds"] },
  async () => {
    const { own, stack } = await at(without, "lost");
    own.kuma.intercept = ({ method }: IncomingMessage, response: ServerResponse) => {
      if (method === "PUT") response.writeHead = response.end = () => response.destroy() as never;
      return false;
    };
    expectChanges(await stack.up({ program: full }), { create: ofOldKuma.length + 1 });
    own.kuma.intercept = undefined;
    expectNoChanges(await stack.refresh());
    for (const kind of ofOldKuma) expect(kind.get(own, id(kind)), kind.type).toBeDefined();
  },
);
