import { Agent, request } from "node:http";
import type { Exchange } from "../support/kuma-recordings.ts";

/** One request as it goes over the wire, its path as it is. */
export interface RawRequest {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: Buffer;
}

/** What came back, or why nothing did. */
export type RawAnswer = Exchange["response"] & { isBroken?: true };

const agent = new Agent({ keepAlive: true, maxSockets: 4 });

/** Sends bytes to a path that no URL class has put right before. */
export function ask(url: string, { method, path, headers = {}, body }: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const length = body === undefined ? {} : { "content-length": String(body.length) };
  return new Promise((resolve) => {
    const sent = request(
      { agent, hostname, port, method, path, headers: { ...length, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", () => resolve({ status: 0, isBroken: true }));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const contentType = response.headers["content-type"];
          resolve({
            status: response.statusCode ?? 0,
            ...(contentType !== undefined && { contentType }),
            ...(contentType === "application/json" ? { body: parsed(text) } : { text }),
          });
        });
      },
    );
    // A path or a header that Node.js does not send is the sender's mistake.
    sent.on("error", () => resolve({ status: 0, isBroken: true }));
    sent.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return `no JSON: ${text}`;
  }
}
