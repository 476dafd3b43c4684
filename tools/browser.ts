import { existsSync } from "node:fs";
import { type Browser, type BrowserServer, chromium } from "playwright-core";

/** Where a Chromium is on a machine that has one. Nothing is downloaded. */
const USUAL = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/** What is said where there is none. */
export const NO_BROWSER =
  "There is no Chromium here: install it (`apt-get install chromium` on Debian), or name one in CHROMIUM.";

/** The Chromium of this machine: the one that the environment variable CHROMIUM names, else one at a usual place. */
export function findBrowser(): string | undefined {
  const named = process.env.CHROMIUM;
  return named === undefined || named === "" ? USUAL.find((file) => existsSync(file)) : named;
}

/** How it is started. In a container everything runs as root, for which Chromium has no sandbox; the pages are our own. */
function options(executablePath: string) {
  const chromiumSandbox = process.getuid?.() !== 0;
  return { executablePath, chromiumSandbox, args: ["--disable-dev-shm-usage"] };
}

/** Starts it, without a window. */
export async function startBrowser(): Promise<Browser> {
  const file = findBrowser();
  if (file === undefined) throw new Error(NO_BROWSER);
  return chromium.launch(options(file));
}

/** Starts it for several processes; nothing where there is none. */
export async function serveBrowser(): Promise<BrowserServer | undefined> {
  const file = findBrowser();
  return file === undefined ? undefined : chromium.launchServer({ ...options(file), host: "127.0.0.1" });
}
