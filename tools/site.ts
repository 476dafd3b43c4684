import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "vitepress";
import { repository, workFolder } from "./repository.ts";
import { guide, type SitePage, sitePages } from "./site-pages.ts";

/**
 * Builds the site of the documentation into `.work/site`: the README as its start, the pages of `docs/`, the reference and the
 * examples. `npm run docs`; SITE_BASE is the path that it is published under, as in `/pulumi-external-backends/`.
 */
async function buildSite(base = "/"): Promise<void> {
  const work = await workFolder();
  const [sources, folder] = [join(work, "site-pages"), join(work, "site")];
  await rm(sources, { recursive: true, force: true });
  const pages = sitePages();
  await Promise.all(
    pages.map(async ({ path, markdown }) => {
      await mkdir(dirname(join(sources, path)), { recursive: true });
      await writeFile(join(sources, path), markdown);
    }),
  );
  const isCopied = (source: string) => !source.endsWith(".md");
  await cp(join(repository, "docs"), join(sources, "public"), { recursive: true, filter: isCopied });
  await mkdir(join(sources, ".vitepress", "theme"), { recursive: true });
  const config = [
    `import { markdown } from ${JSON.stringify(join(repository, "tools", "site-markdown.ts"))};`,
    `import { searchBox } from ${JSON.stringify(join(repository, "tools", "site-search.ts"))};`,
    `const config = ${JSON.stringify(configuration(pages, base, folder))};`,
    // A chunk of 0.5 MB is the index of the search, which is loaded when it opens.
    "const vite = { plugins: [searchBox], build: { chunkSizeWarningLimit: 2000 } };",
    "export default { ...config, markdown, vite };",
  ];
  await writeFile(join(sources, ".vitepress", "config.mjs"), `${config.join("\n")}\n`);
  await writeFile(join(sources, ".vitepress", "theme", "index.mjs"), THEME);
  await build(sources);
}

/** VitePress's own theme, without fonts, with what makes it readable for everybody. */
const THEME = `import theme from "vitepress/theme-without-fonts";
import ${JSON.stringify(join(repository, "tools", "site.css"))};
export default theme;
`;

function configuration(pages: readonly SitePage[], base: string, outDir: string): object {
  const item = ({ title, path }: SitePage) => ({
    text: title,
    link: `/${path.replace(/(index)?\.md$/, "")}`,
  });
  const part = (folder: string) => pages.filter(({ path }) => path.startsWith(folder)).map(item);
  const reference = part("reference/").filter(({ link }) => link !== "/reference/");
  const of = (dialect: string) => reference.filter(({ text }) => text.startsWith(`${dialect}.`));
  const others = reference.filter(({ text }) => !/^(apisix|kuma)\./.test(text));
  const project = ["CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"];
  return {
    title: "pulumi-external-backends",
    description: "Backends outside of the cluster or mesh, declared with Pulumi: APISIX and Kuma",
    ...{ base, outDir, lang: "en" },
    // No picture of its own: browsers ask for none.
    head: [["link", { rel: "icon", href: "data:," }]],
    themeConfig: {
      search: { provider: "local" },
      outline: { level: [2, 3] },
      nav: [
        { text: "Reference", link: "/reference/" },
        { text: "Changes", link: "/changelog" },
      ],
      // A group that folds has a button within a button, so each part has a sidebar of its own instead.
      sidebar: {
        "/reference/": [
          { text: "Reference", link: "/reference/" },
          { text: "APISIX", items: of("apisix") },
          { text: "Kuma", items: of("kuma") },
          ...(others.length > 0 ? [{ text: "Others", items: others }] : []),
        ],
        "/": [
          { text: "Guide", items: [{ text: "What it is", link: "/" }, ...guide(pages).map(item)] },
          { text: "Examples", items: part("examples/") },
          { text: "Project", items: pages.filter(({ source }) => project.includes(source)).map(item) },
        ],
      },
    },
  };
}

await buildSite(process.env.SITE_BASE);
