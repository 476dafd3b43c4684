import type { IncomingMessage, ServerResponse } from "node:http";
import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { generate } from "selfsigned";
import { expect, onTestFinished, test } from "vitest";
import { readBody, sendJson } from "../../sandbox/http.ts";
import type { OperationResult, TestStack } from "../../tools/engine.ts";
import { errorsOf, expectReadable } from "./errors.ts";
import { startWorld } from "./support.ts";

const adminKey = "adm1n/key+of the edge";
const token = "t0ken.of-the-mesh";
const world = await startWorld({ apisix: { adminKey }, kuma: { tokens: { admin: token } } });
const { cert, private: clientKey } = await generate([{ name: "commonName", value: "client" }], {
  keySize: 2048,
});
const headers = { "x-proxy-token": "h3ader for the proxy" };
const pluginKey = "plug1n-key-of-jwt";

/** Traces by which a secret would be found: the whole of it, and for a private key a line of it. */
const secrets = {
  adminKey,
  token,
  header: headers["x-proxy-token"],
  clientKey: clientKey.trim().split(/\r?\n/)[3] ?? "",
  pluginKey,
};

/** Every secret, in every form in which a server may echo it. */
function expectNoSecret(text: string, where: string): void {
  for (const [name, secret] of Object.entries(secrets)) {
    const base64 = Buffer.from(secret).toString("base64");
    for (const form of [secret, base64, base64.slice(4, -4), encodeURIComponent(secret)])
      expect(text.includes(form), `${name} as ${form} in ${where}:\n${text}`).toBe(false);
  }
}

let retries = 1;
const program = async () => {
  const edge = new apisix.Provider("edge", { adminUrl: world.apisix.adminUrl, adminKey, headers });
  const mesh = new kuma.Provider("mesh", { url: world.kuma.url, token: pulumi.secret(token), headers });
  new apisix.Upstream(
    "upstream",
    { nodes: { "a.example:443": 1 }, scheme: "https", retries, tls: { clientCert: cert, clientKey } },
    { provider: edge },
  );
  new apisix.Route(
    "route",
    {
      uri: "/*",
      desc: `retries ${retries}`,
      plugins: { "jwt-auth": { key_claim_name: pulumi.secret(pluginKey) } },
      upstream: { nodes: { "a.example:443": 1 }, tls: { clientCert: cert, clientKey } },
    },
    { provider: edge },
  );
  new kuma.ExternalService(
    "service",
    {
      tags: { "kuma.io/service": "service", "kuma.io/protocol": "http", retries: `${retries}` },
      networking: {
        address: "a.example:443",
        tls: {
          enabled: true,
          clientCert: { inlineString: cert },
          clientKey: { inlineString: clientKey },
          caCert: { inlineString: cert },
        },
      },
    },
    { provider: mesh },
  );
};

const stack = await world.engine.stack("secrets", program);

/** Refuses requests with everything that came, in clear, escaped, as base64 and percent-encoded. */
function echo(status: number, only: string[]) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (!only.includes(request.method ?? "")) return false;
    const body = await readBody(request);
    const headers = Object.values(request.headers).map(String);
    const sent = [
      ...headers,
      ...Object.values(secrets).filter((secret) => [...headers, body].join().includes(secret)),
    ];
    const forms = sent.flatMap((text) => [
      text,
      Buffer.from(text).toString("base64"),
      Buffer.from(`x${text}`).toString("base64"),
      encodeURIComponent(text),
    ]);
    const text = `refused: ${forms.join(" ")} ${body}`;
    sendJson(response, status, { error_msg: text, status, title: "refused", detail: text });
    return true;
  };
}

async function withEchoes<T>(status: number, only: string[], action: () => Promise<T>): Promise<T> {
  world.apisix.intercept = echo(status, only);
  world.kuma.intercept = echo(status, only);
  try {
    return await action();
  } finally {
    world.apisix.intercept = undefined;
    world.kuma.intercept = undefined;
  }
}

async function expectClean(result: OperationResult, of: TestStack): Promise<void> {
  expectNoSecret(result.output, "the output");
  expectNoSecret(errorsOf(result).join("\n"), "the errors");
  expectNoSecret(await of.stateText(), "the state");
}

const failing = { expectFailure: true } as const;

test("secrets appear nowhere in output, errors and state when a server refuses and echoes them", async () => {
  for (const status of [400, 403, 500]) {
    const result = await withEchoes(status, ["PUT"], () => stack.up(failing));
    expect(errorsOf(result).length, result.output).toBeGreaterThan(0);
    for (const error of errorsOf(result)) expect(error).toContain("refused");
    await expectClean(result, stack);
    expectReadable(result);
  }
});

test("nor through create, update, refresh and destroy, and the preview's diff", async () => {
  onTestFinished(() => {
    retries = 1;
  });
  await expectClean(await stack.up(), stack);
  expect(world.apisix.store.get("routes", "route")).toMatchObject({
    plugins: { "jwt-auth": { key_claim_name: pluginKey } },
  });
  retries = 2;
  await expectClean(await stack.preview({ diff: true }), stack);
  const refused = await withEchoes(400, ["PUT"], () => stack.up(failing));
  expect(errorsOf(refused).length, refused.output).toBeGreaterThan(0);
  await expectClean(refused, stack);
  await expectClean(await stack.up(), stack);
  const unread = await withEchoes(400, ["GET"], () => stack.refresh({ expectFailure: true }));
  await expectClean(unread, stack);
  const refreshed = await stack.refresh();
  await expectClean(refreshed, stack);
  await expectClean(await stack.preview({ diff: true }), stack);
  const undeleted = await withEchoes(400, ["DELETE"], () => stack.destroy({ expectFailure: true }));
  expect(errorsOf(undeleted).length, undeleted.output).toBeGreaterThan(0);
  await expectClean(undeleted, stack);
  await expectClean(await stack.destroy(), stack);
});
