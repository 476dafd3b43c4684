import * as z from "zod";
import type { Kind } from "../kind.ts";
import { desc, idArgument, labels, name, plugins, SERVER_MADE } from "./fields.ts";
import { pluginRules } from "./plugins.ts";

/** Plugins that several consumers share. */
export const consumerGroup: Kind = {
  type: "apisix:ConsumerGroup",
  title: "consumer group",
  doc: "Plugins that several consumers share.",
  docs: "https://apisix.apache.org/docs/apisix/admin-api/#consumer-group",
  examples: [
    `
const gold = new apisix.ConsumerGroup("gold", { plugins: { "limit-count": { count: 1000, time_window: 60 } } });
new apisix.Consumer("jack", { groupId: gold.consumerGroupId });
`,
  ],
  releases: { since: "3.0", instead: "plugins of each Consumer" },
  dialect: "apisix",
  identity: ["consumerGroupId"],
  schema: z.strictObject({
    consumerGroupId: idArgument("consumer group"),
    plugins: plugins.describe("Plugins by name with their configurations."),
    name,
    desc,
    labels,
  }),
  serverSchema: "consumer_group",
  path: ([id]) => `consumer_groups/${id}`,
  rules: (args, context) => pluginRules(args.plugins, "plugins", context),
  serverMade: SERVER_MADE,
};
