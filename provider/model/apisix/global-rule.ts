import * as z from "zod";
import type { Kind } from "../kind.ts";
import { idArgument, plugins, SERVER_MADE } from "./fields.ts";
import { pluginRules } from "./plugins.ts";

/** Plugins that run on every request. */
export const globalRule: Kind = {
  type: "apisix:GlobalRule",
  title: "global rule",
  doc: "Plugins that run on every request; a plugin may stand in one global rule only.",
  docs: "https://apisix.apache.org/docs/apisix/admin-api/#global-rule",
  examples: [
    `
new apisix.GlobalRule("request-id", { plugins: { "request-id": {} } });
`,
  ],
  dialect: "apisix",
  identity: ["globalRuleId"],
  schema: z.strictObject({
    globalRuleId: idArgument("global rule"),
    plugins: plugins.describe(
      "Plugins by name with their configurations. A plugin may stand in one global rule only.",
    ),
  }),
  serverSchema: "global_rule",
  path: ([id]) => `global_rules/${id}`,
  rules: (args, context) => pluginRules(args.plugins, "plugins", context),
  serverMade: SERVER_MADE,
  exclusive: () => true,
};
