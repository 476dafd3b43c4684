import { describe } from "vitest";
import { kinds } from "../e2e/kinds.ts";
import { lifecycleTests, notTested } from "./lifecycle.ts";
import { apisixServer } from "./servers.ts";

const { APISIX_ADMIN_URL: url, APISIX_ADMIN_KEY: key } = process.env;

describe("a live APISIX", async () => {
  if (url && key) {
    const own = kinds.filter((kind) => kind.type.startsWith("apisix:"));
    await lifecycleTests(apisixServer(url, key), own);
  } else notTested("APISIX", "APISIX_ADMIN_URL and APISIX_ADMIN_KEY are not set");
});
