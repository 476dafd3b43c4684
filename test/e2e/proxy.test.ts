import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import * as apisix from "pulumi-external-backends/apisix";
import { afterEach, expect, test, vi } from "vitest";
import { expectChanges, LOCAL, startWorld } from "../support/world.ts";

const world = await startWorld();
afterEach(() => vi.unstubAllEnvs());

/** A port of the loopback interface at which nobody listens. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** A stack whose program and engine have these variables. */
function stackWith(name: string, environment: Record<string, string>) {
  // Not what this process has of its own.
  for (const variable of ["http", "https", "grpc", "no", "no_grpc"].map((part) => `${part}_proxy`))
    for (const cased of [variable, variable.toUpperCase()]) vi.stubEnv(cased, environment[cased]);
  const program = async () => {
    new apisix.Upstream("behind", { nodes: { "a.example:80": 1 } });
  };
  return world.stack(name, program, { environment, config: LOCAL });
}

test("http_proxy in lower case breaks Pulumi itself, unless no_proxy in lower case has 127.0.0.1", async () => {
  const http_proxy = `http://127.0.0.1:${await deadPort()}`;
  const unreachable = /UNAVAILABLE: No connection established/;
  const behind = await stackWith("behind", { http_proxy });
  expect((await behind.preview({ expectFailure: true })).output).toMatch(unreachable);
  const upperCase = await stackWith("upper-case", { http_proxy, NO_PROXY: "127.0.0.1" });
  expect((await upperCase.preview({ expectFailure: true })).output).toMatch(unreachable);
  const passing = await stackWith("passing", { http_proxy, no_proxy: "127.0.0.1" });
  expectChanges(await passing.preview(), { create: 2 });
});

test("HTTP_PROXY in upper case leaves Pulumi alone", async () => {
  const stack = await stackWith("upper", { HTTP_PROXY: `http://127.0.0.1:${await deadPort()}` });
  expectChanges(await stack.preview(), { create: 2 });
});
