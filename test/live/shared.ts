import { afterAll, beforeAll, expect, vi } from "vitest";
import type { KumaServers } from "./kinds.ts";
import { kumaServer, read, remove, type Server, write } from "./servers.ts";
import type { LiveKuma } from "./settings.ts";

/** Makes the consumer that a run's credentials are made for, and removes it afterwards. */
export function withConsumer(server: Server, username: string): void {
  const path = `/apisix/admin/consumers/${username}`;
  beforeAll(() => write(server, path, { username }));
  afterAll(() => remove(server, path));
}

/** Both sides of a federation, which are one where there is one control plane. */
export function serversOf({ globalUrl, zoneUrl, token }: LiveKuma): KumaServers {
  return { global: kumaServer(globalUrl, token), zone: kumaServer(zoneUrl, token) };
}

/** Makes the run's mesh, waits until the zone has it, too, and removes it afterwards. */
export function withMesh({ global, zone }: KumaServers, mesh: string): void {
  const path = `/meshes/${mesh}`;
  beforeAll(async () => {
    await write(global, path, { type: "Mesh", name: mesh, skipCreatingInitialPolicies: ["*"] });
    await vi.waitFor(async () => expect(await read(zone, path)).toBeDefined(), { timeout: 60_000 });
  }, 90_000);
  afterAll(() => remove(global, path));
}
