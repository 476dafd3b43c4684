import * as z from "zod";
import { type FieldMeta, isObject } from "../fields.ts";
import type { Kind } from "../kind.ts";
import { formatPath } from "../paths.ts";
import { shareKey } from "./consumer-keys.ts";
import { consumerPlugins, desc, idArgument, labels, name, SERVER_MADE, username } from "./fields.ts";
import { isAuthentication, pluginNames } from "./plugin-catalogue.ts";
import { pluginRules } from "./plugins.ts";

/** A credential of a consumer. */
export const credential: Kind = {
  type: "apisix:Credential",
  title: "credential",
  doc: "A credential of a consumer, one of several.",
  docs: "https://apisix.apache.org/docs/apisix/admin-api/#credential",
  examples: [
    `
const jack = new apisix.Consumer("jack", {});
new apisix.Credential("jack-key", {
  username: jack.username,
  plugins: { "key-auth": { key: config.requireSecret("jackKey") } },
});
`,
  ],
  releases: { since: "3.11", instead: "plugins of the Consumer" },
  dialect: "apisix",
  identity: ["username", "credentialId"],
  schema: z.strictObject({
    username: username()
      .meta({ reference: "apisix:Consumer" } satisfies FieldMeta)
      .describe("The consumer's name. Another one replaces the credential."),
    credentialId: idArgument("credential"),
    plugins: consumerPlugins
      .optional()
      .describe('One plugin of type auth with the credential, such as `{ "key-auth": { key } }`.'),
    name,
    desc,
    labels,
  }),
  unlisted: true,
  path: ([consumer, id]) => `consumers/${consumer}/credentials/${id}`,
  rules(args, context) {
    if (isObject(args.plugins) && Object.keys(args.plugins).length > 1)
      context.report("plugins", "are more than one", "a credential is of one plugin; declare one for each");
    for (const plugin of Object.keys(isObject(args.plugins) ? args.plugins : {})) {
      if (pluginNames("schema").includes(plugin) && !isAuthentication(plugin))
        context.report(formatPath(["plugins", plugin]), "is no plugin of type auth");
    }
    pluginRules(args.plugins, "plugins", context, "consumer_schema");
  },
  exclusive: shareKey,
  serverMade: SERVER_MADE,
};
