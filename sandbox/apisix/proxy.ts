import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { clearKey } from "./encryption.ts";
import { find } from "./merge.ts";
import { isObject, type JsonObject, type Store } from "./store.ts";
import type { Target } from "./targets.ts";

/** A request that cannot be passed on; its message is the title of the page that says so. */
export class ProxyError extends Error {}

// What belongs to one connection, and none of the next one's business.
const hopByHop = ["connection", "keep-alive", "transfer-encoding", "expect"];

/** A request as it is sent on. */
export interface Outgoing {
  method: string;
  /** Path and query. */
  url: string;
  /** The `Host` header, where the upstream passes on the client's. */
  host: string;
  headers: IncomingHttpHeaders;
}

/** How to reach an upstream's nodes. */
export interface Connection {
  https: boolean;
  /** How long, in milliseconds, a node may be silent. */
  readTimeout: number;
  cert?: string;
  key?: string;
}

/** The certificate with which the gateway introduces itself to an upstream, if it has one. */
export function clientCertificate(store: Store, upstream: JsonObject): { cert?: string; key?: string } {
  if (!isObject(upstream.tls)) return {};
  const ssl = find(store, "ssls", upstream.tls.client_cert_id);
  const cert = ssl?.cert ?? upstream.tls.client_cert;
  const key = clearKey(String(ssl?.key ?? upstream.tls.client_key));
  return typeof cert === "string" && key !== undefined ? { cert, key } : {};
}

/** Sends a request to the first of the targets that can be reached, and its answer back to the client. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  outgoing: Outgoing,
  targets: Target[],
  connection: Connection,
): Promise<void> {
  const body = await buffer(request);
  let failure = "502 Bad Gateway";
  for (const target of targets) {
    try {
      const answer = await ask(target, outgoing, body, connection);
      const headers: IncomingHttpHeaders = {
        ...answer.headers,
        server: String(response.getHeader("server")),
      };
      for (const name of hopByHop) delete headers[name];
      response.writeHead(answer.statusCode ?? 502, headers);
      return await pipeline(answer, response);
    } catch (problem) {
      if (response.headersSent) throw problem;
      failure = problem instanceof ProxyError ? problem.message : "502 Bad Gateway";
    }
  }
  throw new ProxyError(failure);
}

function ask(
  target: Target,
  outgoing: Outgoing,
  body: Buffer,
  connection: Connection,
): Promise<IncomingMessage> {
  const host = target.host ?? outgoing.host;
  const headers: IncomingHttpHeaders = { ...outgoing.headers, host, "content-length": String(body.length) };
  for (const name of hopByHop) delete headers[name];
  if (body.length === 0 && outgoing.headers["content-length"] === undefined) delete headers["content-length"];
  const name = host.replace(/:\d+$/, "");
  const { https, readTimeout, cert, key } = connection;
  return new Promise((resolve, reject) => {
    const options = {
      host: target.address,
      port: target.port,
      method: outgoing.method,
      path: outgoing.url,
      headers,
    };
    const sent = https
      ? requestHttps({
          ...options,
          // APISIX verifies no upstream, and asks for the certificate of the host that it sends.
          rejectUnauthorized: false,
          servername: isIP(name) ? "" : name,
          agent: false,
          ...(cert && key ? { cert, key } : {}),
        })
      : requestHttp(options);
    sent.setTimeout(readTimeout, () => sent.destroy(new ProxyError("504 Gateway Time-out")));
    sent.on("response", resolve);
    sent.on("error", reject);
    sent.end(body);
  });
}
