import * as z from "zod";
import type { Kind } from "../kind.ts";
import { desc, idArgument, labels, name, plugins, SERVER_MADE } from "./fields.ts";
import { pluginRules } from "./plugins.ts";

/** Plugins that several consumers share. */
export const consumerGroup: Kind = {
  type: "apisix:ConsumerGroup",
  title: "consumer group",
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
