import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { command } from "../support/commands.ts";
import { SECRETS } from "../support/previews/secrets.ts";
import { accessibilityProblems, open, VIEWS, widerThanWindow } from "./browser.ts";
import { answerOfMany, answerTo, file, openMap, pageOf } from "./map-pages.ts";

const few = await answerTo("--state state.json");
const two_hundred = await answerOfMany(200);
const many = await answerOfMany(2000);

const count = (page: Page) => page.getByRole("status").textContent();
const rows = (page: Page) => page.locator("tbody th").allTextContents();
/** The names of the picture's last column. */
const names = (page: Page) =>
  page.locator("[data-node]").evaluateAll((nodes) => {
    const column = (node: Element) => node.getAttribute("data-node")?.split(" ")[0] ?? "";
    const last = nodes.map(column).sort().at(-1);
    return nodes
      .filter((node) => column(node) === last)
      .map((node) => node.querySelector("text")?.textContent);
  });
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.querySelector("title")?.textContent);

describe("looking for something", () => {
  test("the table and the picture follow the search", () =>
    openMap(pageOf(few), async ({ page }) => {
      expect(await count(page)).toBe("5 backends");
      await page.getByLabel("Search").fill("httpbin.ORG payments");
      expect(await count(page)).toBe("1 of 5 backends");
      expect(await rows(page)).toEqual(["httpbin.org:443"]);
      expect(await names(page)).toEqual(["httpbin.org"]);
      await page.getByLabel("Search").fill("nothing like this");
      expect(await page.getByText("Nothing is found.").isVisible()).toBe(true);
      expect(await page.getByRole("heading", { name: "Ways out" }).isVisible()).toBe(false);
      await page.getByRole("button", { name: "Show all" }).click();
      expect(await count(page)).toBe("5 backends");
    }));

  test("and the filters, each by itself and together", () =>
    openMap(pageOf(many), async ({ page }) => {
      const of = (list: typeof many.exits) => `${list.length} of 2,000 backends`;
      await page.getByLabel("TLS").selectOption("not verified");
      const unverified = many.exits.filter(({ tls }) => tls === "not verified");
      expect(await count(page)).toBe(of(unverified));
      await page.getByLabel("Place").selectOption("zone-2");
      const there = unverified.filter(({ place }) => place === "zone-2");
      expect(await count(page)).toBe(of(there));
      await page.getByLabel("Protocol").selectOption("tcp");
      expect(await count(page)).toBe(of(there.filter(({ protocol }) => protocol === "tcp")));
      await page.getByLabel("Owner").selectOption("zone-2/prod");
      expect(new Set(await page.locator("tbody td:nth-child(6)").allTextContents())).toEqual(
        new Set(["zone-2"]),
      );
      expect(there.length).toBeGreaterThan(10);
    }));

  test("a page by a label has a filter of its values", async () => {
    const answer = await answerTo("--by label:team --state state.json");
    await openMap(pageOf(answer, "label team"), async ({ page }) => {
      await page.getByLabel("Label team").selectOption("edge");
      expect(await rows(page)).toEqual(["httpbin.org:443"]);
    });
  });

  test("more rows come when they are asked for", () =>
    openMap(pageOf(two_hundred), async ({ page }) => {
      expect(await rows(page)).toHaveLength(50);
      await page.getByRole("button", { name: "Show 50 more of 150" }).click();
      expect(await rows(page)).toHaveLength(100);
      expect(await page.evaluate(() => document.activeElement?.closest("tr")?.id)).toBe("row-50");
    }));

  test("a row leads to its resources, and a resource to all of its rows", () =>
    openMap(pageOf(few), async ({ page }) => {
      const row = page.getByRole("button", { name: "ledger.example:443", exact: true }).first();
      await row.press("Enter");
      expect(await row.getAttribute("aria-expanded")).toBe("true");
      const details = await page.locator(".details").textContent();
      expect(details).toMatch(/kuma:MeshExternalService "ledger" of stack edge\/prod, index\.ts line \d+/);
      await page.getByRole("button", { name: /^Show all that kuma:MeshExternalService ledger/ }).click();
      expect(await rows(page)).toEqual(["ledger.example:443"]);
      await page.getByRole("button", { name: /^No longer only/ }).click();
      expect(await count(page)).toBe("5 backends");
    }));
});

describe("the picture", () => {
  test("groups more than 60 names by domain, then place; a group opens by click and closes again", () =>
    openMap(pageOf(many), async ({ page }) => {
      const closed = await names(page);
      expect(closed).toHaveLength(22);
      expect(closed).toEqual(expect.arrayContaining(["provider-7.example (50)", "others: zone-2 (500)"]));
      await page.getByRole("button", { name: /^provider-7\.example/ }).click();
      expect(await names(page)).toHaveLength(21 + 50);
      expect(await focused(page)).toMatch(/^api-\d+\.provider-7\.example: 1 backend$/);
      await page.getByRole("button", { name: "Close provider-7.example" }).click();
      expect(await names(page)).toEqual(closed);
      expect(await focused(page)).toMatch(/^provider-7\.example/);
    }));

  test("opens by the keyboard, groups within a group too, and arrow keys go from name to name", () =>
    openMap(pageOf(many), async ({ page }) => {
      await page.locator("[data-node][tabindex='0']").focus();
      expect(await focused(page)).toMatch(/^zone-/);
      await page.keyboard.press("ArrowDown");
      expect(await focused(page)).toMatch(/^zone-/);
      await page.keyboard.press("ArrowRight");
      expect(await focused(page)).toMatch(/^(gateway|mesh)/);
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("End");
      for (let more = 0; more < 30; more += 1) {
        if ((await focused(page))?.startsWith("others: zone-2")) break;
        await page.keyboard.press("ArrowUp");
      }
      await page.keyboard.press("Enter");
      expect(await focused(page)).toMatch(/^api-.* … .*: group of 40 names, opens$/);
      await page.keyboard.press("Space");
      expect(await focused(page)).toMatch(/^api-\d+\.customer-\d+\.example: 1 backend$/);
      await page.keyboard.press("Enter");
      expect(await count(page)).toBe("1 of 2,000 backends");
    }));

  test("follows the search, and then shows names instead of groups", () =>
    openMap(pageOf(many), async ({ page }) => {
      await page.getByLabel("Search").fill("provider-7.example");
      expect(await names(page)).toHaveLength(50);
      await page.locator("[data-node]").first().click();
      expect(await page.getByLabel("Place").inputValue()).toMatch(/^=zone-/);
    }));

  test.each([390, 768, 1280])("no name overlaps another at 2,000 backends, %i pixels wide", (width) =>
    openMap(
      pageOf(many),
      async ({ page }) => {
        for (const group of ["provider-7.example", "others: zone-4", "provider-12.example"]) {
          expect(await overlaps(page)).toEqual([]);
          await page.getByRole("button", { name: new RegExp(`^${group}`) }).press("Enter");
        }
        expect(await overlaps(page)).toEqual([]);
        expect(await widerThanWindow(page)).toBe(false);
      },
      { width },
    ),
  );
});

/** Names of the picture that lie on each other, or that its edge cuts. */
function overlaps(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const frame = document.querySelector("#frame")?.getBoundingClientRect();
    const texts = [...document.querySelectorAll("[data-node] text")].map((text) => ({
      name: text.textContent,
      box: text.getBoundingClientRect(),
    }));
    const problems = texts
      .filter(({ box }) => !frame || box.left < frame.left - 1 || box.right > frame.right + 1)
      .map(({ name }) => `${name} is cut`);
    for (const [index, { name, box }] of texts.entries())
      for (const other of texts.slice(index + 1)) {
        const isBeside = box.right <= other.box.left || other.box.right <= box.left;
        if (!isBeside && box.bottom > other.box.top && other.box.bottom > box.top)
          problems.push(`${name} and ${other.name}`);
      }
    return problems;
  });
}

test.each(VIEWS)("axe finds nothing ($width, $colorScheme)", (view) =>
  openMap(
    pageOf(two_hundred),
    async ({ page }) => {
      await page.locator("button.opens").first().click();
      await page.getByRole("button", { name: /^provider-7\.example/ }).click();
      await page.getByLabel("Search").fill("provider");
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(await widerThanWindow(page)).toBe(false);
    },
    view,
  ),
);

describe("what comes from a server", () => {
  const HOSTILE = [
    "<img src=x onerror=document.title='run'>",
    "</script><script>document.title='run'</script>",
    "<!--<script>",
    "<!--data-->",
    "$& $1 {data}",
    "__proto__",
    "javascript:document.title='run'",
    "\u202egro.elpmaxe",
    `${"long".repeat(500)}.example`,
    '" onfocus="document.title=\'run\'" autofocus="',
  ];

  test("stays text, wherever it stands, and pushes nothing aside", async () => {
    const [like] = few.exits;
    if (!like) throw new Error("no row");
    const exits = HOSTILE.map((name) => ({
      ...like,
      ...{ host: name, protocol: name, place: name, group: name, from: [name, `gateway ${name}`] },
      owners: [{ type: name, name, place: name, stack: name, line: name, changed: name }],
      labels: { [name]: name },
      because: [name],
      certificates: [{ field: name, subject: name, validUntil: name }],
    }));
    const [owner] = like.owners;
    const answer = {
      ...few,
      ...{ exits, notes: HOSTILE, ending: exits.flatMap(({ certificates }) => certificates) },
      comparison: {
        unmanaged: exits.flatMap(({ owners }) => owners),
        differing: HOSTILE.map((name) => ({
          owner: owner ?? exits[0]?.owners[0] ?? raise(),
          fields: [name],
        })),
        missing: [],
      },
    };
    for (const width of [390, 1280])
      await openMap(
        pageOf(answer, "label x"),
        async ({ page }) => {
          for (const button of await page.locator("button.opens").all()) await button.click();
          expect(await page.title()).toBe("What can be reached outside");
          expect(await page.locator("img, script:not([id])").count()).toBe(1);
          const shown = (await page.locator("body").textContent()) ?? "";
          for (const name of HOSTILE) expect(shown).toContain(name.replace("\u202e", "\\u202e"));
          expect(await widerThanWindow(page)).toBe(false);
        },
        { width },
      );
  });

  test("is nowhere where it is secret, in no attribute either", async () => {
    for (const source of ["--state state.json", "--state state-shown.json", "--preview preview.json"])
      await openMap(pageOf(await answerTo(source)), async ({ page }) => {
        for (const button of await page.locator("button.opens").all()) await button.click();
        const document = await page.content();
        for (const secret of Object.values(SECRETS)) expect(document).not.toContain(secret);
      });
  });
});

test("the policy of the page lets nothing be loaded and nothing else run", async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url }, answer) => {
    asked.push(url);
    answer.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const outside = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const { page, errors } = await open(pageOf(few));
    await page.evaluate((url) => {
      const image = document.createElement("img");
      image.src = `${url}/image.png`;
      const script = document.createElement("script");
      script.textContent = "document.title = 'run'";
      document.body.append(image, script);
      return fetch(url).catch(() => undefined);
    }, outside);
    expect(await page.title()).toBe("What can be reached outside");
    // The image, the script and the request.
    const refused = () => errors.filter((one) => one.includes("Content Security Policy")).length;
    await expect.poll(refused).toBeGreaterThanOrEqual(3);
    expect(asked).toEqual([]);
  } finally {
    server.close();
  }
});

test("the command writes the page of its build, which is in one piece", async () => {
  const path = file("written.html", "what was there before");
  const { text, status } = await command(`map --state state.json --html "${path}"`);
  expect({ text, status }).toEqual({ text: `${path}: 5 backends outside can be reached.\n`, status: 0 });
  await openMap(pathToFileURL(path).href, async ({ page }) => expect(await count(page)).toBe("5 backends"));
});

function raise(): never {
  throw new Error("no owner");
}
