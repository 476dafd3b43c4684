import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { handler } from "../../provider/index.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { type KumaSandbox, startKuma, startKumaFederation } from "../../sandbox/kuma/index.ts";
import { CONTEXT } from "../support/in-process.ts";

const soon = await startKuma({ upkeepDelay: 300 });
const never = await startKuma({ upkeepDelay: 3_600_000 });
const federation = await startKumaFederation({ zones: ["zone-1"], upkeepDelay: 300 });
const zone = federation.zones["zone-1"] as KumaSandbox;
afterAll(() => Promise.all([soon.close(), never.close(), federation.close()]));

const said: string[] = [];
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
});
afterEach(() => {
  vi.restoreAllMocks();
  said.length = 0;
});

/** A lifecycle in an operation of its own, as the engine's process has it. */
function operation(urls: Record<string, string>) {
  const lifecycle = handler("kuma:MeshExternalService");
  lifecycle.configure({ config: { get: (key) => urls[key] } });
  const inputs = async (name: string, more: JsonObject = {}) => {
    const args = { match: { port: 80 }, endpoints: [{ address: "a.example", port: 80 }], ...more };
    return (await lifecycle.check({}, { ...args, __context: { ...CONTEXT, name } })).inputs;
  };
  return { lifecycle, inputs };
}

describe("host names and address of a mesh external service", () => {
  test("are waited for, and then no refresh and no comparison finds anything", async () => {
    const { lifecycle, inputs } = operation({ "kuma:url": soon.url });
    const wanted = await inputs("waited", { waitForHostname: 30 });
    const { id, outs } = await lifecycle.create(wanted);
    expect(outs).toMatchObject({
      hostnames: ["waited.extsvc.mesh.local"],
      vip: expect.stringMatching(/^24\d\./),
    });
    expect(await lifecycle.read(id, outs as JsonObject)).toEqual({ id, props: outs });
    expect(await lifecycle.diff(id, outs as JsonObject, wanted)).toMatchObject({ changes: false });
    expect(said).toEqual([]);
  });

  test("are kept by an update, and those of a second name come with it", async () => {
    const { lifecycle, inputs } = operation({ "kuma:url": soon.url });
    const { id, outs } = await lifecycle.create(await inputs("updated", { waitForHostname: 30 }));
    const generator = {
      type: "HostnameGenerator",
      name: "own",
      spec: {
        selector: { meshExternalService: { matchLabels: { own: "true" } } },
        template: "{{ .DisplayName }}.own.mesh",
      },
    };
    soon.store.put(generator);
    const labelled = await inputs("updated", { labels: { own: "true" } });
    const updated = await lifecycle.update(id, outs as JsonObject, labelled);
    expect(updated.outs).toMatchObject({ hostnames: ["updated.extsvc.mesh.local"] });
    await vi.waitFor(
      async () => {
        const { props } = await lifecycle.read(id, updated.outs as JsonObject);
        expect(props.hostnames).toEqual(["updated.extsvc.mesh.local", "updated.own.mesh"]);
      },
      { timeout: 30_000 },
    );
  });

  test("are absent where nothing waits for them, and nothing is said of it", async () => {
    const { lifecycle, inputs } = operation({ "kuma:url": never.url });
    const { outs } = await lifecycle.create(await inputs("quick"));
    expect(outs).not.toHaveProperty("hostnames");
    expect(outs).not.toHaveProperty("vip");
    expect(said).toEqual([]);
  });

  test("that do not come in time are a warning that says what helps, and fail nothing", async () => {
    const { lifecycle, inputs } = operation({ "kuma:url": never.url });
    const { outs } = await lifecycle.create(await inputs("late", { waitForHostname: 1 }));
    expect(outs).not.toHaveProperty("hostnames");
    expect(said).toEqual([
      'warning: The mesh external service "default/late" has no hostnames and vip: the control plane has not given it any ' +
        "(after 1 s). A pulumi refresh reads what has come by then; if it takes longer, raise waitForHostname.",
    ]);
  });

  test("that a generator refuses to make are told in its words", async () => {
    const { lifecycle, inputs } = operation({ "kuma:url": soon.url });
    for (const name of ["local-mesh-external-service", "own"])
      soon.store.delete("HostnameGenerator", undefined, name);
    const spec = { selector: { meshExternalService: {} }, template: '{{ label "not there" }}.mesh' };
    soon.store.put({ type: "HostnameGenerator", name: "failing", spec });
    await lifecycle.create(await inputs("nameless", { waitForHostname: 2 }));
    expect(said).toEqual([
      expect.stringMatching(
        /"default\/nameless" has no hostnames: its generator of host names says: .*not there/,
      ),
    ]);
  });

  test("are not waited for at a global control plane, which never gives any", async () => {
    const { lifecycle, inputs } = operation({
      "kuma:globalUrl": federation.global.url,
      "kuma:zoneUrl": zone.url,
    });
    const started = Date.now();
    const { outs } = await lifecycle.create(await inputs("everywhere", { waitForHostname: 60 }));
    expect(Date.now() - started).toBeLessThan(20_000);
    expect(outs).not.toHaveProperty("hostnames");
    expect(said).toEqual([
      `warning: The mesh external service "default/everywhere" has no hostnames and vip: the control plane ${federation.global.url} is a ` +
        "global one, which gives none: each zone gives its own. Leave waitForHostname out here, and read it at a zone's control plane.",
    ]);
  });

  test("come from a zone's control plane for what is the zone's", async () => {
    const { lifecycle, inputs } = operation({
      "kuma:globalUrl": federation.global.url,
      "kuma:zoneUrl": zone.url,
    });
    const { outs } = await lifecycle.create(await inputs("ours", { origin: "zone", waitForHostname: 30 }));
    expect(outs).toMatchObject({ hostnames: ["ours.extsvc.mesh.local"] });
  });
});
