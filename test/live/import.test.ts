import { describe } from "vitest";
import { importTests } from "./import.ts";
import { apisixKinds, consumerOf, kumaKinds } from "./kinds.ts";
import { notTested } from "./lifecycle.ts";
import { objectOf } from "./objects.ts";
import { apisixConfig, apisixServer, kumaConfig } from "./servers.ts";
import { liveSettings } from "./settings.ts";
import { serversOf, withConsumer, withMesh } from "./shared.ts";

const settings = liveSettings();
const { run } = settings;

describe("what a live APISIX has", async () => {
  const { apisix } = settings;
  if (!apisix) return notTested("APISIX", "APISIX_ADMIN_URL and APISIX_ADMIN_KEY are not set");
  const server = apisixServer(apisix);
  const kinds = await apisixKinds(settings, server);
  if (kinds.length === 0) return notTested("APISIX", "no kind of it was chosen");
  const shared = consumerOf(settings);
  withConsumer(server, shared);
  // Requests to this host are the run's alone.
  const own = kinds.map((kind) =>
    kind.type === "apisix:Route" ? { ...kind, full: { ...kind.full, hosts: [`${run}.example`] } } : kind,
  );
  const objects = own.map((kind) => objectOf(kind, `${run}-import`));
  const question = ["--host", `${run}.example`, "--path", "/a/b"];
  await importTests({
    dialect: "apisix",
    run,
    shared,
    objects,
    config: apisixConfig(apisix),
    changed: "apisix:Route",
    question,
  });
});

describe("what a live Kuma has", async () => {
  const { kuma } = settings;
  if (!kuma) return notTested("Kuma", "KUMA_URL, or KUMA_GLOBAL_URL and KUMA_ZONE_URL, are not set");
  const servers = serversOf(kuma);
  const mesh = `${run}-mesh`;
  const isFederation = kuma.globalUrl !== kuma.zoneUrl;
  const ofGlobal = kumaKinds(settings, servers, mesh, "global").map((kind) =>
    objectOf(kind, `${run}-import`),
  );
  const ofZone = isFederation
    ? kumaKinds(settings, servers, mesh, "zone").map((kind) => objectOf(kind, `${run}-z`))
    : [];
  const objects = [...ofGlobal, ...ofZone];
  if (objects.length === 0) return notTested("Kuma", "no kind of it was chosen");
  withMesh(servers, mesh);
  await importTests({
    dialect: "kuma",
    run,
    shared: mesh,
    objects,
    config: kumaConfig(kuma),
    changed: "kuma:ExternalService",
    question: ["--mesh", mesh, "full.mesh:80"],
  });
});
