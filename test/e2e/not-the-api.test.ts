import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { expect, onTestFinished, test } from "vitest";
import { type Listener, listen, sendJson, sendText } from "../../sandbox/http.ts";
import { errorsOf, expectReadable, held } from "../support/errors.ts";
import { expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const gateway: Pick<Listener, "url" | "close"> = { url: world.apisix.gatewayUrl, close: async () => {} };

/** What answers at an address that somebody took for the Admin API's. */
const strangers: [string, () => Promise<Pick<Listener, "url" | "close">>, RegExp][] = [
  ["the gateway's data plane", async () => gateway, /404: .*404 Route Not Found/],
  [
    "a plain web server",
    () => listen((_, response) => sendText(response, 200, "<html><h1>Welcome!</h1></html>")),
    /200: "Welcome!"/,
  ],
  [
    "a web server without the page",
    () => listen((_, response) => sendText(response, 404, "<html><h1>404 Not Found</h1></html>")),
    /404: "404 Not Found"/,
  ],
  [
    "a login page",
    () => listen((_, response) => sendText(response, 302, "", { location: "https://login.example/?to=x" })),
    /302 \(redirects to https:\/\/login\.example\/\?to=x\)/,
  ],
  [
    "another API",
    () => listen((_, response) => sendJson(response, 404, { message: "Not Found" })),
    /404: .*Not Found/,
  ],
];

const program = async () => {
  new apisix.Upstream("kept", { nodes: { "a.example:80": 1 } });
  new kuma.ExternalService("kept", {
    tags: { "kuma.io/service": "kept" },
    networking: { address: "kept.example:443" },
  });
};
const stack = await world.stack("kept", program, {
  config: { "apisix:gatewayId": "the gateway", "kuma:controlPlaneId": "the control plane" },
});
await stack.up();
const before = await held(stack);

test.each(strangers)(
  "%s in the servers' place is an error of refresh and destroy, and nothing is lost",
  async (_, start, answer) => {
    const stranger = await start();
    onTestFinished(() => stranger.close());
    await stack.setConfig({ "apisix:adminUrl": stranger.url, "kuma:url": stranger.url });
    const run = { program, runProgram: true, expectFailure: true, continueOnError: true };
    for (const [verb, result] of [
      ["read", await stack.refresh(run)],
      ["delete", await stack.destroy(run)],
    ] as const) {
      const errors = errorsOf(result).sort();
      expect(errors, result.output).toEqual([
        expect.stringContaining(
          `Could not ${verb} external service "default/kept" at Kuma control plane ${stranger.url}: `,
        ),
        expect.stringContaining(`Could not ${verb} upstream "kept" at APISIX Admin API ${stranger.url}: `),
      ]);
      for (const error of errors) expect(error).toMatch(answer);
      expect(errors[0]).toContain("This URL is no Kuma control plane");
      expect(errors[1]).toContain("This URL is no APISIX Admin API");
      expectReadable(result);
      expect(await held(stack)).toEqual(before);
    }
  },
);

test("with the right servers all goes on", async () => {
  await stack.setConfig(world.config);
  expectNoChanges(await stack.refresh({ program, runProgram: true }));
  expectNoChanges(await stack.up());
});
