import { expect, onTestFinished } from "vitest";
import { startKumaFederation } from "../../../sandbox/kuma/index.ts";
import { BundleStack } from "../bundle.ts";
import type { Row } from "./row.ts";
import { at, atKuma, type Config, type Servers, UPSTREAM } from "./servers.ts";

type Tables = Record<string, object>;

const MESH_SERVICES = { match: { port: 80 }, endpoints: [{ address: "a.example", port: 80 }] };
const SERVICES = { a: { tags: { "kuma.io/service": "a" }, networking: { address: "a.example:80" } } };
const EGRESSES = { e: { zone: "z", networking: { address: "10.0.0.1", port: 10002 } } };

/** Makes a bundle whose state nobody has; what is said against it, or printed, fails it. */
async function up(
  { printed }: Servers,
  of: string | BundleStack,
  config: Config,
  tables: Tables,
  options = {},
) {
  const stack = typeof of === "string" ? new BundleStack(of, config) : of;
  const { problems, reasons } = await stack.up(tables, options);
  const said = [...problems, ...reasons, ...printed.filter((line) => !/ (written|kept)/.test(line))];
  if (said.length > 0) throw new Error(said.join("\n"));
}

/** A bundle of the upstream "b", beside which there is "a" under its label, which a run that died has made. */
async function withLeftovers(servers: Servers): Promise<BundleStack> {
  const config = at(servers.newer);
  await new BundleStack("apisix:Bundle", config).up({ upstreams: { a: UPSTREAM } });
  const stack = new BundleStack("apisix:Bundle", config);
  await stack.up({ upstreams: { b: UPSTREAM } });
  servers.printed.length = 0;
  return stack;
}

function otherBundle(servers: Servers): BundleStack {
  return new BundleStack("apisix:Bundle", at(servers.newer), "fedcba9876543210");
}

async function federation(): Promise<Config> {
  const { global, zones, close } = await startKumaFederation({ zones: ["zone-1"] });
  onTestFinished(close);
  return { "kuma:globalUrl": global.url, "kuma:zoneUrl": zones["zone-1"]?.url ?? "" };
}

/** What a bundle cannot hold, and what it leaves alone. */
export const BUNDLES: readonly Row<Servers>[] = [
  {
    name: "a wait for outputs of a bundle's object",
    wrong: (servers) => {
      const meshExternalServices = { a: { ...MESH_SERVICES, waitForHostname: 5 } };
      return up(servers, "kuma:Bundle", atKuma(servers.kuma), { meshExternalServices });
    },
    proposal: "has no effect in a bundle, whose objects have no outputs; leave it out",
    carriedOut: (servers) =>
      up(servers, "kuma:Bundle", atKuma(servers.kuma), { meshExternalServices: { a: MESH_SERVICES } }),
  },
  {
    name: "objects of two servers in a bundle",
    wrong: async (servers) =>
      up(servers, "kuma:Bundle", await federation(), { externalServices: SERVICES, zoneEgresses: EGRESSES }),
    proposal: "the objects of a bundle are all at one server, so make a bundle for each",
    carriedOut: async (servers) => {
      const config = await federation();
      await up(servers, "kuma:Bundle", config, { externalServices: SERVICES });
      await up(servers, "kuma:Bundle", config, { zoneEgresses: EGRESSES });
    },
  },
  {
    name: "an object that another bundle of the stack has",
    wrong: async (servers) => {
      await up(servers, "apisix:Bundle", at(servers.newer), { upstreams: { a: UPSTREAM } });
      await up(servers, otherBundle(servers), {}, { upstreams: { a: UPSTREAM } });
    },
    proposal:
      "To move it here, set adopt: true on this bundle and take it out of the other one, which needs dependsOn this bundle.",
    carriedOut: async (servers) => {
      const [one, other] = [new BundleStack("apisix:Bundle", at(servers.newer)), otherBundle(servers)];
      await up(servers, one, {}, { upstreams: { a: UPSTREAM, b: UPSTREAM } });
      await up(servers, other, {}, { upstreams: { a: UPSTREAM } }, { adopt: true });
      await one.up({ upstreams: { b: UPSTREAM } });
      expect(servers.newer.store.get("upstreams", "a")?.labels).toMatchObject({
        "pulumi-owner": expect.stringMatching(/^fedcba9876543210\./),
      });
    },
  },
  {
    name: "objects of a bundle whose state was lost",
    wrong: async (servers) => {
      await up(servers, "apisix:Bundle", at(servers.newer), { upstreams: { a: UPSTREAM } });
      await up(servers, "apisix:Bundle", at(servers.newer), { upstreams: { b: UPSTREAM } });
    },
    proposal: "To remove them now, set adopt: true on the bundle and run pulumi up; to keep one, declare it",
    carriedOut: async (servers) => {
      const config = at(servers.newer);
      await up(servers, "apisix:Bundle", config, { upstreams: { a: UPSTREAM } });
      const both = { upstreams: { a: UPSTREAM, b: UPSTREAM } };
      await up(servers, "apisix:Bundle", config, both, { adopt: true });
      await new BundleStack("apisix:Bundle", config).up({ upstreams: { c: UPSTREAM } }, { adopt: true });
      expect(servers.newer.store.list("upstreams").map(({ id }) => id)).toEqual(["c"]);
    },
  },
  {
    name: "objects of a bundle whose state was lost, at a run that changes nothing",
    wrong: async (servers) => {
      const stack = await withLeftovers(servers);
      await up(servers, stack, {}, { upstreams: { b: UPSTREAM } });
    },
    proposal: "To remove them, set adopt: true on the bundle; its destroy removes them, too.",
    carriedOut: async (servers) => {
      const ids = () => servers.newer.store.list("upstreams").map(({ id }) => id);
      const stack = await withLeftovers(servers);
      await stack.up({ upstreams: { b: UPSTREAM } }, { adopt: true });
      expect(ids()).toEqual(["b"]);
      await stack.destroy();
      const other = await withLeftovers(servers);
      expect(ids()).toEqual(["a", "b"]);
      await other.destroy();
      expect(ids()).toEqual([]);
    },
  },
];
