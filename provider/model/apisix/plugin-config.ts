import * as z from "zod";
import type { Kind } from "../kind.ts";
import { desc, idArgument, labels, plugins, SERVER_MADE } from "./fields.ts";
import { pluginRules } from "./plugins.ts";

/** Plugins that several routes share. */
export const pluginConfig: Kind = {
  type: "apisix:PluginConfig",
  title: "plugin configuration",
  dialect: "apisix",
  identity: ["pluginConfigId"],
  schema: z.strictObject({
    pluginConfigId: idArgument("plugin configuration"),
    plugins: plugins.describe("Plugins by name with their configurations."),
    name: z.string().optional().describe("Name for people. It need not be unique."),
    desc,
    labels,
  }),
  serverSchema: "plugin_config",
  path: ([id]) => `plugin_configs/${id}`,
  rules: (args, context) => pluginRules(args.plugins, "plugins", context),
  serverMade: SERVER_MADE,
};
