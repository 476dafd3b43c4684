import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
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
  ...["3.11.0", "3.18.0"].map((release) => ({
    release,
    request: "PUT /apisix/admin/ssls/m-5",
    reason: "two fields are wrong, and which one a Lua table gives first differs from run to run",
  })),
];

function readRecording(name: string): Recording {
  return JSON.parse(readFileSync(new URL(`../recordings/apisix-${name}.json`, import.meta.url), "utf8"));
}

/** Takes from a body what may differ: times and revisions, ids that the server made, what is encrypted. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([name]) => !ownFields.has(name));
    return Object.fromEntries(entries.map(([name, inner]) => [name, comparable(inner)]));
  }
  if (typeof value !== "string") return value;
  return (
    value
      .replace(/\b\d{20}\b/, "<made by the server>")
      .replace(/^[\w+/]{22}==$/, "<encrypted>")
      // The prefix of the keys in etcd is a setting of each server.
      .replace(/^\/apisix\d+\//, "/apisix/")
      .replace(/^(invalid request body: ).*/, "$1<the JSON parser's words>")
      .replace(
        /(failed to validate dependent schema for )"\w+"/,
        "$1<one of those that a Lua table gives in any order>",
      )
      .replace(
        /^(.*property "timeout" validation failed: property )"\w+" is required$/,
        "$1<one of three> is required",
      )
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

/** An answer as it is compared. */
interface Seen {
  status: number;
  contentType?: string | null | undefined;
  body?: unknown;
}

/** What the recording has of an exchange, and the same of the sandbox's answer. */
async function compare(exchange: Exchange, answer: Response, release: string) {
  const { note, request, response } = exchange;
  const text = await answer.text();
  const expected: Seen = { status: response.status, contentType: response.contentType };
  const found: Seen = { status: answer.status, contentType: answer.headers.get("content-type") };
  const excepted = exceptions.some(
    (exception) =>
      exception.release === release &&
      `${request.method} ${request.path} ${note ?? ""}`.startsWith(exception.request),
  );
  if (excepted) return { expected, found };
  if (response.text !== undefined) {
    expected.body = titleOf(response.text);
    found.body = titleOf(text);
  } else if (response.body === null) {
    expected.body = "";
    found.body = text;
  } else {
    const body = /^[[{]/.test(text) ? JSON.parse(text) : text;
    expected.body = comparable(response.body);
    found.body = comparable(note?.startsWith("cut:") ? only(response.body, body) : body);
  }
  return { expected, found };
}

describe.each([
  { recording: "3.18.0", release: "3.18.0" },
  { recording: "3.18.0-writes", release: "3.18.0" },
  { recording: "3.11.0", release: "3.11.0" },
  { recording: "3.11.0-writes", release: "3.11.0" },
])("the sandbox answers as APISIX was recorded in $recording", ({ recording, release }) => {
  const { scenarios } = readRecording(recording);
  let sandbox: ApisixSandbox;
  let same = 0;

  beforeAll(async () => {
    sandbox = await startApisix({ storesDefaults: release === "3.11.0" });
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

  for (const scenario of scenarios) {
    it(scenario.name, async () => {
      const created: string[] = [];
      for (const exchange of scenario.exchanges) {
        const { method, path, body } = exchange.request;
        const answer = await send(exchange.request);
        if (method === "PUT" && answer.status === 201) created.push(path);
        const { expected, found } = await compare(exchange, answer, release);
        expect.soft(found, `${method} ${path} ${JSON.stringify(body) ?? ""}`).toEqual(expected);
        if (isDeepStrictEqual(found, expected)) same += 1;
      }
      // As the recorder did: what a scenario has made goes before the next one begins.
      for (const path of created.reverse()) await send({ method: "DELETE", path: `${path}?force=true` });
    });
  }

  it("in every exchange", async ({ annotate }) => {
    const all = scenarios.flatMap(({ exchanges }) => exchanges).length;
    await annotate(`${same} of ${all} exchanges (${((100 * same) / all).toFixed(1)} %) answered as recorded`);
    expect(same).toBe(all);
  });
});
