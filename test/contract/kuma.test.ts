import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type KumaFederation,
  type KumaSandbox,
  startKuma,
  startKumaFederation,
} from "../../sandbox/kuma/index.ts";

interface Exchange {
  note?: string;
  request: { method: string; path: string; headers?: Record<string, string>; body?: unknown; raw?: string };
  response: { status: number; contentType?: string; body?: unknown; text?: string };
}

interface Scenario {
  name: string;
  exchanges: Exchange[];
}

/** The recordings of a real kuma-cp 2.14.3: every exchange is repeated, none is left out. */
function scenariosOf(recording: string): Scenario[] {
  const url = new URL(`../recordings/${recording}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { scenarios: Scenario[] }).scenarios;
}

/** Sends what was recorded and compares; then removes what the scenario created, as the recorder did. */
async function replay(url: string, scenario: Scenario, headers: Record<string, string> = {}): Promise<void> {
  const created = new Set<string>();
  for (const [index, { note, request, response }] of scenario.exchanges.entries()) {
    const { method, path, body, raw } = request;
    const answer = await fetch(url + path, {
      method,
      headers,
      body: raw ?? (body === undefined ? null : JSON.stringify(body)),
    });
    const text = await answer.text();
    const actual = {
      status: answer.status,
      contentType: answer.headers.get("content-type") ?? undefined,
      body: response.text === undefined ? steady(JSON.parse(text)) : text,
    };
    expect(actual, `${index}: ${method} ${path} ${note ?? ""}`).toEqual({
      status: response.status,
      contentType: response.contentType,
      body: response.text ?? steady(response.body),
    });
    if (response.status === 201) created.add(path);
  }
  for (const path of created) await fetch(url + path, { method: "DELETE", headers });
}

/** A body without what differs between two servers or two runs: times, generated ids, host names, origins. */
function steady(body: unknown): unknown {
  return JSON.parse(
    JSON.stringify(body, (key, value: unknown) => {
      if (["creationTime", "modificationTime", "clusterId", "instanceId", "hostname"].includes(key)) {
        return typeof value;
      }
      return key === "next" && typeof value === "string" ? value.replace(/^http:\/\/[^/]+/, "") : value;
    }),
  );
}

describe("a standalone control plane", () => {
  let kuma: KumaSandbox;

  beforeAll(async () => {
    kuma = await startKuma();
    for (const object of leftBefore) kuma.store.put(object);
  });
  afterAll(() => kuma.close());

  test.each(scenariosOf("kuma-2.14.3"))("answers as recorded: $name", async (scenario) => {
    await replay(kuma.url, scenario);
  });
});

describe("a control plane with user tokens", () => {
  const tokens = { admin: "admin-token", viewer: "viewer-token", expired: "expired-token" };
  let kuma: KumaSandbox;

  beforeAll(async () => {
    kuma = await startKuma({ tokens, localhostIsAdmin: false });
  });
  afterAll(() => kuma.close());

  test.each(scenariosOf("kuma-2.14.3-auth"))("answers as recorded: $name", async (scenario) => {
    const who = scenario.name.replace("user token: ", "");
    const token = { ...tokens, garbage: "garbage" }[who];
    await replay(kuma.url, scenario, token === undefined ? {} : { authorization: `Bearer ${token}` });
  });
});

describe("a federation", () => {
  let federation: KumaFederation;

  beforeAll(async () => {
    federation = await startKumaFederation({ zones: ["zone-1"] });
  });
  afterAll(() => federation.close());

  test.each(scenariosOf("kuma-2.14.3-global"))("answers as recorded: $name", async (scenario) => {
    await replay(federation.global.url, scenario);
  });

  test.each(scenariosOf("kuma-2.14.3-zone"))("answers as recorded: $name", async (scenario) => {
    await replay(federation.zones["zone-1"]?.url ?? "", scenario);
  });
});

/** Objects that the recorded server had from before; the last one's mesh was already deleted. */
const leftBefore = [
  tlsService("tls-no-cert", { enabled: true, clientKey: { secret: "c" } }),
  tlsService("tls-no-key", { enabled: true, clientCert: { secret: "c" } }),
  tlsService("tls-skip", { enabled: true, serverName: "x", skipHostnameVerification: true }),
  {
    type: "ExternalService",
    mesh: "m1",
    name: "svc",
    tags: { "kuma.io/service": "svc", "kuma.io/protocol": "http" },
    networking: { address: "a.b:80" },
  },
];

function tlsService(name: string, tls: Record<string, unknown>): Record<string, unknown> {
  return {
    type: "ExternalService",
    mesh: "default",
    name,
    tags: { "kuma.io/service": name, "kuma.io/protocol": "http" },
    networking: { address: "httpbin.org:443", tls },
  };
}
