import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { startBrowser } from "./browser.ts";
import { writeExampleStates } from "./example-states.ts";
import { repository, workFolder } from "./repository.ts";
import { waysOut } from "./ways-out.ts";

/**
 * Makes the pictures of the documentation from the states of examples: `docs/ways-out.svg`, which the README shows, and
 * `docs/map-page.webp`, the page of `map --html`. `npm run pictures`.
 */

/** What the window shows, in a format of which the package can take a picture more. */
async function smallScreenshot(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 50 });
  return Buffer.from(data, "base64");
}

// The states name lines of the programs, not of what is compiled from them.
process.setSourceMapsEnabled(true);
const folder = await mkdtemp(join(await workFolder(), "pictures-"));
try {
  const states = await writeExampleStates(folder);
  const file = join(folder, "map.html");
  const sources = states.flatMap((state) => ["--state", state]);
  const command = [join(repository, "dist", "cli", "main.js"), "map", ...sources];
  console.log(execFileSync(process.execPath, command, { encoding: "utf8" }));
  execFileSync(process.execPath, [...command, "--html", file]);
  const browser = await startBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1100, height: 1020 }, colorScheme: "light" });
    await page.goto(pathToFileURL(file).href);
    await page
      .getByRole("button", { name: /^invoices/ })
      .last()
      .click();
    await page.evaluate("scrollTo(0, 0)");
    await writeFile(join(repository, "docs", "map-page.webp"), await smallScreenshot(page));
    await page.setViewportSize({ width: 960, height: 800 });
    await page.waitForFunction("document.querySelector('#frame svg').getAttribute('width') < 960");
    await writeFile(join(repository, "docs", "ways-out.svg"), await waysOut(page));
  } finally {
    await browser.close();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
