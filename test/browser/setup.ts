import type { TestProject } from "vitest/node";
import { NO_BROWSER, serveBrowser } from "../../tools/browser.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the browser of all these tests listens; undefined where there is none. */
    browser: string | undefined;
  }
}

/** Starts one browser for all files. In CI there has to be one. */
export async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const server = await serveBrowser();
  if (!server && process.env.CI) throw new Error(NO_BROWSER);
  if (!server) console.warn(`${NO_BROWSER} Until then the tests in test/browser are skipped.`);
  provide("browser", server?.wsEndpoint());
  return server ? () => server.close() : undefined;
}
