import { type IncomingHttpHeaders, request } from "node:http";
import { expect } from "vitest";
import { type ApisixSandbox, startApisix } from "../../sandbox/apisix/index.ts";
import { type Backend, startBackend } from "../../sandbox/backend.ts";

/** What the backend answers. */
interface Echo {
  backend: string;
  headers: Record<string, string>;
  url: string;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  json: Echo;
}

/** A gateway with the backends `first.example` and `second.example`. */
export let sandbox: ApisixSandbox;
/** What answers as `first.example`. */
export let first: Backend;
let second: Backend;

/** Starts the gateway and its backends. */
export async function start(): Promise<void> {
  [first, second] = await Promise.all([
    startBackend({ name: "first", hosts: ["first.example"] }),
    startBackend({ name: "second", hosts: ["second.example"] }),
  ]);
  sandbox = await startApisix({
    hosts: {
      "first.example": { http: first.httpPort, https: first.httpsPort },
      "second.example": { http: second.httpPort, https: second.httpsPort },
    },
  });
}

/** Stops them. */
export async function stop(): Promise<void> {
  await Promise.all([first.close(), second.close(), sandbox.close()]);
}

/** Writes an object through the Admin API. */
export async function put(path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${sandbox.adminUrl}/apisix/admin/${path}`, {
    method: "PUT",
    headers: { "x-api-key": sandbox.adminKey },
    body: JSON.stringify(body),
  });
  expect(answer.status, await answer.text()).toBeLessThan(300);
}

/** Asks the gateway; unlike fetch, node:http lets a test choose the `Host`. */
export function ask(
  path: string,
  {
    method = "GET",
    headers = {},
    body = "",
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(sandbox.gatewayUrl + path, { method, headers }, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      const json = /^[{[]/.test(text) ? JSON.parse(text) : {};
      resolve({ status: response.statusCode ?? 0, headers: response.headers, json });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** A node at port 80, of weight 1 unless told otherwise. */
export const node = (host: string, more: object = {}) => ({ host, port: 80, weight: 1, ...more });
/** An upstream with these nodes. */
export const to = (...nodes: object[]) => ({ type: "roundrobin", nodes });
/** The upstream of `first.example`. */
export const toFirst = to(node("first.example"));
/** The upstream of `second.example`. */
export const toSecond = to(node("second.example"));

/** The names of the backends that answer so many requests, in order. */
export async function backends(path: string, count: number, options = {}): Promise<string[]> {
  const seen: string[] = [];
  for (let index = 0; index < count; index += 1) seen.push((await ask(path, options)).json.backend);
  return seen;
}
