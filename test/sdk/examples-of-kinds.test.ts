import { expect, test } from "vitest";
import { KINDS } from "../../provider/model/kinds.ts";
import { PROVIDERS } from "../../provider/model/settings.ts";
import { problemsOf } from "../support/compile.ts";

const PREAMBLE = `import * as pulumi from "@pulumi/pulumi";
import * as apisix from "../../sdk/apisix/index.ts";
import * as kuma from "../../sdk/kuma/index.ts";
export const config = new pulumi.Config();
export const used = [apisix, kuma];
`;

/** The examples of doc comments and pages, each as a file of its own. */
const examples = new Map([
  ...KINDS.flatMap(({ type, examples }) =>
    examples.map((code, index) => [`${type.replace(":", ".")}-${index + 1}`, code] as const),
  ),
  ...Object.entries(PROVIDERS).map(([dialect, { example }]) => [`${dialect}.Provider`, example] as const),
]);

test("every example of a kind compiles", { timeout: 60_000 }, () => {
  const programs = new Map([...examples].map(([name, code]) => [name, PREAMBLE + code]));
  expect(problemsOf(programs, "test/sdk")).toEqual([]);
});
