import * as kuma from "pulumi-external-backends/kuma";
import { describe, expect, test } from "vitest";
import { Engine, type StackConfig } from "../../tools/engine.ts";
import type { Stored } from "../support/kinds.ts";
import { bundleTest } from "./bundle.ts";
import { type KumaServers, kumaKinds } from "./kinds.ts";
import { lifecycleTests, notTested } from "./lifecycle.ts";
import { kumaConfig, read } from "./servers.ts";
import { type LiveKuma, liveSettings } from "./settings.ts";
import { serversOf, withMesh } from "./shared.ts";

const settings = liveSettings();
/** All that is in a mesh is in this one, so that nobody's traffic is concerned. */
const mesh = `${settings.run}-mesh`;

describe("a live Kuma", async () => {
  const live = settings.kuma;
  if (!live) return notTested("Kuma", "KUMA_URL, or KUMA_GLOBAL_URL and KUMA_ZONE_URL, are not set");
  const { run } = settings;
  const servers = serversOf(live);
  const config = kumaConfig(live);
  const kinds = kumaKinds(settings, servers, mesh, "global");
  const isBundleChosen = settings.isChosen("kuma:Bundle");
  if (kinds.length === 0 && !isBundleChosen) return notTested("Kuma", "no kind of it was chosen");
  withMesh(servers, mesh);

  describe("from its global side", async () => {
    if (kinds.length === 0) return notTested("Kuma", "no kind of it was chosen but the bundle");
    await lifecycleTests({ run, kinds, config, shared: mesh });
  });

  describe("from its zone's side", async () => {
    const ofZone = kumaKinds(settings, servers, mesh, "zone");
    if (live.globalUrl === live.zoneUrl || ofZone.length === 0)
      return notTested("zone", "there is one control plane only, or no such kind was chosen");
    await lifecycleTests({ run: `${run}-z`, kinds: ofZone, config, shared: mesh });
  });

  if (isBundleChosen) {
    describe("in a bundle", async () => {
      const all = kumaKinds({ ...settings, isChosen: () => true }, servers, mesh, "global");
      await bundleTest({ type: "kuma:Bundle", run, kinds: all, config, shared: mesh });
    });
  }
  if (settings.isChosen("kuma:MeshPatch")) patchTest(servers, config);
  if (settings.isChosen("kuma:MeshExternalService")) hostnameTest(live, config);
});

function patchTest({ global }: KumaServers, config: StackConfig): void {
  test("a patch sets its fields of a mesh, and puts them back", async () => {
    const engine = await Engine.start();
    const locality = async () =>
      ((await read(global, `/meshes/${mesh}`))?.routing as Stored | undefined)?.localityAwareLoadBalancing;
    try {
      const program = async () =>
        void new kuma.MeshPatch("patch", { mesh, routing: { localityAwareLoadBalancing: true } });
      const stack = await engine.stack("patch", program, { config });
      await stack.up();
      expect(await locality()).toBe(true);
      await stack.destroy();
      expect(await locality()).not.toBe(true);
    } finally {
      await engine.close();
    }
  });
}

function hostnameTest({ globalUrl, zoneUrl }: LiveKuma, config: StackConfig): void {
  test("a mesh external service gets host names, and they are waited for", async () => {
    const engine = await Engine.start();
    try {
      const program = async () => {
        const { hostnames, vip } = new kuma.MeshExternalService(`${settings.run}-names`, {
          mesh,
          match: { port: 80 },
          endpoints: [{ address: "a.example", port: 80 }],
          waitForHostname: 60,
          ...(globalUrl === zoneUrl ? {} : { origin: "zone" as const }),
        });
        return { hostnames, vip };
      };
      const stack = await engine.stack("names", program, { config });
      const { outputs } = await stack.up();
      expect(outputs.hostnames).toContain(`${settings.run}-names.extsvc.mesh.local`);
      expect(outputs.vip).toMatch(/^[\da-f.:]+$/);
      await stack.destroy();
    } finally {
      await engine.close();
    }
  });
}
