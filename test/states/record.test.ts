import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "vitest";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { startKuma } from "../../sandbox/kuma/index.ts";
import { CONSUMER } from "../support/kind-case.ts";
import {
  configOf,
  declarationsOfThisRelease,
  objectsOf,
  PROJECT,
  programOf,
  type Recording,
  withoutUrls,
} from "../support/recorded.ts";
import { Engine } from "../../tools/engine.ts";
import { repository } from "../../tools/repository.ts";

/** Where in which file a resource was declared: of no use, and paths of this machine. */
const OF_THIS_MACHINE = new Set(["sourcePosition", "stackTrace"]);

// `npm run states` runs this file; test/states/README.md says what for.
test("what this release writes into states and servers is recorded", async () => {
  const { version } = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));
  const file = join(repository, "test", "states", `${version}.json`);
  if (existsSync(file)) throw new Error(`${file} is there already. What a release wrote never changes.`);

  const servers = { apisix: await startApisix(), kuma: await startKuma() };
  servers.apisix.store.put("consumers", CONSUMER, { username: CONSUMER });
  const engine = await Engine.start();
  try {
    const declarations = declarationsOfThisRelease();
    const program = programOf(declarations, servers);
    const stack = await engine.stack(version, program, { project: PROJECT, config: configOf(servers) });
    await stack.up();
    const recording: Recording = { declarations, state: await stack.state(), objects: objectsOf(servers) };
    await mkdir(join(file, ".."), { recursive: true });
    const text = JSON.stringify(recording, (key, value) => (OF_THIS_MACHINE.has(key) ? undefined : value), 1);
    await writeFile(file, `${withoutUrls(text, servers)}\n`);
    console.log(`${file}: ${recording.state.deployment.resources?.length} resources`);
  } finally {
    await Promise.all([engine.close(), servers.apisix.close(), servers.kuma.close()]);
  }
});
