import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Scenario } from "../support/kuma-recordings.ts";
import { apisixKinds, consumerOf, kumaKinds, type LiveKind } from "./kinds.ts";
import { recordKind, recordShared } from "./recorder.ts";
import { apisixServer, kumaServer, read, remove, type Server, send } from "./servers.ts";
import { liveSettings } from "./settings.ts";

const { RECORD_TO: folder } = process.env;
const settings = liveSettings();
const { apisix, kuma, run } = settings;
const mesh = `${run}-mesh`;

/** Records all chosen kinds of a server into one file. */
function recordAll(
  name: string,
  server: Server,
  kinds: LiveKind[],
  shared: { path: string; object: object },
): void {
  const scenarios: Scenario[] = [];
  afterAll(async () => {
    await remove(server, shared.path);
    const about = await index(server);
    await mkdir(String(folder), { recursive: true });
    const recording = { ...about, recorded: today(), scenarios };
    await writeFile(join(String(folder), `${name}.json`), `${JSON.stringify(recording, undefined, 1)}\n`);
  });
  beforeAll(async () => {
    scenarios.push(await recordShared(shared.path, shared.object, (...asked) => send(server, ...asked)));
    // A zone has what the global control plane was told a moment later.
    for (const kind of kinds.filter((one) => one.server.url !== server.url)) {
      await vi.waitFor(async () => expect(await read(kind.server, shared.path)).toBeDefined(), {
        timeout: 60_000,
      });
    }
  });
  test.each(kinds.map((kind) => [kind.type, kind] as const))("%s", async (_, kind) => {
    const at = kind.server.url === server.url ? undefined : "zone";
    scenarios.push(await recordKind(kind, run, (...asked) => send(kind.server, ...asked), at));
    expect(scenarios.at(-1)?.exchanges.at(-1)?.response.status).toBeGreaterThanOrEqual(200);
  });
}

/** What the server calls itself, and which headers go with every request; no credential stands in a recording. */
async function index(server: Server): Promise<{ server: string; defaultHeaders: string[] }> {
  const defaultHeaders = Object.keys(server.headers);
  const path = server.dialect === "apisix" ? "/apisix/admin/plugins/list" : "/";
  const { body, product } = await send(server, "GET", path);
  if (server.dialect === "apisix") return { server: product ?? "Apache APISIX", defaultHeaders };
  const about = body as { product?: string; version?: string };
  return { server: `${about.product} ${about.version}`, defaultHeaders };
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

describe("what is recorded of", async () => {
  if (folder === undefined) return test.skip("nothing: npm run record records", () => {});
  if (apisix) {
    const server = apisixServer(apisix);
    const username = consumerOf(settings);
    const shared = { path: `/apisix/admin/consumers/${username}`, object: { username } };
    const kinds = await apisixKinds(settings, server);
    if (kinds.length > 0) describe("an APISIX", () => recordAll("apisix", server, kinds, shared));
  }
  if (kuma) {
    const server = kumaServer(kuma.globalUrl, kuma.token);
    const servers = { global: server, zone: kumaServer(kuma.zoneUrl, kuma.token) };
    const object = { type: "Mesh", name: mesh, skipCreatingInitialPolicies: ["*"] };
    const kinds = kumaKinds(settings, servers, mesh, "global");
    const shared = { path: `/meshes/${mesh}`, object };
    if (kinds.length > 0) describe("a Kuma", () => recordAll("kuma", server, kinds, shared));
  }
  if (!apisix && !kuma) test.skip("nothing: no server is named", () => {});
});
