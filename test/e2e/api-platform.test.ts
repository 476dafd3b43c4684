import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { generate } from "selfsigned";
import { request } from "undici";
import { afterAll, expect, test } from "vitest";
import { startBackend } from "../../sandbox/backend.ts";
import { loadProgram } from "../../tools/program.ts";
import { repository } from "../../tools/repository.ts";
import { CONSUMER } from "../support/kind-case.ts";
import { expectOutputs, updateOutput } from "../support/pages.ts";
import { expectNoChanges, startWorld } from "../support/world.ts";

const folder = join(repository, "examples", "api-platform");
const [stable, canary] = await Promise.all([
  startBackend({ name: "stable" }),
  startBackend({ name: "canary" }),
]);
const [server, client] = await Promise.all(
  ["invoices.httpbin.org", "gateway.shop.example"].map((value) =>
    generate([{ name: "commonName", value }], { keyType: "ec" }),
  ),
);
/** The partner's backend: it answers with the name in the client's certificate. */
const partner = createServer({
  cert: server?.cert,
  key: server?.private,
  requestCert: true,
  rejectUnauthorized: false,
}).on("request", (incoming, response) => {
  const { subject } = (incoming.socket as TLSSocket).getPeerCertificate();
  response.end(JSON.stringify({ client: subject?.CN, url: incoming.url }));
});
await new Promise<void>((resolve) => partner.listen(0, "127.0.0.1", resolve));
const world = await startWorld({
  apisix: {
    hosts: {
      "orders.httpbin.org": { http: stable.httpPort },
      "orders-canary.httpbin.org": { http: canary.httpPort },
      "invoices.httpbin.org": { https: (partner.address() as AddressInfo).port },
    },
  },
});
afterAll(async () => {
  await Promise.all([stable.close(), canary.close(), new Promise((resolve) => partner.close(resolve))]);
});

async function ask(path: string, headers: Record<string, string>, method: "GET" | "OPTIONS" = "GET") {
  const url = new URL(path, world.apisix.gatewayUrl);
  const answer = await request(url, { method, headers: { host: "api.shop.example", ...headers } });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, body: text === "" ? {} : JSON.parse(text) };
}

// The sandbox's gateway counts no requests, so nothing here is about limit-count but that it is declared.
test("api-platform asks for keys, splits traffic, shows the partner a certificate, and its destroy leaves nothing", async () => {
  const secret = (value: string) => ({ value, secret: true }) as const;
  const stack = await world.stack("dev", loadProgram(folder), {
    project: "api-platform",
    config: {
      "api-platform:shopKey": secret("key-of-the-shop"),
      "api-platform:mobileKey": secret("key-of-the-app"),
      "api-platform:partnerCert": client?.cert ?? "",
      "api-platform:partnerKey": secret(client?.private ?? ""),
    },
  });
  const { outputs, output } = await stack.up();
  const shown = updateOutput(output).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, "2027-06-30T12:00:00.000Z");
  expectOutputs("examples/api-platform/README.md", { up: shown });
  expect(outputs.certificateExpires).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
  expectNoChanges(await stack.up());
  expectNoChanges(await stack.refresh());

  expect((await ask("/orders/42", {})).status).toBe(401);
  expect((await ask("/orders/42", { apikey: "another key" })).status).toBe(401);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => ask("/orders/42?full=1", { apikey: "key-of-the-app" })),
  );
  const backends = answers.map(({ body }) => body.backend);
  expect(["canary", "stable"].map((name) => backends.filter((one) => one === name).length)).toEqual([2, 18]);
  expect(answers[0]?.body).toMatchObject({ headers: { "X-Consumer-Username": "mobile" } });
  expect(answers[0]?.body.url).toMatch(/\/anything\/42\?full=1$/);
  expect(answers[0]?.body.headers).not.toHaveProperty("Apikey");

  const shop = { apikey: "key-of-the-shop" };
  expect((await ask("/invoices/7", shop)).body).toEqual({
    client: "gateway.shop.example",
    url: "/anything/7",
  });
  const browser = await ask("/orders/42", { origin: "https://shop.example" }, "OPTIONS");
  expect(browser.headers["access-control-allow-origin"]).toBe("https://shop.example");
  const plugins = world.apisix.store.get("plugin_configs", "api-platform")?.plugins;
  expect(plugins).toMatchObject({ "limit-count": { count: 100, time_window: 60 } });

  const state = await stack.stateText();
  for (const hidden of ["key-of-the-shop", "key-of-the-app", client?.private.split("\n")[1] ?? ""])
    expect(state).not.toContain(hidden);

  await stack.destroy();
  const kinds = ["routes", "services", "upstreams", "plugin_configs", "ssls", "consumers"];
  const left = kinds.flatMap((kind) => world.apisix.store.list(kind));
  expect(left.map(({ username }) => username)).toEqual([CONSUMER]);
});
