import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ApisixSandbox, startApisix } from "../../sandbox/apisix/index.ts";
import { type Release, readSchemas } from "../../sandbox/apisix/schemas.ts";
import { secretManagers } from "../../sandbox/apisix/schemas-unlisted.ts";
import { type Listener, listen } from "../../sandbox/http.ts";
import { drawnRequest, drawnRoutes, served } from "./compare-apisix-gateway.ts";
import { knownDifference } from "./compare-apisix-known.ts";
import { COLLECTIONS } from "./compare-apisix-objects.ts";
import { PluginRequests } from "./compare-apisix-plugins.ts";
import { type AdminRequest, Requests } from "./compare-apisix-requests.ts";
import { compareRequests, newOutcome, type Pair, prepare, tidy } from "./compare-apisix-run.ts";
import { random } from "./compare-random.ts";
import { apisixServer, remove, type Server, send } from "./servers.ts";
import { liveSettings } from "./settings.ts";

const RUNS = Number(process.env.LIVE_RUNS ?? 400);
const SEED = Number(process.env.LIVE_SEED ?? 1);
const { APISIX_VIEWER_KEY = "", APISIX_GATEWAY_URL } = process.env;
const settings = liveSettings();
const releases: Release[] = ["3.11.0", "3.14.1", "3.18.0"];

/** The release of a server, of those that the sandbox knows. */
async function releaseOf(server: Server): Promise<Release | undefined> {
  const { product } = await send(server, "GET", "/apisix/admin/plugins/list");
  return releases.find((release) => product === `APISIX/${release}`);
}

describe("the sandbox of APISIX answers as a server", async () => {
  const { apisix } = settings;
  const server = apisix && apisixServer(apisix);
  const release = server && (await releaseOf(server));
  if (!apisix || !server || !release) return test.skip("none of a known release is named", () => {});
  const run = `${settings.run}s`;
  const sandbox = await startApisix({ release });
  const schemas = readSchemas(release);
  const pair: Pair = {
    server: { url: server.url, key: apisix.key, viewerKey: APISIX_VIEWER_KEY },
    sandbox,
    schemas: [schemas, secretManagers],
    run,
  };
  beforeAll(() => prepare(pair));
  afterAll(async () => {
    await tidy(pair);
    await sandbox.close();
  });

  const compare = async (draw: () => AdminRequest[], runs: number, seed: number) => {
    const outcome = newOutcome();
    const chosen = random(seed);
    while (outcome.sent < runs)
      await compareRequests(pair, draw(), chosen, outcome, (what) => knownDifference(what) !== undefined);
    expect([...outcome.found].map(([what, { example }]) => `${what}\n${example}`)).toEqual([]);
    expect(outcome.sent).toBeGreaterThan(0);
  };

  const hasViewer = APISIX_VIEWER_KEY !== "";
  const isAsked = ({ key }: AdminRequest) => hasViewer || key !== "viewer";
  test.each(COLLECTIONS.map((name, index) => [name, index] as const))("about %s", async (name, index) => {
    const requests = new Requests(run, random(SEED * 100 + index), SEED);
    await compare(() => requests.next(name).filter(isAsked), RUNS, SEED);
  });

  const plugins = [...new Set([...Object.keys(schemas.plugins), ...Object.keys(schemas.streamPlugins)])];
  const drawn = new PluginRequests(run, random(SEED), SEED, schemas);
  test.each(plugins)("about the plugin %s", (name) =>
    compare(() => drawn.next(name), Math.ceil(RUNS / 10), SEED),
  );

  describe.skipIf(!APISIX_GATEWAY_URL)("at the gateway", () => gatewayTest(server, sandbox, run));
});

function gatewayTest(server: Server, sandbox: ApisixSandbox, run: string): void {
  let node: Listener;
  beforeAll(async () => {
    node = await listen((request, response) => {
      response.setHeader("x-served-by", request.headers["x-route"] ?? "nobody");
      response.end();
    });
  });
  afterAll(() => node.close());
  const admin: Server = { ...server, url: sandbox.adminUrl, headers: { "x-api-key": sandbox.adminKey } };
  const gateway = String(APISIX_GATEWAY_URL);

  test.each(Array.from({ length: Math.ceil(RUNS / 40) }, (_, set) => set))(
    "with set %i of routes",
    async (set) => {
      const chosen = random(SEED * 1000 + set);
      const domain = `set${set}.${run}.example`;
      const last = { uri: "/last", host: `last.${set}.${run}.example` };
      const routes = [...drawnRoutes(domain, chosen), last];
      const ids = routes.map((_, index) => `${run}-${set}-${index}`);
      const upstream = { type: "roundrobin", nodes: [{ host: "127.0.0.1", port: node.port, weight: 1 }] };
      try {
        for (const [index, id] of ids.entries()) {
          const plugins = { "proxy-rewrite": { headers: { set: { "X-Route": id } } } };
          const body = { ...routes[index], plugins, upstream };
          const [ours, theirs] = await Promise.all(
            [admin, server].map((one) => send(one, "PUT", `/apisix/admin/routes/${id}`, body)),
          );
          expect(ours?.status).toBe(theirs?.status);
        }
        // A gateway learns of routes a moment later, in the order in which they were written.
        const asked = { method: "GET", path: "/last", host: last.host, headers: {} };
        await expect
          .poll(() => served(gateway, asked), { timeout: 20_000 })
          .toMatchObject({ route: ids.at(-1) });
        for (let count = 0; count < 40; count++) {
          const request = drawnRequest(domain, chosen);
          const answers = await Promise.all([served(sandbox.gatewayUrl, request), served(gateway, request)]);
          const [ours, theirs] = answers.map(({ route, status }) => ({
            route: ids.includes(route) ? routes[ids.indexOf(route)] : undefined,
            isBad: status === 400,
          }));
          expect.soft(ours, JSON.stringify(request)).toEqual(theirs);
        }
      } finally {
        for (const id of ids)
          for (const one of [admin, server]) await remove(one, `/apisix/admin/routes/${id}`);
      }
    },
  );
}
