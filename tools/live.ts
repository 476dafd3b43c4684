import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { repository } from "./repository.ts";

const help = `npm run test:live [-- options]     the lifecycle tests over kinds, at servers of your own
npm run test:limits [-- options]   the tests of arguments at the limits of the valid, there
npm run test:compare [-- options]  the same requests to a Kuma 2.14.3 or an APISIX and to the sandbox, compared
npm run record [-- options]        writes down what the servers answer, in the form of test/recordings

The servers, by environment variables; what is not named is left out:

  APISIX_ADMIN_URL, APISIX_ADMIN_KEY; for test:compare also APISIX_VIEWER_KEY and APISIX_GATEWAY_URL
  KUMA_URL, or KUMA_GLOBAL_URL and KUMA_ZONE_URL; KUMA_TOKEN if the control plane asks for a token

Options:

  --kind NAME       only this kind, as in kuma:MeshTimeout or MeshTimeout; may be repeated
  --prefix NAME     what the name of everything that is made begins with (default live); more is put behind it
  --whole-gateway   also what holds for all of a gateway's traffic: global rules and plugin metadata
  --runs N          test:limits: arguments per kind; test:compare: requests per kind (default 400)
  --seed N          draws other arguments or requests (default: always the same)
  --out FOLDER      record: where the recordings go (default recordings)
  --help            this text
`;

/** What `node tools/live.ts` runs. */
const COMMANDS: Record<string, readonly string[]> = {
  lifecycle: [
    "--project",
    "live",
    "test/live/apisix.test.ts",
    "test/live/kuma.test.ts",
    "test/live/import.test.ts",
  ],
  limits: ["--project", "unit", "test/lifecycle/limits.test.ts"],
  compare: ["--project", "live", "test/live/compare.test.ts", "test/live/compare-apisix.test.ts"],
  record: ["--project", "live", "test/live/record.test.ts"],
};

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      kind: { type: "string", multiple: true, default: [] },
      prefix: { type: "string" },
      "whole-gateway": { type: "boolean", default: false },
      runs: { type: "string" },
      seed: { type: "string" },
      out: { type: "string", default: "recordings" },
      help: { type: "boolean", default: false },
    },
  });
  const [command = "lifecycle"] = positionals;
  const files = COMMANDS[command];
  if (values.help || !files) return void process.stdout.write(help);
  const chosen = {
    ...(values.kind.length > 0 && { LIVE_KINDS: values.kind.join(",") }),
    ...(values.prefix !== undefined && { LIVE_PREFIX: values.prefix }),
    ...(values["whole-gateway"] && { LIVE_WHOLE_GATEWAY: "1" }),
    ...(values.runs !== undefined && { LIVE_RUNS: values.runs }),
    ...(values.seed !== undefined && { LIVE_SEED: values.seed }),
    ...(command === "record" && { RECORD_TO: values.out }),
  };
  const vitest = join(repository, "node_modules", "vitest", "vitest.mjs");
  const { status } = spawnSync(process.execPath, [vitest, "run", ...files], {
    cwd: repository,
    env: { ...process.env, ...chosen },
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
}

main();
