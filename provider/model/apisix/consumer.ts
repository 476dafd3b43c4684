import * as z from "zod";
import type { Kind } from "../kind.ts";
import { shareKey } from "./consumer-keys.ts";
import { consumerPlugins, desc, labels, reference, SERVER_MADE, username } from "./fields.ts";
import { pluginRules } from "./plugins.ts";

/** Somebody who calls APIs. */
export const consumer: Kind = {
  type: "apisix:Consumer",
  title: "consumer",
  doc: "Somebody who calls APIs. Deleting a consumer deletes its credentials at the gateway, also those that were made elsewhere.",
  docs: "https://apisix.apache.org/docs/apisix/admin-api/#consumer",
  examples: [
    `
new apisix.Consumer("jack", { plugins: { "key-auth": { key: config.requireSecret("jackKey") } } });
`,
  ],
  dialect: "apisix",
  identity: ["username"],
  identityInBody: true,
  schema: z.strictObject({
    username: username()
      .optional()
      .describe(
        "Name at the gateway: 1 to 256 of `a-z A-Z 0-9 _ -` (no `-` before APISIX 3.12). Default: the resource's name. Another one replaces the consumer.",
      ),
    plugins: consumerPlugins
      .optional()
      .describe('Plugins of the consumer, among them its credentials, such as `{ "key-auth": { key } }`.'),
    groupId: reference("apisix:ConsumerGroup").optional().describe("Id of a consumer group."),
    desc,
    labels,
  }),
  serverSchema: "consumer",
  path: ([name]) => `consumers/${name}`,
  rules: (args, context) => pluginRules(args.plugins, "plugins", context, "consumer_schema"),
  exclusive: shareKey,
  serverMade: SERVER_MADE,
};
