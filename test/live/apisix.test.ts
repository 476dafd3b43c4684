import { describe } from "vitest";
import { bundleTest } from "./bundle.ts";
import { apisixKinds, consumerOf } from "./kinds.ts";
import { lifecycleTests, notTested } from "./lifecycle.ts";
import { apisixConfig, apisixServer } from "./servers.ts";
import { liveSettings } from "./settings.ts";
import { withConsumer } from "./shared.ts";

const settings = liveSettings();

describe("a live APISIX", async () => {
  const { apisix, run } = settings;
  if (!apisix) return notTested("APISIX", "APISIX_ADMIN_URL and APISIX_ADMIN_KEY are not set");
  const server = apisixServer(apisix);
  const kinds = await apisixKinds(settings, server);
  const config = apisixConfig(apisix);
  const shared = consumerOf(settings);
  const isBundleChosen = settings.isChosen("apisix:Bundle");
  if (kinds.length === 0 && !isBundleChosen) return notTested("APISIX", "no kind of it was chosen");
  if (kinds.some(({ type }) => type === "apisix:Credential")) withConsumer(server, shared);
  if (kinds.length > 0) await lifecycleTests({ run, kinds, config, shared });
  if (isBundleChosen) {
    const all = await apisixKinds({ ...settings, isChosen: () => true }, server);
    await bundleTest({ type: "apisix:Bundle", run, kinds: all, config, shared });
  }
});
