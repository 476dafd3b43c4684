import { setTimeout as sleep } from "node:timers/promises";
import { generate } from "selfsigned";
import { expect, onTestFinished } from "vitest";
import type { JsonObject } from "../../../provider/model/fields.ts";
import { type ApisixSandbox, startApisix } from "../../../sandbox/apisix/index.ts";
import { listen, sendJson } from "../../../sandbox/http.ts";
import type { Row } from "./row.ts";
import { at, oneUpstream, resource, type Servers, UPSTREAM } from "./servers.ts";

const CERTIFICATE = await generate([{ name: "commonName", value: "localhost" }], {
  keyType: "ec",
  algorithm: "sha256",
  extensions: [
    { name: "basicConstraints", cA: true },
    { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
  ],
});

/** What the way to a server says: its answer, its certificate, a proxy before it, its URL. */
export const NETWORK: Row<Servers>[] = [
  {
    name: "a server that is too slow for a preview",
    wrong: async ({ printed }) => {
      const slow = await slowed(3_300);
      await resource(at(slow, { "apisix:validation": "server" }), "apisix:Upstream", UPSTREAM).preview();
      throw new Error(printed.join("\n"));
    },
    proposal: 'set apisix:validation (or the provider\'s validation) to "local"',
    carriedOut: async ({ printed }) => {
      const slow = await slowed(3_300);
      await resource(at(slow, { "apisix:validation": "local" }), "apisix:Upstream", UPSTREAM).preview();
      expect(printed).toEqual([]);
    },
  },
  {
    name: "a server that is too slow for a call",
    wrong: async () => oneUpstream(at(await slowed(400), { "apisix:requestTimeout": "0.2" })),
    proposal: "raise the provider's requestTimeout (seconds)",
    carriedOut: async () => oneUpstream(at(await slowed(400), { "apisix:requestTimeout": "5" })),
  },
  {
    name: "a certificate of a CA that the system does not know",
    wrong: async () => withCertificate("localhost", {}),
    proposal: "Give the CA that signs the server's certificate as the provider's tls.caCert",
    carriedOut: async () => withCertificate("localhost", { caCert: CERTIFICATE.cert }),
  },
  {
    name: "a certificate for another name",
    wrong: async () => withCertificate("127.0.0.1", { caCert: CERTIFICATE.cert }),
    proposal: "as tls.serverName the name that stands in it",
    carriedOut: async () =>
      withCertificate("127.0.0.1", { caCert: CERTIFICATE.cert, serverName: "localhost" }),
  },
  {
    name: "a proxy that asks for a credential",
    wrong: async ({ newer }) => {
      askForPass(newer);
      return oneUpstream(at(newer));
    },
    proposal: "If a proxy asks for a credential of its own, give it in the provider's headers",
    carriedOut: async ({ newer }) => {
      askForPass(newer);
      return oneUpstream(at(newer, { "apisix:headers": '{ "x-pass": "a-pass" }' }));
    },
  },
  {
    name: "no server in the configuration",
    wrong: () => oneUpstream({ "apisix:validation": "local" }),
    proposal: "Set apisix:adminUrl (pulumi config set apisix:adminUrl URL)",
    carriedOut: ({ newer }) => oneUpstream(at(newer)),
  },
  {
    name: "a password in a URL",
    wrong: ({ newer }) =>
      oneUpstream(at(newer, { "apisix:adminUrl": newer.adminUrl.replace("//", "//user:word@") })),
    proposal: "Give them as headers.",
    carriedOut: ({ newer }) =>
      oneUpstream(at(newer, { "apisix:headers": '{ "authorization": "Basic dXNlcjp3b3Jk" }' })),
  },
];

/** A gateway that takes its time for each answer. */
async function slowed(milliseconds: number) {
  const server = await startApisix();
  server.intercept = async () => {
    await sleep(milliseconds);
    return false;
  };
  onTestFinished(() => server.close());
  return server;
}

/** Reads what is not there from a server with the certificate above. */
async function withCertificate(host: string, tls: JsonObject) {
  const server = await listen((_, response) => sendJson(response, 404, { message: "Key not found" }), {
    tls: { key: CERTIFICATE.private, cert: CERTIFICATE.cert },
  });
  onTestFinished(() => server.close());
  const config = {
    "apisix:validation": "local",
    "apisix:adminUrl": `https://${host}:${server.port}`,
    "apisix:tls": JSON.stringify(tls),
  };
  const state = { ...UPSTREAM, upstreamId: "made", __made: `abcdefgh@https://${host}:${server.port}` };
  expect(await resource(config, "apisix:Upstream", UPSTREAM).read("made", state)).not.toHaveProperty(
    "id",
    "made",
  );
}

/** A proxy in front of the gateway that asks for a pass. */
function askForPass(newer: ApisixSandbox) {
  newer.intercept = (request, response) => {
    if (request.headers["x-pass"] === "a-pass") return false;
    response.writeHead(401, { "content-type": "text/html" }).end("<h1>Sign in</h1>");
    return true;
  };
}
