import axe from "axe-core";
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterEach, beforeEach, inject } from "vitest";
import { NO_BROWSER } from "../../tools/browser.ts";

/** What pages must look well in. */
export const VIEWS = (["light", "dark"] as const).flatMap((colorScheme) =>
  [390, 1280].map((width) => ({ colorScheme, width })),
);

const endpoint = inject("browser");
const browser = endpoint === undefined ? undefined : await chromium.connect(endpoint);
const contexts = new Set<BrowserContext>();

beforeEach(({ skip }) => skip(browser === undefined, NO_BROWSER));
afterEach(async () => {
  await Promise.all([...contexts].map((context) => context.close()));
  contexts.clear();
});

/** A page, and what went wrong or was asked for while it was open. */
export interface Opened {
  page: Page;
  /** Every address that was asked for. */
  requests: string[];
  /** Errors of its scripts, and what its policy has refused. */
  errors: string[];
}

/** Opens an address, as wide and as light as asked for. */
export async function open(
  url: string,
  { width = 1280, ...options }: BrowserContextOptions & { width?: number } = {},
): Promise<Opened> {
  if (!browser) throw new Error(NO_BROWSER);
  const context = await browser.newContext({ viewport: { width, height: 900 }, ...options });
  contexts.add(context);
  const [requests, errors]: [string[], string[]] = [[], []];
  context.on("request", (request) => requests.push(request.url()));
  const page = await context.newPage();
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(url);
  return { page, requests, errors };
}

/** What axe finds: each rule, and where. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      resultTypes: ["violations"],
    });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  });
}

/** Whether the page is wider than its window, so that it has to be scrolled aside. */
export function widerThanWindow(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth;
  });
}
