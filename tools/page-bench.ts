import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { startBrowser } from "./browser.ts";
import { manyBackends } from "./page-states.ts";
import { repository, workFolder } from "./repository.ts";

/**
 * Measures the page of `map --html`: its bytes, the time until it can be used, and the time from a key to what it shows.
 * `npm run bench:page [COUNT]`; 2,000 backends without a number.
 */

const count = Number(process.argv[2] ?? 2000);
const folder = mkdtempSync(join(await workFolder(), "page-"));
const file = join(folder, "map.html");

/** The middle of some times. */
function middle(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

/** Types a text key by key; from each key until the page has drawn what it finds. */
async function keystrokes(page: Page, text: string): Promise<number[]> {
  const times: number[] = [];
  for (let length = 1; length <= text.length; length += 1) {
    // Runs in the browser, for whose document this file has no types.
    const script = `new Promise((resolve) => {
      const input = document.querySelector("#search");
      input.value = ${JSON.stringify(text.slice(0, length))};
      const start = performance.now();
      input.dispatchEvent(new Event("input"));
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)));
    })`;
    times.push(await page.evaluate<number>(script));
  }
  return times;
}

try {
  const states = [...manyBackends(count)].flatMap(([place, state]) => {
    const path = join(folder, `${place}.json`);
    writeFileSync(path, JSON.stringify(state));
    return ["--state", `${place}=${path}`];
  });
  const started = performance.now();
  const command = [join(repository, "dist", "cli", "main.js"), "map", ...states, "--html", file];
  console.log(execFileSync(process.execPath, command, { encoding: "utf8" }).trim());
  console.log(`command   ${Math.round(performance.now() - started)} ms`);
  console.log(`bytes     ${statSync(file).size.toLocaleString("en")}`);
  const browser = await startBrowser();
  try {
    const usable: number[] = [];
    const keys: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      await page.goto(pathToFileURL(file).href);
      const mark = `performance.getEntriesByName("usable")[0]`;
      await page.waitForFunction(mark);
      usable.push(await page.evaluate<number>(`${mark}.startTime`));
      for (const text of ["provider-7", "team-3 zone-1"]) keys.push(...(await keystrokes(page, text)));
      await page.close();
    }
    console.log(`usable    ${Math.round(middle(usable))} ms (longest ${Math.round(Math.max(...usable))} ms)`);
    console.log(`keystroke ${Math.round(middle(keys))} ms (longest ${Math.round(Math.max(...keys))} ms)`);
  } finally {
    await browser.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
