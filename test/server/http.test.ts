import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { type Answer, HttpClient, type HttpOptions, NoAnswer } from "../../provider/server/http.ts";
import { type Listener, listen, readBody, sendJson, sendText } from "../../sandbox/http.ts";

const opened: Listener[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((listener) => listener.close()));
});

async function serve(handler: RequestListener): Promise<string> {
  const listener = await listen(handler);
  opened.push(listener);
  return listener.url;
}

/** Serves one answer after the other, the last one for good; counts the requests. */
async function answers(...steps: ((response: ServerResponse, request: IncomingMessage) => void)[]) {
  const seen = { url: "", count: 0 };
  seen.url = await serve((request, response) => {
    steps[Math.min(seen.count++, steps.length - 1)]?.(response, request);
  });
  return seen;
}

function client(options: Partial<HttpOptions> = {}): HttpClient {
  return new HttpClient({ tls: {}, headers: {}, requestTimeout: 10, maxConcurrency: 10, ...options });
}

const fine = (response: ServerResponse) => sendJson(response, 200, { fine: true });
const reset = (response: ServerResponse) => response.destroy();

async function noAnswer(sent: Promise<Answer>): Promise<{ error: NoAnswer; milliseconds: number }> {
  const begin = performance.now();
  const error: unknown = await sent.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NoAnswer);
  return { error: error as NoAnswer, milliseconds: performance.now() - begin };
}

describe("a deadline", () => {
  it("ends a call that is never answered", async () => {
    const url = await serve(() => {});
    const { error, milliseconds } = await noAnswer(client({ requestTimeout: 0.3 }).send("GET", url, {}));
    expect(error.timedOut).toBe(true);
    expect(milliseconds).toBeLessThan(2000);
  });

  it("ends an answer that never ends", async () => {
    const url = await serve((_, response) => void response.writeHead(200).write("{"));
    const { error } = await noAnswer(client({ requestTimeout: 0.3 }).send("GET", url, {}));
    expect(error.timedOut).toBe(true);
  });

  it.each([
    ["some seconds", () => "3"],
    ["ten minutes", () => "600"],
    ["ten minutes, as a date", () => new Date(Date.now() + 600_000).toUTCString()],
  ])("covers the repetitions when the server's Retry-After asks for %s", async (_, retryAfter) => {
    const seen = await answers((response) =>
      sendText(response, 503, "busy", { "retry-after": retryAfter() }),
    );
    const { error } = await noAnswer(client({ requestTimeout: 0.5 }).send("GET", seen.url, {}));
    expect(error.timedOut).toBe(true);
    expect(seen.count).toBe(1);
  });

  it("covers the wait for a free connection", async () => {
    const url = await serve(() => {});
    const http = client({ requestTimeout: 0.3, maxConcurrency: 1 });
    const both = await Promise.all([
      noAnswer(http.send("GET", url, {})),
      noAnswer(http.send("GET", url, {})),
    ]);
    for (const { error } of both) expect(error.timedOut).toBe(true);
  });
});

describe("repetition", () => {
  it.each([429, 502, 503, 504])("follows a %i, with the same body", async (status) => {
    const bodies: string[] = [];
    const url = await serve(async (request, response) => {
      bodies.push(await readBody(request));
      if (bodies.length === 1) sendText(response, status, "not now");
      else fine(response);
    });
    expect(await client().send("PUT", url, {}, { a: 1 })).toMatchObject({
      status: 200,
      json: { fine: true },
    });
    expect(bodies).toEqual(['{"a":1}', '{"a":1}']);
  });

  it.each(["GET", "PUT", "DELETE"] as const)(
    "follows a connection that was reset under a %s",
    async (method) => {
      const seen = await answers(reset, fine);
      const body = method === "PUT" ? { a: 1 } : undefined;
      expect((await client().send(method, seen.url, {}, body)).status).toBe(200);
      expect(seen.count).toBe(2);
    },
  );

  it("waits as long as Retry-After says", async () => {
    const { url } = await answers((response) => sendText(response, 429, "", { "retry-after": "1" }), fine);
    const begin = performance.now();
    expect((await client().send("GET", url, {})).status).toBe(200);
    expect(performance.now() - begin).toBeGreaterThan(900);
  });

  it("ends after three, with the server's last answer", async () => {
    const seen = await answers((response) => sendJson(response, 503, { reason: "maintenance" }));
    expect(await client().send("GET", seen.url, {})).toMatchObject({
      status: 503,
      json: { reason: "maintenance" },
    });
    expect(seen.count).toBe(4);
  });

  it.each([400, 401, 404, 409, 500])("does not follow a %i", async (status) => {
    const seen = await answers((response) => sendText(response, status, "no"), fine);
    expect((await client().send("GET", seen.url, {})).status).toBe(status);
    expect(seen.count).toBe(1);
  });
});

describe("an answer", () => {
  it("that redirects is not followed", async () => {
    const elsewhere = await answers(fine);
    const seen = await answers((response) =>
      sendText(response, 302, "", { location: `${elsewhere.url}/login` }),
    );
    const answer = await client().send("GET", seen.url, { "x-api-key": "key" });
    expect(answer).toMatchObject({ status: 302, headers: { location: `${elsewhere.url}/login` } });
    expect(elsewhere.count).toBe(0);
  });

  it("is given as text and, where it is JSON, as JSON", async () => {
    const { url } = await answers((response) => sendText(response, 200, "<html>"), fine);
    const http = client();
    expect(await http.send("GET", url, {})).toMatchObject({ text: "<html>", json: undefined });
    expect(await http.send("GET", url, {})).toMatchObject({ json: { fine: true } });
  });

  it("that never comes is an error with the cause's own words", async () => {
    const listener = await listen(() => {});
    await listener.close();
    const { error } = await noAnswer(client({ requestTimeout: 5 }).send("GET", listener.url, {}));
    expect(error).toMatchObject({
      timedOut: false,
      message: `connect ECONNREFUSED 127.0.0.1:${listener.port}`,
    });
  });
});

it("headers of the configuration go with every request", async () => {
  const seen: IncomingMessage["headers"][] = [];
  const url = await serve((request, response) => {
    seen.push(request.headers);
    fine(response);
  });
  const http = client({ headers: { "x-proxy-token": "abc" } });
  await http.send("PUT", url, { "x-api-key": "key" }, {});
  expect(seen).toMatchObject([
    { "x-proxy-token": "abc", "x-api-key": "key", "content-type": "application/json" },
  ]);
});
