import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Intercept } from "./apisix/index.ts";
import { readBody, sendJson, sendText } from "./http.ts";

/** What the server would have answered. */
interface Truth {
  status: number;
  headers: Record<string, string | number>;
  text: string;
}

type Answer = (response: ServerResponse, request: IncomingMessage) => unknown;

const page = (title: string, more = "") =>
  `<html><head><title>${title}</title></head><body>${more}</body></html>`;
const html = (status: number, title: string, headers: Record<string, string> = {}): Answer => {
  return (response) =>
    sendText(response, status, page(title, `<h1>${title}</h1>`), { "content-type": "text/html", ...headers });
};
const json = (status: number, text: string): Answer => {
  return (response) => sendText(response, status, text, { "content-type": "application/json" });
};
const reset: Answer = (_response, request) => request.socket.resetAndDestroy();
const silence: Answer = () => undefined;
const empty = json(200, "");
const broken = json(200, '{"key": "/apisix/');
/** As pages for developers do; so it holds the credential. */
const withHeaders: Answer = (response, { headers }) =>
  sendText(response, 500, page("Internal Server Error", `<pre>${JSON.stringify(headers)}</pre>`), {
    "content-type": "text/html",
  });

/** Answers in place of the server, which never learns of the request. */
const instead =
  (answer: Answer): Intercept =>
  (request, response) => {
    request.resume();
    answer(response, request);
    return true;
  };

/** Lets the server do its work and answers something else. */
const afterwards =
  (answer: (response: ServerResponse, request: IncomingMessage, truth: Truth) => unknown): Intercept =>
  (request, response) => {
    const { writeHead, end } = response;
    const truth: Truth = { status: 200, headers: {}, text: "" };
    const note = (status: number, headers: Truth["headers"]) => {
      Object.assign(truth, { status, headers });
      return response;
    };
    const say = (text = "") => {
      Object.assign(response, { writeHead, end });
      answer(response, request, { ...truth, text });
      return response;
    };
    Object.assign(response, { writeHead: note, end: say });
    return false;
  };

const late = (milliseconds: number) =>
  afterwards(async (response, _request, { status, headers, text }) => {
    await sleep(milliseconds);
    if (!response.destroyed) response.writeHead(status, headers).end(text);
  });

const half = (then: Answer) =>
  afterwards((response, request, { status, headers, text }) => {
    response.writeHead(status, { ...headers, "content-length": text.length + 10 });
    response.write(text.slice(0, text.length / 2), () => then(response, request));
  });

/** A little at a time, so that the connection is never silent. */
const trickle = afterwards((response, _request, { status, headers }) => {
  const { "content-length": _, ...others } = headers;
  response.writeHead(status, others);
  const timer = setInterval(() => response.write(" "), 100);
  response.once("close", () => clearInterval(timer));
});

/** Writes nothing and answers every write with what it was sent, in the form of an Admin API. */
const echo: Intercept = async (request, response) => {
  if (request.method === "GET") return false;
  const text = await readBody(request);
  sendJson(response, 200, { key: request.url, ...(text === "" ? {} : { value: JSON.parse(text) }) });
  return true;
};

/** Ways in which a server, or what stands in front of it, misbehaves; each usable as `intercept` of a sandbox. */
export const faults = {
  "reset before the work": instead(reset),
  "reset after the work": afterwards(reset),
  "silence before the work": instead(silence),
  "silence after the work": afterwards(silence),
  "late answer": late(400),
  "half an answer, then reset": half(reset),
  "half an answer, then silence": half(silence),
  "answer without end": trickle,
  "429 without Retry-After": instead(html(429, "Too Many Requests")),
  "429 with Retry-After": instead(html(429, "Too Many Requests", { "retry-after": "600" })),
  "500 with the request's headers": instead(withHeaders),
  "500 after the work": afterwards(html(500, "Internal Server Error")),
  "502 before the work": instead(html(502, "Bad Gateway")),
  "502 after the work": afterwards(html(502, "Bad Gateway")),
  "503 before the work": instead(html(503, "Service Unavailable")),
  "503 after the work": afterwards(html(503, "Service Unavailable")),
  "504 before the work": instead(html(504, "Gateway Timeout")),
  "504 after the work": afterwards(html(504, "Gateway Timeout")),
  "empty 200": instead(empty),
  "empty 200 after the work": afterwards(empty),
  "broken JSON": instead(broken),
  "broken JSON after the work": afterwards(broken),
  "200 {} that lies": instead(json(200, "{}")),
  "200 that echoes and lies": echo,
  "404 of a data plane": instead(json(404, '{"error_msg":"404 Route not found"}\n')),
  "404 of a proxy": instead(html(404, "Not Found")),
  "403 of a proxy": instead(html(403, "Forbidden")),
  "301 to a login page": instead(html(301, "Moved Permanently", { location: "https://login.example/" })),
  "200 of a login page": instead(html(200, "Sign in")),
} as const satisfies Record<string, Intercept>;

/** The name of a fault. */
export type FaultName = keyof typeof faults;

/** All names of faults. */
export const faultNames = Object.keys(faults) as FaultName[];

/** Which requests meet a fault. */
export interface Limits {
  /** Requests that read, or those that write; default both. */
  only?: "reads" | "writes" | undefined;
  /** Of these, every so manieth; default 1. */
  every?: number | undefined;
}

/** A fault that some requests meet. */
export function limited(fault: Intercept, { only, every = 1 }: Limits): Intercept {
  let count = 0;
  return (request, response) => {
    if (only !== undefined && (only === "reads") !== (request.method === "GET")) return false;
    count += 1;
    return count % every === 0 && fault(request, response);
  };
}
