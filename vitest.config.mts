import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // An engine waits for its processes half of the time, so two files run at once also where there are two cores.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/*.test.ts", "test/{model,server,lifecycle,doors,sdk,cli,sandbox}/**/*.test.ts"],
        },
      },
      { test: { name: "contract", include: ["test/contract/**/*.test.ts"] } },
      {
        test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 60_000 },
      },
      {
        test: {
          name: "live",
          include: ["test/live/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
