import { readFileSync } from "node:fs";
import { Agent, request as send } from "node:http";
import type { ApisixSandbox } from "../../sandbox/apisix/index.ts";
import { type Listener, listen, sendJson } from "../../sandbox/http.ts";

/** A request as the recordings have it. */
export interface RecordedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
}

/** What a node saw of a request. */
export interface Echo {
  node: number;
  url: string;
  headers: Record<string, string>;
}

/** A recording of what a gateway served. */
export function readRecording<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../recordings/apisix-${name}.json`, import.meta.url), "utf8"));
}

/** Starts a node, which tells its number and what it was asked. */
export function startNode(node: number): Promise<Listener> {
  return listen((request, response) => {
    sendJson(response, 200, { node, url: request.url, headers: request.headers });
  });
}

/** An upstream of one node. */
export function upstreamOf({ port }: Listener) {
  return { type: "roundrobin", nodes: [{ host: "127.0.0.1", port, weight: 1 }] };
}

/** Writes an object through the Admin API, which must take it. */
export async function write(sandbox: ApisixSandbox, path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${sandbox.adminUrl}/apisix/admin/${path}`, {
    method: "PUT",
    headers: { "x-api-key": sandbox.adminKey },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`PUT ${path}: ${answer.status} ${await answer.text()}`);
}

const agent = new Agent({ keepAlive: true });

/** Sends a request to the gateway byte by byte as it is written, which fetch would not. */
export function ask(
  sandbox: ApisixSandbox,
  { method, path, headers }: RecordedRequest,
): Promise<{ status: number; text: string; echo: Echo | undefined }> {
  const { port } = new URL(sandbox.gatewayUrl);
  return new Promise((resolve, reject) => {
    const written = Buffer.from(path, "utf8").toString("latin1");
    const sent = send(
      { host: "127.0.0.1", port, method, path: written, headers, agent },
      async (response) => {
        let text = "";
        for await (const chunk of response) text += chunk;
        const status = response.statusCode ?? 0;
        resolve({ status, text, echo: text.startsWith('{"node"') ? JSON.parse(text) : undefined });
      },
    );
    sent.on("error", reject);
    sent.end();
  });
}
