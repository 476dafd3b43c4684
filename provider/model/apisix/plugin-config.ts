import * as z from "zod";
import type { Kind } from "../kind.ts";
import { desc, idArgument, labels, plugins, SERVER_MADE } from "./fields.ts";
import { pluginRules } from "./plugins.ts";

/** Plugins that several routes share. */
export const pluginConfig: Kind = {
  type: "apisix:PluginConfig",
  title: "plugin configuration",
  doc: "Plugins that several routes share.",
  docs: "https://apisix.apache.org/docs/apisix/admin-api/#plugin-config",
  examples: [
    `
const limits = new apisix.PluginConfig("limits", { plugins: { "limit-count": { count: 100, time_window: 60 } } });
const upstream = new apisix.Upstream("api", { nodes: { "api.example.com:80": 1 } });
new apisix.Route("api", { uri: "/*", pluginConfigId: limits.pluginConfigId, upstreamId: upstream.upstreamId });
`,
  ],
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
