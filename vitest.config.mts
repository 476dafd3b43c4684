import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vitest/config";
import { BOTH_DOORS } from "./test/support/both-doors.ts";
import { NOT_ON_WINDOWS } from "./test/windows.ts";

/** Elsewhere there is no such list: even an empty one would go before `--exclude` of the command line. */
const notHere = process.platform === "win32" ? { exclude: Object.keys(NOT_ON_WINDOWS) } : {};

// Servers that the environment names, for whatever purpose, are tried only where that is asked for.
if (process.env.npm_lifecycle_event === "test") {
  for (const name of ["APISIX_ADMIN_URL", "KUMA_URL", "KUMA_GLOBAL_URL", "KUMA_ZONE_URL"])
    delete process.env[name];
}

/**
 * What the sources load with `require` only when they need it (`require("./apisix/route.ts")`) is imported at once in
 * tests: Node.js' own `require` knows nothing of the modules that Vitest has loaded.
 */
const requireAsImport: Plugin = {
  name: "require-as-import",
  enforce: "pre",
  transform(code, file) {
    if (!/\/(provider|sdk|cli)\/.*\.ts$/.test(file)) return undefined;
    const imports: string[] = [];
    const changed = code.replace(/\brequire\(("\.[^"]+\.ts")\)/g, (_, name: string) => {
      imports.push(`import * as required${imports.length} from ${name};`);
      return `required${imports.length - 1}`;
    });
    // On the first line, so that the lines of the others stay what they are.
    return imports.length > 0 ? { code: imports.join(" ") + changed, map: null } : undefined;
  },
};

function inSupport(file: string): string {
  return fileURLToPath(new URL(`test/support/${file}`, import.meta.url));
}

export default defineConfig({
  plugins: [requireAsImport],
  test: {
    // An engine waits for its processes half of the time, so two files run at once also where there are two cores.
    maxWorkers: 2,
    // Where a test kills the engine, Pulumi's SDK is left with calls that nobody waits for any more.
    onUnhandledError: ({ message, stack }) =>
      message?.includes("14 UNAVAILABLE") && stack?.includes("@pulumi/pulumi/runtime/") ? false : undefined,
    tags: [
      {
        name: "kinds",
        description: "Goes through all kinds of resources, or the one of `npm run test:kind`.",
      },
      { name: "lifecycle", description: "Those of them that `npm run test:kind` runs without --all." },
    ],
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "test/*.test.ts",
            "test/{model,server,lifecycle,doors,sdk,cli,policies,sandbox}/**/*.test.ts",
          ],
          ...notHere,
          // On a loaded machine a property takes long; a hook may build what runs programs in another language, once.
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
      { test: { name: "contract", include: ["test/contract/**/*.test.ts"], testTimeout: 120_000 } },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          ...notHere,
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: {
          alias: {
            "pulumi-external-backends/apisix": inSupport("plugin-apisix.ts"),
            "pulumi-external-backends/kuma": inSupport("plugin-kuma.ts"),
          },
        },
        test: {
          name: "e2e-plugin",
          include: BOTH_DOORS.map((name) => `test/e2e/${name}.test.ts`),
          env: { DOOR: "plugin" },
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/*.test.ts"],
          globalSetup: ["test/browser/setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "site",
          include: ["test/browser/site/*.test.ts"],
          globalSetup: ["test/browser/setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "lowest",
          include: ["test/lowest/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "states",
          include: ["test/states/**/*.test.ts"],
          testTimeout: 240_000,
        },
      },
      {
        test: {
          name: "live",
          include: ["test/live/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
