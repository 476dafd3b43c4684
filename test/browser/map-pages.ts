import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect } from "vitest";
import type { MapAnswer } from "../../cli/map-answer.ts";
import { pageText } from "../../cli/map-page.ts";
import { makePageTemplate } from "../../tools/page.ts";
import { manyBackends } from "../../tools/page-states.ts";
import { command } from "../support/commands.ts";
import { type Opened, open } from "./browser.ts";

const folder = mkdtempSync(join(tmpdir(), "map-page-"));
afterAll(() => rmSync(folder, { recursive: true }));
// Of the sources as they are, so that no build is needed in between.
const { html: template } = await makePageTemplate();

/** Writes a file beside the pages. */
export function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

/** The page of an answer: its address. */
export function pageOf(answer: MapAnswer, by = "stack"): string {
  const data = { answer, made: "2026-11-26T20:00:00.000Z", by, days: 30 };
  return pathToFileURL(file("map.html", pageText(data, template))).href;
}

/** What `map --json` says with these options. */
export async function answerTo(options: string): Promise<MapAnswer> {
  const { text } = await command(`map --json ${options}`);
  return JSON.parse(text);
}

/** The answer about so many backends in four zones. */
export async function answerOfMany(count: number): Promise<MapAnswer> {
  const states = [...manyBackends(count)].map(([place, state]) => {
    return `--state "${place}=${file(`${place}.json`, JSON.stringify(state))}"`;
  });
  return answerTo(states.join(" "));
}

/** Opens a page of the map, and expects of it that it asks for nothing but itself and that nothing in it fails. */
export async function openMap(
  url: string,
  use: (opened: Opened) => Promise<void>,
  options: Parameters<typeof open>[1] = {},
): Promise<void> {
  const opened = await open(url, options);
  await use(opened);
  expect(opened.requests).toEqual([url]);
  expect(opened.errors).toEqual([]);
}
