import { request } from "undici";
import { afterAll, beforeAll, describe } from "vitest";
import { CONSUMER } from "../support/kind-case.ts";
import { kinds } from "../support/kinds.ts";
import { lifecycleTests, notTested } from "./lifecycle.ts";
import { apisixServer, type Server } from "./servers.ts";

const { APISIX_ADMIN_URL: url, APISIX_ADMIN_KEY: key } = process.env;

/**
 * Not tested here: what holds for all of the gateway's traffic and cannot have a name of its own, and what nobody can change
 * by hand without its key, which the server does not give back.
 */
const LEFT_OUT = ["apisix:GlobalRule", "apisix:PluginMetadata", "apisix:Ssl"];

describe("a live APISIX", async () => {
  if (url && key) {
    const server = apisixServer(url, key);
    const own = kinds.filter(({ type }) => type.startsWith("apisix:") && !LEFT_OUT.includes(type));
    withConsumer(server);
    await lifecycleTests(server, own);
  } else notTested("APISIX", "APISIX_ADMIN_URL and APISIX_ADMIN_KEY are not set");
});

/** The consumer that credentials are made for. */
function withConsumer({ headers, url: urlOf }: Server): void {
  const path = `${urlOf(kinds[0] as (typeof kinds)[0])}/apisix/admin/consumers/${CONSUMER}`;
  beforeAll(async () => {
    const body = JSON.stringify({ username: CONSUMER });
    const made = await request(path, {
      method: "PUT",
      headers: { ...headers, "content-type": "application/json" },
      body,
    });
    if (made.statusCode > 201) throw new Error(`PUT of the consumer ${CONSUMER}: ${made.statusCode}`);
  });
  afterAll(async () => {
    await request(path, { method: "DELETE", headers });
  });
}
