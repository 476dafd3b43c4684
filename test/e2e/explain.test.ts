import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../../tools/repository.ts";
import { bundleDoors } from "../support/bundle-doors.ts";
import { after, before } from "../support/previews/programs.ts";
import { SECRETS } from "../support/previews/secrets.ts";
import { comparable, PREVIEWS } from "../support/recorded-previews.ts";
import { withProgram } from "../support/with-program.ts";
import { startWorld } from "../support/world.ts";

const world = await startWorld();

/** Runs the command as it is shipped. */
function run(args: string[]): Promise<{ text: string; status: number }> {
  const env = {
    ...process.env,
    APISIX_ADMIN_URL: world.apisix.adminUrl,
    APISIX_ADMIN_KEY: world.apisix.adminKey,
  };
  return new Promise((resolve) => {
    const command = [join(repository, "dist", "cli", "main.js"), ...args];
    execFile(process.execPath, command, { env }, (error, stdout, stderr) => {
      resolve({ text: stdout + stderr, status: typeof error?.code === "number" ? error.code : 0 });
    });
  });
}

test("states and previews of the real engine are as recorded; explain answers from them as the gateway does, and map finds what is in no state", async () => {
  let program = before;
  const stack = await world.stack("prod", () => program(), { project: "edge" });
  await stack.up();
  const state = (await stack.cli(["stack", "export", "--stack", "prod"])).output;
  const shown = (await stack.cli(["stack", "export", "--show-secrets", "--stack", "prod"])).output;
  program = after;
  const preview = ["preview", "--json", "--show-sames", "--stack", "prod"];
  const change = await withProgram(stack, preview);
  const route = world.apisix.store.get("routes", "httpbin");
  world.apisix.store.put("routes", "httpbin", { ...route, hosts: ["drifted.httpbin.org"] });
  const refreshed = await withProgram(stack, [...preview, "--refresh"]);
  world.apisix.store.put("routes", "httpbin", { ...route });
  const documents = { state, "state-shown": shown, preview: change, "preview-refresh": refreshed };
  const servers = { apisix: world.apisix.adminUrl, kuma: world.kuma.url };
  for (const [name, text] of Object.entries(documents))
    await expect(comparable(text, servers)).toMatchFileSnapshot(join(PREVIEWS, `${name}.json`));

  const file = join(stack.directory, "state.json");
  await writeFile(file, shown);
  const asked = ["--host", "local.httpbin.org", "--path", "/get"];
  for (const source of [
    ["--state", file],
    ["--from", "apisix"],
  ]) {
    const { text, status } = await run(["explain", ...asked, ...source]);
    expect(text).toContain("Served by route httpbin");
    expect(text).not.toContain(SECRETS.key);
    expect(status).toBe(0);
  }
  expect((await world.get("local.httpbin.org")).status).toBe(200);
  expect((await run(["explain", "--host", "other.example", "--path", "/get", "--state", file])).status).toBe(
    1,
  );
  expect((await world.get("other.example")).status).toBe(404);

  const map = await run(["map", "--state", file, "--from", "apisix"]);
  expect(map.text).toContain("httpbin.org:443");
  expect(map.text).not.toContain(SECRETS.key);
  // The world's own consumer is all that no stack has made.
  expect(map.text).toMatch(/At a server and in no state\n {2}apisix:Consumer "[^\n]*\n$/);
  expect(map.text).not.toContain("Otherwise at the server");
  expect(map.status).toBe(1);
  const previewFile = join(stack.directory, "preview.json");
  await writeFile(previewFile, change);
  const opened = await run(["map", "--change", "--fail-on", "auth-removed", "--preview", previewFile]);
  expect(opened.text).toContain("key-auth no longer checks who asks");
  expect(opened.status).toBe(1);
});

test.each(bundleDoors)(
  "entries of a bundle are explained as resources are ($door)",
  async ({ door, declare, options }) => {
    const stack = await world.stack(
      `bundle-${door}`,
      async () => {
        declare("edge", {
          upstreams: { u: { nodes: { "httpbin.org:80": 1 } } },
          routes: { bundled: { uri: "/get", host: "bundled.example", upstreamId: "u" } },
        });
      },
      options,
    );
    await stack.up();
    const file = join(stack.directory, "state.json");
    await writeFile(file, (await stack.cli(["stack", "export", "--stack", `bundle-${door}`])).output);
    const { text, status } = await run([
      "explain",
      "--host",
      "bundled.example",
      "--path",
      "/get",
      "--state",
      file,
    ]);
    expect(text).toContain('apisix:Route "bundled" of stack test/bundle-');
    expect(text).toContain("http://httpbin.org:80");
    expect(status).toBe(0);
    expect((await world.get("bundled.example")).status).toBe(200);
    await stack.destroy();
  },
);
