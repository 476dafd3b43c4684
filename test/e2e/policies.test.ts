import { join } from "node:path";
import * as kuma from "pulumi-external-backends/kuma";
import { expect, test } from "vitest";
import { repository } from "../../tools/repository.ts";
import { policyRunnerPath } from "../support/policy-runner.ts";
import { withProgram } from "../support/with-program.ts";
import { startWorld } from "../support/world.ts";

const world = await startWorld({ engine: { environment: { PATH: await policyRunnerPath() } } });

test("a preview with the policy pack reports what lints find, at its resource", async () => {
  const stack = await world.stack("lints", async () => {
    new kuma.ExternalService("careless", {
      tags: { "kuma.io/service": "careless", "kuma.io/protocol": "http" },
      networking: { address: "a.example:443", tls: { enabled: true } },
    });
  });
  const pack = ["--policy-pack", join(repository, "policies")];
  const output = await withProgram(stack, ["preview", "--stack", "lints", ...pack]);
  expect(output).toMatch(/\[advisory\] {2}unverified-tls {2}\(.*kuma:ExternalService: careless\)/);
});
