import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { changesets } from "../../tools/changesets.ts";
import { pluginSchema, schemaFile } from "../../tools/generate/schema.ts";
import {
  breakingChanges,
  type PluginSchema,
  releasedFile,
  type SchemaShape,
  shapeOf,
  shapeText,
} from "../../tools/schema-changes.ts";

async function read<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, "utf8")) as T;
}

describe.each(["apisix", "kuma"] as const)("the schema of the plugin %s", async (plugin) => {
  const released = await read<SchemaShape>(releasedFile(plugin));
  const present = shapeOf(JSON.parse(pluginSchema(plugin)) as PluginSchema);

  test("breaks no program of the last release, unless a changeset with a minor bump says so", async () => {
    const announced = (await changesets())
      .filter(({ bump }) => bump !== "patch")
      .map(({ text }) => text.replace(/\s+/g, " "));
    const silent = breakingChanges(released, present).filter(
      (change) => !announced.some((text) => text.includes(`Breaking: ${change}.`)),
    );
    expect(silent).toEqual([]);
  });

  test("is read as the file of its shape was written", () => {
    expect(JSON.parse(shapeText(present))).toEqual(present);
    expect(breakingChanges(present, present)).toEqual([]);
  });
});

describe("a break of the schema is found:", async () => {
  const schema = await read<PluginSchema>(schemaFile("apisix"));
  const route = "apisix:index:Route";
  const tls = "apisix:index:UpstreamTls";

  test.each<[string, (schema: PluginSchema) => unknown, string[]]>([
    ["a removed resource", ({ resources }) => delete resources[route], [`${route} is gone`]],
    ["a removed type", ({ types }) => delete types[tls], [`${tls} is gone`]],
    [
      "a removed property",
      ({ resources }) => {
        delete resources[route]?.inputProperties.priority;
        delete resources[route]?.properties.priority;
      },
      [`${route}.priority is gone`],
    ],
    [
      "a property of another type",
      ({ resources }) => Object.assign(resources[route]?.inputProperties.priority ?? {}, { type: "string" }),
      [`${route}.priority is string instead of integer`],
    ],
    [
      "a property whose change newly replaces the object",
      ({ types }) => Object.assign(types[tls]?.properties?.verify ?? {}, { willReplaceOnChanges: true }),
      [`${tls}.verify is {"type":"boolean","willReplaceOnChanges":true} instead of boolean`],
    ],
    [
      "a newly required property",
      ({ resources }) => Object.assign(resources[route] ?? {}, { requiredInputs: ["priority"] }),
      [`${route}.priority is newly required`],
    ],
    [
      "an output that may be missing",
      ({ resources }) => Object.assign(resources[route] ?? {}, { required: [] }),
      [`${route}.routeId is no longer always there`],
    ],
    [
      "a value that an enumeration no longer has",
      ({ types }) => types["apisix:index:HttpMethod"]?.enum?.splice(0, 1),
      ['apisix:index:HttpMethod no longer has the value "GET"'],
    ],
    [
      "a setting of the connection that is gone",
      ({ config, provider }) => {
        delete config.variables.adminKeyFile;
        delete provider.inputProperties.adminKeyFile;
      },
      ["configuration.adminKeyFile is gone", "provider.adminKeyFile is gone"],
    ],
  ])("%s", (_, change, found) => {
    const changed = structuredClone(schema);
    change(changed);
    expect(breakingChanges(shapeOf(schema), shapeOf(changed))).toEqual(found);
  });

  test("what is added breaks nothing", () => {
    const fewer = structuredClone(schema);
    delete fewer.resources[route];
    delete fewer.types[tls];
    fewer.types["apisix:index:HttpMethod"]?.enum?.splice(0, 1);
    expect(breakingChanges(shapeOf(fewer), shapeOf(schema))).toEqual([]);
  });
});
