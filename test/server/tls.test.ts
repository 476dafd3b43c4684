import { generate } from "selfsigned";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Connections } from "../../provider/server/connection.ts";
import { HttpClient, type TlsOptions } from "../../provider/server/http.ts";
import { type Listener, listen, sendJson } from "../../sandbox/http.ts";

async function certificate(name: string) {
  const made = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: name }] },
    ],
  });
  return { cert: made.cert, key: made.private };
}

type Certificate = Awaited<ReturnType<typeof certificate>>;
let server: Certificate;
let user: Certificate;
let stranger: Certificate;
let plain: Listener;
let mutual: Listener;

beforeAll(async () => {
  [server, user, stranger] = (await Promise.all(
    ["localhost", "user.example", "stranger.example"].map(certificate),
  )) as [Certificate, Certificate, Certificate];
  const tls = { key: server.key, cert: server.cert };
  plain = await listen((_, response) => sendJson(response, 200, {}), { tls });
  mutual = await listen((_, response) => sendJson(response, 200, {}), {
    tls: { ...tls, ca: user.cert, requestCert: true, rejectUnauthorized: true },
  });
});

afterAll(() => Promise.all([plain.close(), mutual.close()]));

async function status(listener: Listener, tls: TlsOptions, host = "localhost"): Promise<number> {
  const http = new HttpClient({ tls, headers: {}, requestTimeout: 5, maxConcurrency: 10 });
  return (await http.send("GET", `https://${host}:${listener.port}/`, {})).status;
}

describe("TLS", () => {
  it("refuses a certificate that nobody vouches for", async () => {
    await expect(status(plain, {})).rejects.toThrow(/self-signed certificate/);
  });

  it("believes caCert, and no other", async () => {
    expect(await status(plain, { caCert: server.cert })).toBe(200);
    await expect(status(plain, { caCert: stranger.cert })).rejects.toThrow(/certificate/);
  });

  it("compares the certificate with serverName, by default with the URL's host", async () => {
    const caCert = server.cert;
    await expect(status(plain, { caCert }, "127.0.0.1")).rejects.toThrow(/127\.0\.0\.1 is not in the cert/);
    expect(await status(plain, { caCert, serverName: "localhost" }, "127.0.0.1")).toBe(200);
  });

  it("shows the client certificate, without which a server may refuse", async () => {
    const caCert = server.cert;
    const { cert: clientCert, key: clientKey } = user;
    expect(await status(mutual, { caCert, clientCert, clientKey })).toBe(200);
    await expect(status(mutual, { caCert })).rejects.toThrow(/./);
    const other = { caCert, clientCert: stranger.cert, clientKey: stranger.key };
    await expect(status(mutual, other)).rejects.toThrow(/./);
  });

  it("believes whoever answers with insecureSkipVerify, and says so", async () => {
    expect(await status(plain, { insecureSkipVerify: true }, "127.0.0.1")).toBe(200);
    const config: Record<string, string> = {
      "apisix:adminUrl": plain.url,
      "apisix:tls": '{"insecureSkipVerify":true}',
    };
    const said: string[] = [];
    new Connections(
      (key) => config[key],
      (text) => said.push(text),
    ).of("apisix", undefined);
    expect(said.join()).toContain(`insecureSkipVerify is on: whoever answers at ${plain.url}`);
  });
});
