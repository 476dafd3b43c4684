import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "../../tools/repository.ts";

const loads = (module: string) =>
  execFileSync(
    process.execPath,
    [
      "-e",
      `require(${JSON.stringify(module)}); console.log(Object.keys(require.cache).some((file) => /@pulumi.kubernetes/.test(file)))`,
    ],
    { cwd: repository, encoding: "utf8" },
  ).trim();

test.each(["", "/apisix", "/kuma", "/provider"])(
  "pulumi-external-backends%s does not load @pulumi/kubernetes",
  (path) => {
    expect(loads(`pulumi-external-backends${path}`)).toBe("false");
  },
);

test("pulumi-external-backends/kubernetes does", () => {
  expect(loads("pulumi-external-backends/kubernetes")).toBe("true");
});

test("only sdk/kubernetes, and the file that manifests load when they need it, name @pulumi/kubernetes", () => {
  const files = ["sdk", "provider"].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" }).map((file) =>
      join(folder, file),
    ),
  );
  const naming = files.filter(
    (file) =>
      file.endsWith(".ts") && /from "@pulumi\/kubernetes/.test(readFileSync(join(repository, file), "utf8")),
  );
  const elsewhere = naming.filter((file) => !file.startsWith(join("sdk", "kubernetes")));
  expect(elsewhere).toEqual([join("sdk", "manifests", "kubernetes.ts")]);
});
