import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { repository } from "./repository.ts";

/** The page of `map --html` without its data. */
export interface PageTemplate {
  /** HTML with `<!--data-->` where the data belong. */
  html: string;
  /** The files whose code is in its script. */
  inputs: string[];
}

/**
 * Puts the page together: its script in one piece, its style, and a policy that lets nothing else run and nothing be loaded.
 */
export async function makePageTemplate(): Promise<PageTemplate> {
  const folder = join(repository, "cli", "page");
  const made = (file: string) =>
    build({
      absWorkingDir: repository,
      entryPoints: [join(folder, file)],
      bundle: true,
      minify: true,
      write: false,
      metafile: true,
      // The texts of the script may hold any character, as the page does.
      charset: "utf8",
      format: "iife",
      target: ["chrome122", "firefox125", "safari17.4"],
      logLevel: "warning",
    });
  const [script, style, html] = await Promise.all([
    made("main.ts"),
    made("page.css"),
    readFile(join(folder, "page.html"), "utf8"),
  ]);
  const code = script.outputFiles[0]?.text.trim() ?? "";
  const rules = style.outputFiles[0]?.text.trim() ?? "";
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const policy = [
    "default-src 'none'",
    `script-src ${hash(code)}`,
    `style-src ${hash(rules)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const parts: Record<string, string> = {
    policy: `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    style: `<style>${rules}</style>`,
    script: `<script>${code}</script>`,
  };
  return {
    html: html.replace(/<!--(policy|style|script)-->/g, (_, name: string) => parts[name] ?? ""),
    inputs: Object.keys(script.metafile?.inputs ?? {}),
  };
}
