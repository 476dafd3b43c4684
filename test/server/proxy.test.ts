import { createServer, request as forward, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HttpClient } from "../../provider/server/http.ts";
import { type Backend, startBackend } from "../../sandbox/backend.ts";
import { listen } from "../../sandbox/http.ts";

/** A proxy on loopback that takes every target for 127.0.0.1, and notes what it was asked. */
async function startProxy() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const { port, pathname } = new URL(request.url ?? "");
    const onward = forward({ host: "127.0.0.1", port, path: pathname, headers: request.headers });
    onward.on("response", (answer: IncomingMessage) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  server.on("connect", (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    const onward = connect(Number(request.url?.split(":")[1]), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on("error", () => [socket, onward].map((each) => each.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { asked, url: `http://127.0.0.1:${port}`, close };
}

let proxy: Awaited<ReturnType<typeof startProxy>>;
let backend: Backend;

beforeEach(async () => {
  for (const name of Object.keys(process.env).filter((key) => /^(https?|all|no)_proxy$/i.test(key)))
    vi.stubEnv(name, undefined);
  [proxy, backend] = await Promise.all([startProxy(), startBackend({ hosts: ["behind.example"] })]);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all([proxy.close(), backend.close()]);
});

function client(): HttpClient {
  return new HttpClient({
    tls: { caCert: backend.caCert },
    headers: {},
    requestTimeout: 5,
    maxConcurrency: 10,
  });
}

describe("the environment's proxy", () => {
  it("is used for http", async () => {
    vi.stubEnv("http_proxy", proxy.url);
    const answer = await client().send("GET", `http://behind.example:${backend.httpPort}/get`, {});
    expect(answer).toMatchObject({ status: 200, json: { backend: "backend" } });
    expect(proxy.asked.join()).toContain(`behind.example:${backend.httpPort}`);
  });

  it("is used for https, and the TLS options hold behind it", async () => {
    vi.stubEnv("HTTPS_PROXY", proxy.url);
    const url = `https://behind.example:${backend.httpsPort}/get`;
    const answer = await client().send("GET", url, {});
    expect(answer).toMatchObject({ status: 200, json: { sni: "behind.example" } });
    expect(proxy.asked).toEqual([`CONNECT behind.example:${backend.httpsPort}`]);
    const wrong = `https://other.example:${backend.httpsPort}/get`;
    await expect(client().send("GET", wrong, {})).rejects.toThrow(/other\.example/);
  });

  it("is left out for what NO_PROXY names", async () => {
    vi.stubEnv("http_proxy", proxy.url);
    vi.stubEnv("NO_PROXY", "10.0.0.1,127.0.0.1");
    const answer = await client().send("GET", `http://127.0.0.1:${backend.httpPort}/get`, {});
    expect(answer.status).toBe(200);
    expect(proxy.asked).toEqual([]);
  });

  it("that does not answer is named as no answer, and not as one of the server's", async () => {
    const closed = await listen(() => {});
    await closed.close();
    vi.stubEnv("http_proxy", closed.url);
    await expect(client().send("GET", "http://behind.example/get", {})).rejects.toThrow(/ECONNREFUSED/);
  });
});
