import { join } from "node:path";
import { test } from "vitest";
import { repository } from "../../tools/repository.ts";
import { ONE_DOOR } from "./both-doors.ts";

/** How resources reach the lifecycle: as Pulumi's dynamic resources, or through the provider plugins. */
export type Door = "dynamic" | "plugin";

/** The door of this run: Vitest's project says it. */
export const door: Door = process.env.DOOR === "plugin" ? "plugin" : "dynamic";

/** The plugins, as `npm run build` makes them, for the Pulumi.yaml of a program that uses them. */
export const PLUGINS = ["apisix", "kuma"].map((name) => ({
  name,
  path: join(repository, "dist", "plugin"),
}));

/** What goes into the Pulumi.yaml of this run's programs. */
export const plugins = door === "plugin" ? PLUGINS : [];

/** A test of what only one of the doors can. */
export function onlyOneDoor(what: keyof typeof ONE_DOOR): typeof test {
  return (door === ONE_DOOR[what].door ? test : test.skip) as typeof test;
}
