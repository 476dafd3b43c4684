import { describe } from "vitest";
import { kinds } from "../support/kinds.ts";
import { lifecycleTests, notTested } from "./lifecycle.ts";
import { kumaServer } from "./servers.ts";

const { KUMA_URL: url, KUMA_TOKEN: token } = process.env;
const { KUMA_GLOBAL_URL: globalUrl = url, KUMA_ZONE_URL: zoneUrl = url } = process.env;

describe("a live Kuma", async () => {
  if (globalUrl && zoneUrl) {
    const own = kinds.filter((kind) => kind.type.startsWith("kuma:"));
    await lifecycleTests(kumaServer(globalUrl, zoneUrl, token), own);
  } else notTested("Kuma", "KUMA_URL, or KUMA_GLOBAL_URL and KUMA_ZONE_URL, are not set");
});
