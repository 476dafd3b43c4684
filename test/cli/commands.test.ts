import { expect, test } from "vitest";
import { command } from "../support/commands.ts";

test.each(["import", "explain", "map"])(
  "%s without what it needs fails in one line, so that a script notices, and prints its help when asked",
  async (name) => {
    const { text, status } = await command(name);
    expect(text.trim().split("\n")).toHaveLength(1);
    expect(text).toMatch(/--(from|host|state)/);
    expect(status).toBe(name === "import" ? 1 : 2);
    for (const option of ["--help", "-h"]) {
      const help = await command(`${name} ${option}`);
      expect(help.status).toBe(0);
      expect(help.text).toContain(`npx pulumi-external-backends ${name} `);
    }
  },
);

test("without a command the help is printed, which names each", async () => {
  const { text, status } = await command("");
  expect(status).toBe(0);
  for (const name of ["import", "explain", "map"]) expect(text).toContain(name);
});
