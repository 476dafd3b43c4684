import { basename, dirname } from "node:path";
import { visible } from "./code.ts";
import type { PageData } from "./page/data.ts";
import { pack } from "./page/pack.ts";
import { writeFiles } from "./write.ts";

/** A page that shows these data. What cannot be seen in a text is written as an escape, and no text ends the script. */
export function pageText(data: PageData, template: string): string {
  const json = JSON.stringify(pack(data, visible)).replaceAll("<", "\\u003c");
  return template.replace("<!--data-->", () => `<script type="application/json" id="data">${json}</script>`);
}

/** Writes the page of `--html`, in the place of one that is there, and tells what it shows. */
export function writePage(file: string, data: PageData): string {
  // The build makes it, and puts it beside what it makes of this module.
  const { html }: { html: string } = require("../dist/cli/page.json");
  writeFiles(dirname(file), [{ name: basename(file), text: pageText(data, html), isSecret: false }], true);
  const { length } = data.answer.exits;
  return `${file}: ${length} ${length === 1 ? "backend" : "backends"} outside can be reached.\n`;
}
