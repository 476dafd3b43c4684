import { describe, expect, test } from "vitest";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { startKuma } from "../../sandbox/kuma/index.ts";
import { apisixKinds, consumerOf, kumaKinds, type LiveKind } from "../live/kinds.ts";
import { recordKind, recordShared } from "../live/recorder.ts";
import { apisixServer, kumaServer, type Server, send } from "../live/servers.ts";
import { liveSettings } from "../live/settings.ts";
import { comparable, type Scenario } from "../support/kuma-recordings.ts";

const settings = liveSettings({ LIVE_WHOLE_GATEWAY: "1" });
const { run } = settings;

interface Shared {
  path: string;
  object: object;
}

async function recorded(server: Server, kinds: LiveKind[], { path, object }: Shared): Promise<Scenario[]> {
  const ask = (...asked: Parameters<typeof send> extends [Server, ...infer Rest] ? Rest : never) =>
    send(server, ...asked);
  const scenarios = [await recordShared(path, object, ask)];
  for (const kind of kinds) scenarios.push(await recordKind(kind, run, ask));
  return scenarios;
}

/** What another server of the same release answers differently. Each object of APISIX gets times and revisions anew. */
async function differences(server: Server, scenarios: Scenario[]): Promise<unknown[]> {
  const different: unknown[] = [];
  for (const { name, exchanges } of scenarios) {
    for (const { request, response } of exchanges) {
      const { method, path, body } = request;
      const { status, contentType, body: json, text } = await send(server, method as "GET", path, body);
      const type = contentType?.replace(/;.*/, "");
      const answer = {
        status,
        ...(type && { contentType: type }),
        ...(json === undefined ? { text } : { body: json }),
      };
      const [actual, expected] = [answer, response].map((one) =>
        JSON.stringify(comparable(one)).replace(
          /"(create_time|update_time|createdIndex|modifiedIndex)":\d+,?/g,
          "",
        ),
      );
      if (actual !== expected && !isEncrypted(path)) different.push({ name, method, actual, expected });
    }
  }
  return different;
}

/** Keys come back encrypted, each time otherwise. */
function isEncrypted(path: string): boolean {
  return /\/ssls\//.test(path);
}

describe("what is recorded of a server can be repeated at another one of its release", () => {
  test("APISIX", async () => {
    const [one, other] = await Promise.all([startApisix(), startApisix()]);
    const server = apisixServer({ url: one.adminUrl, key: one.adminKey });
    const username = consumerOf(settings);
    const shared = { path: `/apisix/admin/consumers/${username}`, object: { username } };
    const kinds = await apisixKinds(settings, server);
    const scenarios = await recorded(server, kinds, shared);
    expect(scenarios).toHaveLength(kinds.length + 1);
    const again = apisixServer({ url: other.adminUrl, key: other.adminKey });
    expect(await differences(again, scenarios)).toEqual([]);
    await Promise.all([one.close(), other.close()]);
  });

  test("Kuma", async () => {
    const options = { upkeepDelay: 3_600_000 };
    const [one, other] = await Promise.all([startKuma(options), startKuma(options)]);
    const server = kumaServer(one.url);
    const mesh = `${run}-mesh`;
    const object = { type: "Mesh", name: mesh, skipCreatingInitialPolicies: ["*"] };
    const kinds = kumaKinds(settings, { global: server, zone: server }, mesh, "global");
    const scenarios = await recorded(server, kinds, { path: `/meshes/${mesh}`, object });
    expect(scenarios).toHaveLength(kinds.length + 1);
    expect(await differences(kumaServer(other.url), scenarios)).toEqual([]);
    await Promise.all([one.close(), other.close()]);
  });
});
