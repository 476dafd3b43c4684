import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { repository } from "../../tools/repository.ts";
import { idOf, type KindCase, kinds } from "../support/kinds.ts";
import { expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

/** The executables as `npm run build` makes them and npm installs them. */
const path = join(repository, "dist", "plugin");
const plugins = ["apisix", "kuma"].map((name) => ({ name, path }));
const world = await startWorld();

/** A resource of a plugin, as an SDK would make one. */
class PluginResource extends pulumi.CustomResource {
  constructor(kind: KindCase, name: string, args: object, options?: pulumi.CustomResourceOptions) {
    super(kind.type.replace(":", ":index:"), name, { ...args }, options);
  }
}

function oneOfEach(prefix: string, args: (kind: KindCase) => object) {
  return async () => {
    for (const kind of kinds) {
      const id = idOf(prefix, kind);
      new PluginResource(kind, id, args(kind));
    }
  };
}

describe("through the plugins, every kind", { timeout: 240_000 }, () => {
  test("is made, is the same in other words and after a refresh, and goes", {
    tags: ["kinds"],
  }, async () => {
    const stack = await world.stack(
      "plugged",
      oneOfEach("plugged", (kind) => kind.full),
      { plugins },
    );
    const made = await stack.up();
    expectChanges(made, { create: kinds.length + 1 });
    for (const kind of kinds) expect(kind.get(world, idOf("plugged", kind)), kind.type).toBeDefined();
    expectNoChanges(await stack.up());
    expectNoChanges(await stack.refresh());
    const rewritten = await stack.up({ program: oneOfEach("plugged", (kind) => kind.rewritten) });
    expectNoChanges(rewritten);
    await stack.destroy();
    for (const kind of kinds) expect(kind.get(world, idOf("plugged", kind)), kind.type).toBeUndefined();
  });
});
