import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withoutOutsideInfluence } from "../../tools/engine.ts";
import { pulumiExecutable } from "../../tools/pulumi.ts";
import { installPythonPackage, pulumiPython } from "../../tools/pulumi-python.ts";
import { repository, workFolder } from "../../tools/repository.ts";
import { fakeExecutable } from "../support/fake-executable.ts";
import { fakeSchema } from "../support/fake-provider.ts";

// Made once on each machine; then nothing is asked of PyPI.
const python = await pulumiPython();

describe.runIf(python !== undefined)(
  "A Python program with a plugin's resources",
  { timeout: 120_000 },
  () => {
    let folder: string;
    // Building Pulumi's generator of packages takes minutes, once on each machine.
    beforeAll(async () => {
      folder = await mkdtemp(join(await workFolder(), "plugin-python-"));
      await installPythonPackage(String(python), JSON.stringify(fakeSchema), join(folder, "packages"));
      for (const name of ["home", "work", "state"]) await mkdir(join(folder, name));
    }, 900_000);
    afterAll(() => rm(folder, { recursive: true, force: true }));

    it("runs with the package that Pulumi generates of the plugin's schema", async () => {
      const plugin = dirname(await fakeExecutable(join(folder, "bin")));
      const pulumi = dirname(await pulumiExecutable());
      const search = [plugin, pulumi, join(repository, "node_modules", ".bin"), process.env.PATH];
      const env = {
        ...process.env,
        ...withoutOutsideInfluence(),
        PATH: search.join(delimiter),
        PYTHONPATH: join(folder, "packages"),
        PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "a passphrase",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      };
      const program = join(repository, "test", "support", "things.py");
      const folders = [join(folder, "home"), join(folder, "work"), join(folder, "things.json")];
      const args = [program, ...folders, JSON.stringify({ "a:80": "x" })];
      const { stdout } = await promisify(execFile)(String(python), args, { env });
      expect(JSON.parse(stdout)).toEqual({
        up: { create: 2 },
        serial: 1,
        again: { same: 2 },
        things: {
          "id-a": { name: "a", size: 1, tags: { "a:80": "x" }, password: "correct horse", serial: 1 },
        },
        destroyed: { delete: 2 },
      });
    });
  },
);
