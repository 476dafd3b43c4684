import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, extname, join, normalize, relative } from "node:path";
import { repository } from "./repository.ts";

/** A page of the site. */
export interface SitePage {
  /** The file that it is made from, from the repository's root. */
  source: string;
  /** Its file in the site's own sources. */
  path: string;
  title: string;
  markdown: string;
}

/** The pages of `docs/` in the order in which they are read; others stand behind them. */
const ORDER = [
  "getting-started",
  "configuration",
  "external-backend",
  "doors",
  "ownership",
  "previews-and-drift",
  "secrets",
  "stack-per-zone",
  "mesh-external-service",
  "kubernetes",
  "import",
  "see",
  "lints",
  "policies",
  "large-stacks",
  "bundles",
  "limits",
  "reliability",
  "faults",
  "performance",
  "live",
  "troubleshooting",
  "upgrading",
];

/** Where each file of Markdown stands in the site. */
function pathOf(source: string): string {
  if (source === "README.md") return "index.md";
  const path = source.replace(/^docs\//, "");
  const example = /^examples\/([^/]+)\/README\.md$/.exec(path)?.[1];
  if (example !== undefined) return `examples/${example}.md`;
  return basename(path) === "README.md" ? join(dirname(path), "index.md") : path.toLowerCase();
}

/** The pages of the site, from the files that there are: the README, `docs/`, and the examples with their programs. */
export function sitePages(): SitePage[] {
  const found = globSync(
    ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs/**/*.md", "examples/*/README.md"],
    { cwd: repository },
  )
    .map((file) => file.replaceAll("\\", "/"))
    .sort();
  const paths = new Map(found.map((source) => [source, pathOf(source)]));
  return found.map((source) => {
    const text = withoutComments(readFileSync(join(repository, source), "utf8"));
    const title = /^# +(.+)$/m.exec(text)?.[1]?.replaceAll("`", "") ?? basename(source, ".md");
    const path = paths.get(source) ?? "";
    const whole = source.startsWith("examples/") ? text + programsOf(dirname(source)) : text;
    return { source, path, title, markdown: withLinks(whole, source, paths) };
  });
}

/** The pages of `docs/` itself, in their order. */
export function guide(pages: readonly SitePage[]): SitePage[] {
  const place = ({ path }: SitePage) => {
    const index = ORDER.indexOf(basename(path, ".md"));
    return index < 0 ? ORDER.length : index;
  };
  return pages
    .filter(({ source }) => /^docs\/[^/]+\.md$/.test(source))
    .sort((a, b) => place(a) - place(b) || (a.title < b.title ? -1 : 1));
}

/** Without comments of HTML, which the site would show, as it shows all HTML: as text. */
function withoutComments(text: string): string {
  return text.replace(/^<!--.*?-->\n/gms, "");
}

/** The files of an example, which its page shows as they are. */
function programsOf(folder: string): string {
  const names = globSync(["*.{ts,py,csv,json}", "Pulumi.yaml", "{apisix,kuma,teams}/*"], {
    cwd: join(repository, folder),
    exclude: (name) => name === "node_modules" || name === "package.json" || name === "tsconfig.json",
  });
  const files = names.sort().map((name) => {
    const text = readFileSync(join(repository, folder, name), "utf8").trimEnd();
    return `\n### ${name.replaceAll("\\", "/")}\n\n\`\`\`\`${extname(name).slice(1)}\n${text}\n\`\`\`\`\n`;
  });
  return files.length > 0 ? `\n## Its files\n${files.join("")}` : "";
}

/** Links to other pages lead to where those stand in the site; pictures and schemas are copied beside the pages. */
function withLinks(text: string, source: string, paths: ReadonlyMap<string, string>): string {
  const own = paths.get(source) ?? "";
  return outsideCode(text, (part) =>
    part.replace(
      /(!?)\[((?:[^\][]|\[[^\]]*\])*)\]\((?!\w+:|#)([^)\s#]*)(#[^)\s]*)?\)/g,
      (link, picture, label, target, hash = "") => {
        const file = normalize(join(dirname(source), target))
          .replaceAll("\\", "/")
          .replace(/\/$/, "");
        const isFolder = existsSync(join(repository, file)) && statSync(join(repository, file)).isDirectory();
        const page = paths.get(isFolder ? `${file}/README.md` : file);
        if (page !== undefined) return `[${label}](${to(own, page)}${hash})`;
        if (file.startsWith("docs/") && existsSync(join(repository, file)) && !isFolder)
          return `${picture}[${label}](/${file.slice(5)})`;
        const example = /^examples\/([^/]+)\//.exec(file)?.[1];
        if (example !== undefined && paths.has(`examples/${example}/README.md`))
          return `[${label}](${to(own, `examples/${example}.md`)})`;
        if (!existsSync(join(repository, file))) throw new Error(`${source}: ${link} leads to nothing.`);
        return label;
      },
    ),
  );
}

function to(from: string, page: string): string {
  const path = relative(dirname(from), page).replaceAll("\\", "/");
  return path.startsWith(".") ? path : `./${path}`;
}

/** Changes what is not in a block of code. */
function outsideCode(text: string, change: (part: string) => string): string {
  return text
    .split(/^(```[\s\S]*?^```$)/m)
    .map((part) => (part.startsWith("```") ? part : change(part)))
    .join("");
}
