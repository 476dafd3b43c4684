import * as z from "zod";
import { type FieldMeta, isObject } from "../fields.ts";
import type { Kind } from "../kind.ts";
import { SERVER_MADE } from "./fields.ts";
import { metadataSecrets } from "./plugin-catalogue.ts";
import { configurationRules, nameRule } from "./plugins.ts";

/** Settings of a plugin for the whole gateway. */
export const pluginMetadata: Kind = {
  type: "apisix:PluginMetadata",
  title: "plugin metadata",
  doc: "Settings of a plugin for the whole gateway.",
  docs: "https://apisix.apache.org/docs/apisix/admin-api/#plugin-metadata",
  examples: [
    `
new apisix.PluginMetadata("http-logger", { metadata: { log_format: { host: "$host" } } });
`,
  ],
  dialect: "apisix",
  identity: ["plugin"],
  schema: z.strictObject({
    plugin: z
      .string()
      .max(256)
      .regex(/^(?!\.{1,2}$)[a-zA-Z0-9\-_.]+$/, "is no name of a plugin")
      .optional()
      .describe("Name of the plugin. Default: the resource's name. Another one replaces the metadata."),
    metadata: z
      .record(z.string(), z.unknown())
      .meta({ sensitive: true, secretPaths: metadataSecrets, writeOnlySecrets: true } satisfies FieldMeta)
      .describe("The settings, as the plugin's documentation has them."),
  }),
  path: ([plugin]) => `plugin_metadata/${plugin}`,
  rules({ plugin, metadata }, context) {
    if (typeof plugin === "string" && isObject(metadata) && context.known("plugin")) {
      nameRule(plugin, ["plugin"], context, "metadata_schema");
      configurationRules(plugin, metadata, ["metadata"], context, "metadata_schema");
    }
  },
  toServer: ({ metadata }) => (isObject(metadata) ? metadata : {}),
  fromServer: (metadata) => ({ metadata }),
  serverMade: SERVER_MADE,
};
