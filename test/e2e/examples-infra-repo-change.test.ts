import { chmod, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { startApisix } from "../../sandbox/apisix/index.ts";
import { startKumaFederation } from "../../sandbox/kuma/index.ts";
import { loadProgram } from "../../tools/program.ts";
import { repository, workFolder } from "../../tools/repository.ts";
import { withProgram } from "../support/with-program.ts";
import { runPreviewScript } from "../support/workflows.ts";
import { startWorld } from "../support/world.ts";

const folder = join(repository, "examples", "infra-repo");
const zones = ["zone-1", "zone-2"];
const stacks = [...zones, "global"];
const world = await startWorld();
const gateways = await Promise.all(zones.map(() => startApisix({ adminKey: world.apisix.adminKey })));
const federation = await startKumaFederation({ zones });
const temporary = await mkdtemp(join(await workFolder(), "infra-repo-"));
afterAll(async () => {
  await Promise.all([...gateways, federation].map((started) => started.close()));
  await rm(temporary, { recursive: true });
});

/** The pull request that the README shows: one backend more, and one for another zone, too. */
const CHANGES: [string, string][] = [
  ['mesh: { zones: ["zone-1"] },', "mesh: { zones },"],
  [
    "  // Not at the gateways",
    `  ledger: {
    address: "ledger.example:443",
    tls: {},
    gateway: { hosts: ["ledger.shop.example"] },
  },
  // Not at the gateways`,
  ],
];

/** A `pulumi` that answers with what the real one has said of each stack. */
async function fakePulumi(): Promise<void> {
  const config = JSON.stringify({ "kuma:globalUrl": { value: federation.global.url } });
  const script = `#!/bin/sh
if [ "$1" = config ]; then echo '${config}'; exit; fi
case " $* " in *" --json "*) kind=json;; *) kind=txt;; esac
while [ "$1" != --stack ]; do shift; done
cat "${temporary}/$2.$kind"
`;
  await writeFile(join(temporary, "pulumi"), script);
  await chmod(join(temporary, "pulumi"), 0o755);
}

describe("a pull request", () => {
  let posted: { code: number; output: string };

  beforeAll(async () => {
    const changed = join(temporary, "changed");
    const copied = (file: string) => basename(file) !== "node_modules";
    await cp(folder, changed, { recursive: true, filter: copied });
    let backends = await readFile(join(folder, "backends.ts"), "utf8");
    for (const [before, after] of CHANGES) {
      expect(backends).toContain(before);
      backends = backends.replace(before, after);
    }
    await writeFile(join(changed, "backends.ts"), backends);
    for (const name of stacks) {
      const urls: Record<string, string> =
        name === "global"
          ? { "kuma:globalUrl": federation.global.url }
          : {
              "kuma:zoneUrl": federation.zones[name]?.url ?? "",
              "apisix:adminUrl": gateways[zones.indexOf(name)]?.adminUrl ?? "",
            };
      const environment = { APISIX_ADMIN_KEY: world.apisix.adminKey, KUMA_TOKEN: "any" };
      const options = { project: "infra-repo", settings: folder, config: urls, environment };
      const stack = await world.engine.stack(name, loadProgram(folder), options);
      await stack.up();
      stack.program = loadProgram(changed);
      const preview = ["preview", "--stack", name, "--refresh"];
      for (const [kind, option] of Object.entries({ txt: ["--diff"], json: ["--json", "--show-sames"] }))
        await writeFile(
          join(temporary, `${name}.${kind}`),
          await withProgram(stack, [...preview, ...option]),
        );
    }
    await fakePulumi();
    posted = await runPreviewScript(folder, temporary, stacks);
  }, 240_000);

  test("has what it opens under its previews, of all stacks together; the README shows it", async () => {
    expect(posted.code, posted.output).toBe(0);
    for (const name of stacks) expect(posted.output).toContain(`### ${name}\n\ncompared with the servers`);
    const opens = posted.output.slice(posted.output.indexOf("### What this change opens")).trim();
    const readme = join(folder, "README.md");
    const text = await readFile(readme, "utf8");
    const block = /(?<=```markdown\n)### What this change opens\n[\s\S]*?(?=\n```)/;
    expect(text).toMatch(block);
    // `--update` writes it.
    await expect(text.replace(block, () => opens)).toMatchFileSnapshot(readme);
  });

  test("says so where what it opens cannot be known, and fails", async () => {
    await writeFile(join(temporary, "global.json"), "");
    const { code, output } = await runPreviewScript(folder, temporary, stacks);
    expect(code).toBe(1);
    expect(output).toContain("### What this change opens is not known");
    expect(output).toContain("### global\n\ncompared with the servers");
  });
});

test("the pipeline of GitLab runs the same commands as the workflows of GitHub", async () => {
  const {
    preview,
    zones: deploy,
    global,
    drift,
  } = parse(await readFile(join(folder, ".gitlab-ci.yml"), "utf8"));
  const text = async (name: string) => readFile(join(folder, ".github", "workflows", `${name}.yaml`), "utf8");
  const withStack = (line: string) => line.replace("$STACK", "$" + "{{ matrix.stack }}");
  for (const line of preview.script) expect(await text("preview")).toContain(`run: ${line}\n`);
  for (const line of [...deploy.script, ...global.script])
    expect(await text("deploy")).toContain(`run: ${withStack(line)}\n`);
  for (const line of drift.script) expect(await text("drift")).toContain(`run: ${withStack(line)}\n`);
  expect(deploy.parallel.matrix).toEqual([{ STACK: zones }]);
  expect(drift.parallel.matrix).toEqual([{ STACK: stacks }]);
});
