import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository } from "../../../tools/repository.ts";
import { sitePages } from "../../../tools/site-pages.ts";
import { accessibilityProblems, open, VIEWS, widerThanWindow } from "../browser.ts";

/** As at GitHub Pages, where a site has the name of its repository before it. */
const BASE = "/pulumi-external-backends/";
const folder = join(repository, ".work", "site");
/** The addresses of the pages, from the site's root. */
let paths: string[];

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
};
const server = createServer((request, answer) => {
  const { pathname } = new URL(request.url ?? "/", "http://site");
  const file = fileOf(pathname);
  readFile(file).then(
    (content) =>
      answer.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream").end(content),
    () => answer.writeHead(404).end(),
  );
});
let origin: string;

/** The file behind an address; what does not begin as the site does is nowhere. */
function fileOf(pathname: string): string {
  const path = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : "nowhere";
  return join(folder, path === "" || path.endsWith("/") ? `${path}index.html` : path);
}

beforeAll(async () => {
  // In a process of its own: what this one has in its environment would make it a build for tests.
  const env = { ...process.env, NODE_ENV: "production", SITE_BASE: BASE };
  await promisify(execFile)(process.execPath, [join(repository, "tools", "site.ts")], { env });
  paths = sitePages().map(
    ({ path }) => `${BASE}${path.replace(/(^|\/)index\.md$/, "$1").replace(/\.md$/, ".html")}`,
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 300_000);
afterAll(() => server.close());

test.each([390, 1280])(
  "every page can be read by everybody, at %i pixels, light and dark",
  {
    timeout: 600_000,
  },
  async (width) => {
    const { page, requests, errors } = await open(`${origin}${BASE}`, { width });
    const problems: string[] = [];
    for (const path of paths) {
      await page.goto(origin + path);
      if ((await page.locator("h1").count()) === 0) problems.push(`${path}: there is no such page`);
      if (await widerThanWindow(page)) problems.push(`${path}: wider than its window`);
      // A page follows its system's scheme without being loaded anew.
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const there = page.locator(colorScheme === "dark" ? "html.dark" : "html:not(.dark)");
        await there.waitFor({ timeout: 10_000 });
        const found = await accessibilityProblems(page);
        problems.push(...found.map((one) => `${path} (${colorScheme}): ${one}`));
      }
    }
    const outside = requests.filter((url) => !url.startsWith(origin));
    expect([...problems, ...errors, ...outside]).toEqual([]);
  },
);

test.each(VIEWS)("the search finds pages ($width, $colorScheme)", async (view) => {
  const { page, errors, requests } = await open(`${origin}${BASE}see.html`, view);
  await page.getByRole("button", { name: "Search" }).first().click();
  await page.locator("#localsearch-input").fill("passthrough");
  await page.locator(".VPLocalSearchBox .result").first().waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  expect(await widerThanWindow(page)).toBe(false);
  await page.locator("#localsearch-input").press("Enter");
  await page.waitForURL((url) => !url.pathname.endsWith("/see.html"));
  expect(errors).toEqual([]);
  expect(requests.filter((url) => !url.startsWith(origin))).toEqual([]);
});

test("every link leads somewhere: inside to a page and a heading that there are, outside to an address by https", async () => {
  const texts = new Map<string, string>();
  for (const path of paths) {
    texts.set(path, await readFile(fileOf(path), "utf8"));
  }
  const ids = new Map(
    [...texts].map(([path, text]) => [
      path,
      new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)),
    ]),
  );
  const broken: string[] = [];
  let inside = 0;
  for (const [path, text] of texts) {
    for (const [, href = ""] of text.matchAll(/<a\b[^>]* href="([^"]*)"/g)) {
      const url = URL.parse(href.replaceAll("&amp;", "&"), `http://site${path}`);
      if (url?.hostname === "site") {
        inside += 1;
        const known = ids.get(url.pathname);
        const isFile = extname(url.pathname) !== ".html" && extname(url.pathname) !== "";
        const isThere = isFile
          ? await readFile(fileOf(url.pathname)).then(Boolean, () => false)
          : known !== undefined && (url.hash === "" || known.has(decodeURIComponent(url.hash.slice(1))));
        if (!isThere) broken.push(`${path}: ${href}`);
      } else if (url?.protocol !== "https:" || !url.hostname.includes(".")) broken.push(`${path}: ${href}`);
    }
  }
  expect(broken).toEqual([]);
  expect(inside).toBeGreaterThan(500);
});
