import { expect, test } from "vitest";
import { problemsOf } from "../support/compile.ts";
import { blocksOf, documents } from "../support/documents.ts";

/** What a block without imports takes for granted. */
const PREAMBLE = `import { apisix, ExternalBackend, kuma, Manifests } from "pulumi-external-backends";
export const used = [apisix, kuma, ExternalBackend, Manifests];
declare const routes: NonNullable<apisix.BundleArgs["routes"]>;
declare const files: string[];
`;

/** Packages that are generated in a project; their resources take the same arguments and options. */
const GENERATED = { "pulumi-external-backends-apisix": "sdk/apisix/index.ts" };

const blocks = documents.flatMap((document) =>
  blocksOf(document)
    .filter(({ kind }) => /^ts( |$)/.test(kind))
    .map(({ text }, index) => [`${document.replaceAll("/", "-")}-${index + 1}`, text] as const),
);

test("every program in the README and the pages of docs compiles", { timeout: 60_000 }, () => {
  expect(blocks.length).toBeGreaterThan(15);
  const programs = new Map(
    blocks.map(([name, text]) => [name, /^import /m.test(text) ? text : `${PREAMBLE}${text}`]),
  );
  expect(problemsOf(programs, "test/sdk", GENERATED)).toEqual([]);
});
