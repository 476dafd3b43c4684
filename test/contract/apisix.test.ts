import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApisixSandbox, startApisix } from "../../sandbox/apisix/index.ts";

interface Exchange {
  note?: string;
  request: {
    method: string;
    path: string;
    headers?: Record<string, string | null>;
    body?: unknown;
    raw?: string;
  };
  response: { status: number; contentType?: string; body?: unknown; text?: string };
}

interface Recording {
  server: string;
  scenarios: { name: string; exchanges: Exchange[] }[];
}

/** What the server makes of its own accord, and what differs from one run to the next. */
const ownFields = new Set(["createdIndex", "modifiedIndex", "create_time", "update_time"]);

/** The answers whose words the sandbox cannot have, each with the reason; of these only the status is compared. */
const exceptions: { release: string; request: string; reason: string }[] = [
  ...["3.11.0", "3.18.0"].map((release) => ({
    release,
    request: "PUT /apisix/admin/protos/bad",
    reason: "the message of APISIX's protobuf parser, with lines of its source",
  })),
  {
    release: "3.11.0",
    request: "POST /apisix/admin/schema/validate/ssls",
    reason: "two fields are wrong, and which one a Lua table gives first differs from run to run",
  },
  {
    release: "3.11.0",
    request: "PUT /apisix/admin/ssls/bad",
    reason: "two fields are wrong, and which one a Lua table gives first differs from run to run",
  },
];

function readRecording(release: string): Recording {
  return JSON.parse(readFileSync(new URL(`../recordings/apisix-${release}.json`, import.meta.url), "utf8"));
}

/** Takes from a body what may differ: times and revisions, ids that the server made, what is encrypted. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([name]) => !ownFields.has(name));
    return Object.fromEntries(entries.map(([name, inner]) => [name, comparable(inner)]));
  }
  if (typeof value !== "string") return value;
  return value
    .replace(/\b\d{20}\b/, "<made by the server>")
    .replace(/^[\w+/]{22}==$/, "<encrypted>")
    .replace(/^(invalid request body: ).*/, "$1<the JSON parser's words>")
    .replace(
      /^(.*property "timeout" validation failed: property )"\w+" is required$/,
      "$1<one of three> is required",
    );
}

/** Of a page of the web server, its title; the rest names the server. */
function titleOf(text: string): string {
  return /<title>(.*)<\/title>/.exec(text)?.[1] ?? text;
}

/** Of an answer whose recording has been cut, the part that the recording kept. */
function only(kept: unknown, body: Record<string, unknown>): unknown {
  return Object.fromEntries(Object.keys(kept as object).map((name) => [name, body[name]]));
}

describe.each([
  { release: "3.18.0", storesDefaults: false },
  { release: "3.11.0", storesDefaults: true },
])("the sandbox answers as APISIX $release was recorded", ({ release, storesDefaults }) => {
  let sandbox: ApisixSandbox;

  beforeAll(async () => {
    sandbox = await startApisix({ storesDefaults });
  });
  afterAll(() => sandbox.close());

  const send = (exchange: Exchange["request"]) => {
    const headers: Record<string, string> = { "x-api-key": sandbox.adminKey };
    for (const [name, value] of Object.entries(exchange.headers ?? {})) {
      if (value === null) delete headers[name];
      else headers[name] = value === "<viewer key>" ? sandbox.viewerKey : value;
    }
    const body = exchange.raw ?? (exchange.body === undefined ? undefined : JSON.stringify(exchange.body));
    return fetch(sandbox.adminUrl + exchange.path, {
      method: exchange.method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
  };

  for (const scenario of readRecording(release).scenarios) {
    it(scenario.name, async () => {
      const created: string[] = [];
      for (const { note, request, response } of scenario.exchanges) {
        const answer = await send(request);
        const text = await answer.text();
        const what = `${request.method} ${request.path} ${note ?? ""}`;
        expect.soft(answer.status, `${what} ${text}`).toBe(response.status);
        expect.soft(answer.headers.get("content-type"), what).toBe(response.contentType);
        if (request.method === "PUT" && answer.status === 201) created.push(request.path);
        if (
          exceptions.some((exception) => exception.release === release && what.startsWith(exception.request))
        ) {
          continue;
        }
        if (response.text !== undefined) expect.soft(titleOf(text), what).toBe(titleOf(response.text));
        else if (response.body === null) expect.soft(text, what).toBe("");
        else {
          const body = note?.startsWith("cut:") ? only(response.body, JSON.parse(text)) : JSON.parse(text);
          expect.soft(comparable(body), what).toEqual(comparable(response.body));
        }
      }
      // As the recorder did: what a scenario has made goes before the next one begins.
      for (const path of created.reverse()) await send({ method: "DELETE", path: `${path}?force=true` });
    });
  }
});
