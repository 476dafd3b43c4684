import { describe, expect, test } from "vitest";
import { argumentsFile, argumentTypes, specTypes } from "../../tools/generate/arguments.ts";
import { bundleClass, bundleFile } from "../../tools/generate/bundles.ts";
import { classes, classesFile } from "../../tools/generate/classes.ts";
import {
  connectionFile,
  connectionTypes,
  providerClass,
  providerFile,
} from "../../tools/generate/providers.ts";

// `npm run generate` runs this file with --update, which writes the files instead of comparing them.
describe.each(["apisix", "kuma"] as const)("what a program imports of %s is current:", (dialect) => {
  test("argument types", async () => {
    await expect(argumentTypes(dialect)).toMatchFileSnapshot(argumentsFile(dialect));
  });

  test("classes", async () => {
    await expect(classes(dialect)).toMatchFileSnapshot(classesFile(dialect));
  });

  test("the bundle", async () => {
    await expect(bundleClass(dialect)).toMatchFileSnapshot(bundleFile(dialect));
  });

  test("the provider", async () => {
    await expect(providerClass(dialect)).toMatchFileSnapshot(providerFile(dialect));
  });
});

test("the arguments that both providers have are current", async () => {
  await expect(connectionTypes()).toMatchFileSnapshot(connectionFile);
});

test("the specs of Kubernetes objects are current", async () => {
  await expect(specTypes()).toMatchFileSnapshot(argumentsFile("kubernetes"));
});
