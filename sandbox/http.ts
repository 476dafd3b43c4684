import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { AddressInfo, Socket } from "node:net";

/** Where to listen, and with which TLS material. */
export interface ListenOptions {
  /** Left out or 0, the system chooses a free port. */
  port?: number;
  /** Default `127.0.0.1`. */
  host?: string;
  /** Given, the server speaks https. */
  tls?: ServerOptions;
}

/** A server that is ready to be called. */
export interface Listener {
  /** The port that it listens on. */
  port: number;
  /** Its origin, for example `http://127.0.0.1:9180`. */
  url: string;
  /** Stops listening and destroys the connections that are still open. */
  close(): Promise<void>;
}

/** Starts an HTTP server, by default on a free port of the loopback interface. */
export async function listen(handler: RequestListener, options: ListenOptions = {}): Promise<Listener> {
  const { port = 0, host = "127.0.0.1", tls } = options;
  const server = tls ? createTlsServer(tls, handler) : createServer(handler);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const actual = (server.address() as AddressInfo).port;
  return {
    port: actual,
    url: `${tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${actual}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Reads a request's whole body as it came. */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Reads a request's whole body as text. */
export async function readBody(request: IncomingMessage): Promise<string> {
  return (await readBytes(request)).toString("utf8");
}

/** Answers with JSON; an undefined body sends an empty one. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  const text = body === undefined ? "" : JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** Answers with text, as `text/plain` unless the headers say otherwise. */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
