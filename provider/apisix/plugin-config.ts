import * as z from "zod";
import type { Kind } from "../kind.ts";
import { desc, idArgument, labels, name, plugins, SERVER_MADE } from "./fields.ts";

/** Plugins that several routes share. */
export const pluginConfig: Kind = {
  type: "apisix:PluginConfig",
  title: "plugin configuration",
  dialect: "apisix",
  identity: ["pluginConfigId"],
  schema: z.strictObject({
    pluginConfigId: idArgument("plugin configuration"),
    plugins: plugins.describe("Plugins by name with their configurations."),
    name,
    desc,
    labels,
  }),
  path: ([id]) => `plugin_configs/${id}`,
  serverMade: SERVER_MADE,
};
