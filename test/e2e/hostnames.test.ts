import * as pulumi from "@pulumi/pulumi";
import * as kuma from "pulumi-external-backends/kuma";
import { expect, test } from "vitest";
import { expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld({ kuma: { upkeepDelay: 300 } });

const service = (name: string, args: Partial<kuma.MeshExternalServiceArgs> = {}) =>
  new kuma.MeshExternalService(name, {
    match: { port: 80 },
    endpoints: [{ address: "a.example", port: 80 }],
    ...args,
  });

test("host names are outputs that other resources use, and then nothing changes", async () => {
  const program = async () => {
    const mail = service("mail", { waitForHostname: 60 });
    const url = mail.hostnames.apply((names) => `http://${names?.[0]}:80`);
    new kuma.Secret("uses-it", { value: pulumi.interpolate`${url} ${mail.vip}` });
    return { url, vip: mail.vip };
  };
  const stack = await world.stack("hostnames", program);
  expectChanges(await stack.preview(), { create: 3 });
  const { outputs } = await stack.up();
  expect(outputs).toEqual({
    url: "http://mail.extsvc.mesh.local:80",
    vip: expect.stringMatching(/^[\d.]+$/),
  });
  expectNoChanges(await stack.up());
  expectNoChanges(await stack.refresh());
  expectNoChanges(await stack.preview());
  await stack.destroy();
});

test("host names that were not waited for come with a refresh, and an update keeps them", async () => {
  const stack = await world.stack("later", async () => void service("later"));
  await stack.up();
  await expect
    .poll(() => world.kuma.store.get("MeshExternalService", "default", "later")?.status, { timeout: 60_000 })
    .toHaveProperty("addresses");
  await stack.refresh();
  const hostnames = async () => (await stack.resource("later")).outputs?.hostnames;
  expect(await hostnames()).toEqual(["later.extsvc.mesh.local"]);
  expectNoChanges(await stack.up());
  await stack.up({ program: async () => void service("later", { labels: { team: "a" } }) });
  expect(await hostnames()).toEqual(["later.extsvc.mesh.local"]);
  expectNoChanges(await stack.refresh());
  await stack.destroy();
});
