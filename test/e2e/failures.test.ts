import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { listen, sendText } from "../../sandbox/http.ts";
import { expectOneError, held } from "../support/errors.ts";
import { expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld({ kuma: { tokens: { admin: "admin token", expired: "expired token" } } });
const token = { value: "admin token", secret: true } as const;
const wrong = { value: "mistyped-1234", secret: true } as const;

let retries: number;
beforeEach(() => {
  retries = 1;
});

const upstream = async () => {
  new apisix.Upstream("payments", { nodes: { "a.example:80": 1 }, retries });
};
const service = async () => {
  new kuma.ExternalService("billing", {
    tags: { "kuma.io/service": "billing" },
    networking: { address: `billing.example:${retries}` },
  });
};

/** A URL on loopback where nobody listens. */
async function closedUrl(): Promise<string> {
  const { url, close } = await listen(() => {});
  await close();
  return url;
}

describe("a wrong key", () => {
  test("is one clear error of up, and the next up with the right one goes through", async () => {
    const stack = await world.stack("wrong-key", upstream, { config: { "apisix:adminKey": wrong } });
    expectOneError(
      await stack.up({ expectFailure: true }),
      `Could not create upstream "payments" at APISIX Admin API ${world.apisix.adminUrl}: 401`,
      "wrong apikey",
      "check apisix:adminKey",
      "[UNAUTHORIZED]",
    );
    expect(world.apisix.store.get("upstreams", "payments")).toBeUndefined();
    await stack.setConfig({ "apisix:adminKey": { value: world.apisix.adminKey, secret: true } });
    expectChanges(await stack.up(), { create: 1 });
  });

  test("is one clear error of refresh, update and destroy, and loses nothing", async () => {
    const program = async () => {
      new apisix.Upstream("kept", { nodes: { "a.example:80": 1 }, retries });
    };
    const stack = await world.stack("wrong-key-later", program);
    await stack.up();
    const before = await held(stack);
    await stack.setConfig({ "apisix:adminKey": wrong });
    const run = { program, runProgram: true, expectFailure: true };
    expectOneError(await stack.refresh(run), 'Could not read upstream "kept"', "wrong apikey");
    expectOneError(await stack.destroy(run), 'Could not delete upstream "kept"', "wrong apikey");
    retries = 2;
    expectOneError(await stack.up({ expectFailure: true }), 'Could not update upstream "kept"');
    expect(await held(stack)).toEqual(before);
    await stack.setConfig({ "apisix:adminKey": { value: world.apisix.adminKey, secret: true } });
    expectChanges(await stack.up(), { update: 1 });
    expect(world.apisix.store.get("upstreams", "kept")).toMatchObject({ retries: 2 });
  });

  test("of a viewer is called what it is, and its refresh goes through", async () => {
    const program = async () => {
      new apisix.Upstream("viewed", { nodes: { "a.example:80": 1 } });
    };
    const key = { value: world.apisix.viewerKey, secret: true } as const;
    const stack = await world.stack("viewer-key", program, { config: { "apisix:adminKey": key } });
    expectOneError(
      await stack.up({ expectFailure: true }),
      'Could not create upstream "viewed"',
      "The key has the role viewer; writing needs one with the role admin.",
    );
    await stack.setConfig({ "apisix:adminKey": { value: world.apisix.adminKey, secret: true } });
    await stack.up();
    await stack.setConfig({ "apisix:adminKey": key });
    expectNoChanges(await stack.refresh({ program, runProgram: true }));
  });
});

describe("a token", () => {
  test("that is wrong or has expired is one clear error", async () => {
    const stack = await world.stack("wrong-token", service, { config: { "kuma:token": wrong } });
    const parts = [
      `Could not create external service "default/billing" at Kuma control plane ${world.kuma.url}: 401`,
      "The user token is wrong or has expired: check kuma:token",
    ];
    expectOneError(await stack.up({ expectFailure: true }), ...parts);
    await stack.setConfig({ "kuma:token": { value: "expired token", secret: true } });
    expectOneError(await stack.up({ expectFailure: true }), ...parts);
    await stack.setConfig({ "kuma:token": token });
    expectChanges(await stack.up(), { create: 1 });
  });
});

describe("a server", () => {
  test("that cannot be reached is one clear error of each operation, and loses nothing", async () => {
    const program = async () => {
      new apisix.Upstream("reached", { nodes: { "a.example:80": 1 }, retries });
    };
    const stack = await world.stack("unreachable", program);
    await stack.up();
    const before = await held(stack);
    const closed = await closedUrl();
    await stack.setConfig({ "apisix:adminUrl": closed, "apisix:gatewayId": world.apisix.adminUrl });
    const parts = [`at APISIX Admin API ${closed}: no answer: connect ECONNREFUSED`, "Check the URL"];
    const run = { program, runProgram: true, expectFailure: true };
    expectOneError(await stack.refresh(run), 'Could not read upstream "reached"', ...parts);
    expectOneError(await stack.destroy(run), 'Could not delete upstream "reached"', ...parts);
    retries = 2;
    expectOneError(await stack.up({ expectFailure: true }), 'Could not update upstream "reached"', ...parts);
    expect(await held(stack)).toEqual(before);
    await stack.setConfig({ "apisix:adminUrl": world.apisix.adminUrl });
    expectChanges(await stack.up(), { update: 1 });
  });

  test("whose name does not resolve is one clear error", async () => {
    const url = "http://no-such-gateway.invalid:9180";
    const stack = await world.stack("no-name", upstream, { config: { "apisix:adminUrl": url } });
    expectOneError(
      await stack.up({ expectFailure: true }),
      /no answer: getaddrinfo .* no-such-gateway\.invalid/,
    );
  });

  test("that hangs is one clear error within requestTimeout, and the next up goes through", async () => {
    const hanging = await listen(() => {});
    onTestFinished(() => hanging.close());
    const program = async () => {
      new apisix.Upstream("patient", { nodes: { "a.example:80": 1 } });
    };
    const stack = await world.stack("hanging", program, {
      config: { "apisix:adminUrl": hanging.url, "apisix:requestTimeout": "0.5" },
    });
    const begin = performance.now();
    expectOneError(
      await stack.up({ expectFailure: true }),
      'Could not create upstream "patient"',
      "it did not answer within 0.5 s",
      "raise the provider's requestTimeout",
    );
    expect(performance.now() - begin).toBeLessThan(15_000);
    await stack.setConfig({ "apisix:adminUrl": world.apisix.adminUrl });
    expectChanges(await stack.up(), { create: 1 });
  });

  test("that is busy for a moment is asked again, and nobody notices", async () => {
    const program = async () => {
      new apisix.Upstream("busy", { nodes: { "a.example:80": 1 } });
    };
    const stack = await world.stack("busy", program);
    const refusals = [429, 503];
    let asked = 0;
    world.apisix.intercept = (request, response) => {
      const refused = asked++ % 2 === 0 && refusals.length > 0;
      if (refused) {
        request.resume();
        sendText(response, refusals.pop() ?? 0, "busy");
      }
      return refused;
    };
    onTestFinished(() => {
      world.apisix.intercept = undefined;
    });
    expectChanges(await stack.up(), { create: 2 });
    expect(refusals).toEqual([]);
  });
});
