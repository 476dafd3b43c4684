import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { OperationResult, TestStack } from "../../tools/engine.ts";
import { errorsOf, expectReadable, held } from "../support/errors.ts";
import { expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
/** The same servers under other addresses. */
const moved = { apisix: elsewhere(world.apisix.adminUrl), kuma: elsewhere(world.kuma.url) };
const right = { apisix: world.apisix.adminUrl, kuma: world.kuma.url };

function elsewhere(url: string): string {
  return url.replace("127.0.0.1", "localhost");
}

function declare(name: string, provider?: { apisix: apisix.Provider; kuma: kuma.Provider }): void {
  new apisix.Upstream(name, { nodes: { "a.example:80": 1 } }, provider && { provider: provider.apisix });
  new kuma.ExternalService(
    name,
    { tags: { "kuma.io/service": name }, networking: { address: "kept.example:443" } },
    provider && { provider: provider.kuma },
  );
}

/** Both resources are refused; each error names both addresses and the setting that helps. */
function expectRefused(result: OperationResult): void {
  const errors = errorsOf(result).filter((text) => text.includes("WRONG_SERVER"));
  expect(errors.length, result.output).toBeGreaterThan(0);
  for (const error of errors) {
    const [dialect, setting] = error.includes("upstream")
      ? (["apisix", "gatewayId"] as const)
      : (["kuma", "controlPlaneId"] as const);
    expect(error).toContain(`was made at "${right[dialect]}"`);
    expect(error).toContain(`now names "${moved[dialect]}"`);
    expect(error).toContain(
      `set ${dialect}:${setting} (or the provider's ${setting}) to "${right[dialect]}"`,
    );
  }
  expectReadable(result);
}

/** Runs the operations, all of which must be refused, and sees that no server was asked and nothing was lost. */
async function expectAllRefused(stack: TestStack, operations: (() => Promise<OperationResult>)[]) {
  const before = await held(stack);
  const requests = await world.requestsDuring(async () => {
    for (const operation of operations) expectRefused(await operation());
  });
  expect(requests).toEqual([]);
  expect(await held(stack)).toEqual(before);
}

const failing = { expectFailure: true } as const;

describe("a changed URL is refused, and goes through with the server's id", () => {
  test("in the stack's configuration", async () => {
    const program = async () => declare("by-configuration");
    const stack = await world.stack("configuration", program);
    await stack.up();
    const withProgram = { ...failing, program, runProgram: true };
    await stack.setConfig({ "apisix:adminUrl": moved.apisix, "kuma:url": moved.kuma });
    await expectAllRefused(stack, [
      () => stack.preview(failing),
      () => stack.up(failing),
      () => stack.refresh(withProgram),
      () => stack.destroy(withProgram),
    ]);
    await stack.setConfig({ "apisix:gatewayId": right.apisix, "kuma:controlPlaneId": right.kuma });
    expectNoChanges(await stack.up());
    expectNoChanges(await stack.refresh({ program, runProgram: true }));
    await stack.destroy({ program, runProgram: true });
    expect(world.apisix.store.get("upstreams", "by-configuration")).toBeUndefined();
  });

  test("of an explicit provider", async () => {
    let urls = right;
    let ids: { gatewayId?: string; controlPlaneId?: string }[] = [{}, {}];
    const program = async () =>
      declare("by-provider", {
        apisix: new apisix.Provider("edge", {
          adminUrl: urls.apisix,
          adminKey: world.apisix.adminKey,
          ...ids[0],
        }),
        kuma: new kuma.Provider("mesh", { url: urls.kuma, ...ids[1] }),
      });
    const stack = await world.stack("provider", program);
    await stack.up();
    const withProgram = { ...failing, program, runProgram: true };
    urls = moved;
    await expectAllRefused(stack, [
      () => stack.preview(failing),
      () => stack.up(failing),
      () => stack.refresh(withProgram),
      () => stack.destroy(withProgram),
    ]);
    ids = [{ gatewayId: right.apisix }, { controlPlaneId: right.kuma }];
    const requests = await world.requestsDuring(() => stack.up());
    expect(requests).toEqual([]);
    expectNoChanges(await stack.refresh());
    await stack.destroy();
    expect(world.apisix.store.get("upstreams", "by-provider")).toBeUndefined();
  });

  test("in the environment, which refresh and destroy read anew", async () => {
    const program = async () => declare("by-environment");
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv("APISIX_ADMIN_URL", right.apisix);
    vi.stubEnv("APISIX_ADMIN_KEY", world.apisix.adminKey);
    vi.stubEnv("KUMA_URL", right.kuma);
    const stack = await world.engine.stack("environment", program);
    const { output } = await stack.up();
    expect(output).toContain(`warning: The server ${right.apisix} comes from the environment variable`);
    vi.stubEnv("APISIX_ADMIN_URL", moved.apisix);
    vi.stubEnv("KUMA_URL", moved.kuma);
    await expectAllRefused(stack, [
      () => stack.up(failing),
      () => stack.refresh(failing),
      () => stack.destroy(failing),
    ]);
    await stack.setConfig({ "apisix:gatewayId": right.apisix, "kuma:controlPlaneId": right.kuma });
    expectNoChanges(await stack.up());
    await stack.destroy();
    expect(world.apisix.store.get("upstreams", "by-environment")).toBeUndefined();
  });
});

test("a server that is given an id from the start may move freely", async () => {
  const program = async () => declare("named");
  const ids = { "apisix:gatewayId": "edge", "kuma:controlPlaneId": "mesh" };
  const stack = await world.stack("named", program, { config: ids });
  await stack.up();
  await stack.setConfig({ "apisix:adminUrl": moved.apisix, "kuma:url": moved.kuma });
  expectNoChanges(await stack.up());
});
