import { expect, onTestFinished } from "vitest";
import type { JsonObject } from "../../../provider/model/fields.ts";
import { startKuma, startKumaFederation } from "../../../sandbox/kuma/index.ts";
import { crdErrors, declare, kubernetes } from "../kubernetes.ts";
import type { Row } from "./row.ts";
import { at, atKuma, type Config, resource, type Servers, UPSTREAM } from "./servers.ts";

const ASKED = { "apisix:validation": "server", "kuma:validation": "server" };
const SERVICE = { tags: { "kuma.io/service": "a" }, networking: { address: "a.example:80" } };
const EGRESS = { zone: "z", networking: { address: "10.0.0.1", port: 10002 } };
const MESH_SERVICE = { match: { port: 80 }, endpoints: [{ address: "a.example", port: 80 }] };

/** Previews a resource; what is printed meanwhile fails it. */
async function preview({ printed }: Servers, config: Config, type: string, args: JsonObject) {
  await resource({ ...config, ...ASKED }, type, args).preview();
  failIfPrinted(printed);
}

/** Creates a resource; what is printed meanwhile fails it. */
async function create({ printed }: Servers, config: Config, type: string, args: JsonObject) {
  const made = await resource({ ...config, ...ASKED }, type, args).create();
  failIfPrinted(printed);
  return made;
}

function failIfPrinted(printed: readonly string[]): void {
  if (printed.length > 0) throw new Error(printed.join("\n"));
}

async function started(options: Parameters<typeof startKuma>[0]) {
  const kuma = await startKuma(options);
  onTestFinished(() => kuma.close());
  return kuma;
}

/** Both sides of a federation. */
async function federation() {
  const { global, zones, close } = await startKumaFederation({ zones: ["zone-1"], upkeepDelay: 50 });
  onTestFinished(close);
  return { global: global.url, zone: zones["zone-1"]?.url ?? "" };
}

/** What a preview learns of the servers, and what an `up` says of what they did. */
export const PREVIEW: readonly Row<Servers>[] = [
  {
    name: "an id that is nowhere",
    wrong: (servers) =>
      preview(servers, at(servers.newer), "apisix:Route", { uri: "/*", upstreamId: "nowhere" }),
    proposal: "Declare it there and pass its id, or check the id.",
    carriedOut: async (servers) => {
      const { state } = await create(servers, at(servers.newer), "apisix:Upstream", UPSTREAM);
      const upstreamId = state.upstreamId ?? null;
      await preview(servers, at(servers.newer), "apisix:Route", { uri: "/*", upstreamId });
    },
  },
  {
    name: "a mesh that is nowhere",
    wrong: (servers) =>
      preview(servers, atKuma(servers.kuma), "kuma:ExternalService", { ...SERVICE, mesh: "nowhere" }),
    proposal: "Declare it there and pass its name, or check the name.",
    carriedOut: async (servers) => {
      const { state } = await create(servers, atKuma(servers.kuma), "kuma:Mesh", { name: "later" });
      const mesh = state.name ?? null;
      await preview(servers, atKuma(servers.kuma), "kuma:ExternalService", { ...SERVICE, mesh });
    },
  },
  {
    name: "a service of somebody else's name",
    wrong: (servers) => {
      putTheirs(servers, {});
      return preview(servers, atKuma(servers.kuma), "kuma:ExternalService", SERVICE);
    },
    proposal:
      "Give it another kuma.io/service, or, if they are the same service in several zones, each its kuma.io/zone.",
    carriedOut: async (servers) => {
      const at = atKuma(servers.kuma);
      putTheirs(servers, {});
      await preview(servers, at, "kuma:ExternalService", { ...SERVICE, tags: { "kuma.io/service": "b" } });
      putTheirs(servers, { "kuma.io/zone": "zone-1" });
      const tags = { ...SERVICE.tags, "kuma.io/zone": "zone-2" };
      await preview(servers, at, "kuma:ExternalService", { ...SERVICE, tags });
    },
  },
  {
    name: "what is the global control plane's at a zone's",
    wrong: async (servers) =>
      preview(servers, { "kuma:url": (await federation()).zone }, "kuma:ExternalService", SERVICE),
    proposal: "is written at the global one: set kuma:globalUrl.",
    carriedOut: async (servers) => {
      const { global, zone } = await federation();
      const config = { "kuma:globalUrl": global, "kuma:zoneUrl": zone };
      await preview(servers, config, "kuma:ExternalService", SERVICE);
    },
  },
  {
    name: "what is a zone's at the global control plane",
    wrong: async (servers) =>
      preview(servers, { "kuma:url": (await federation()).global }, "kuma:ZoneEgress", EGRESS),
    proposal: "is written at its zone's: set kuma:zoneUrl.",
    carriedOut: async (servers) => {
      const { global, zone } = await federation();
      await preview(servers, { "kuma:globalUrl": global, "kuma:zoneUrl": zone }, "kuma:ZoneEgress", EGRESS);
    },
  },
  {
    name: "a control plane that stores in Kubernetes",
    wrong: async (servers) =>
      preview(servers, atKuma(await started({ kubernetesStore: true })), "kuma:ExternalService", SERVICE),
    proposal: "use the classes of pulumi-external-backends/kubernetes.",
    carriedOut: async () => {
      const { tags, networking } = SERVICE;
      const { objects, errors } = await declare(() => [
        new kubernetes.ExternalService("a", { mesh: "default", spec: { tags, networking } }),
        new kubernetes.ZoneEgress("e", { mesh: "default", spec: EGRESS }),
        new kubernetes.MeshExternalService("m", { spec: MESH_SERVICE }),
      ]);
      expect([...errors, ...objects.flatMap(crdErrors)]).toEqual([]);
    },
  },
  {
    name: "host names of a global control plane",
    wrong: async (servers) => {
      const { global, zone } = await federation();
      const config = { "kuma:globalUrl": global, "kuma:zoneUrl": zone };
      await create(servers, config, "kuma:MeshExternalService", { ...MESH_SERVICE, waitForHostname: 30 });
    },
    proposal: "Leave waitForHostname out here, and read it at a zone's control plane",
    carriedOut: async (servers) => {
      const { global, zone } = await federation();
      const config = { "kuma:globalUrl": global, "kuma:zoneUrl": zone };
      await create(servers, config, "kuma:MeshExternalService", MESH_SERVICE);
      const args = { ...MESH_SERVICE, origin: "zone", waitForHostname: 30 };
      const { id, state } = await create(servers, config, "kuma:MeshExternalService", args);
      const { props } = await resource(config, "kuma:MeshExternalService", args).read(id, state);
      if (!Array.isArray(props.hostnames)) throw new Error("There is no host name.");
    },
  },
  {
    name: "host names that do not come in time",
    wrong: async (servers) => {
      const config = { "kuma:url": (await started({ upkeepDelay: 3_600_000 })).url };
      await create(servers, config, "kuma:MeshExternalService", { ...MESH_SERVICE, waitForHostname: 1 });
    },
    proposal: "A pulumi refresh reads what has come by then; if it takes longer, raise waitForHostname",
    carriedOut: async (servers) => {
      const slow = await started({ upkeepDelay: 1_500 });
      const config = { "kuma:url": slow.url };
      const args = { ...MESH_SERVICE, waitForHostname: 1 };
      const { id, state } = await resource(config, "kuma:MeshExternalService", args).create();
      await until(async () => {
        const { props } = await resource(config, "kuma:MeshExternalService", args).read(id, state);
        return Array.isArray(props.hostnames);
      });
      servers.printed.length = 0;
      const longer = { ...MESH_SERVICE, name: "longer", waitForHostname: 30 };
      await create(servers, config, "kuma:MeshExternalService", longer);
    },
  },
  {
    name: "a field that a control plane drops",
    wrong: async (servers) => {
      const older = await started({});
      const args = { ...SERVICE, networking: { ...SERVICE.networking, disableHostDNSEntry: true } };
      older.intercept = ({ method, url = "" }) => {
        // After the write, as a server would have stored it that does not know the field.
        const stored = older.store.get("ExternalService", "default", "made");
        if (method === "GET" && url.endsWith("/made") && stored)
          older.store.put({ ...stored, networking: SERVICE.networking });
        return false;
      };
      await create(servers, atKuma(older), "kuma:ExternalService", args);
    },
    proposal: "Leave it out, or upgrade the server.",
    carriedOut: async (servers) => {
      const newer = await started({});
      await create(servers, atKuma(newer), "kuma:ExternalService", SERVICE);
      const args = { ...SERVICE, networking: { ...SERVICE.networking, disableHostDNSEntry: true } };
      await create(servers, atKuma(newer), "kuma:ExternalService", { ...args, name: "whole" });
    },
  },
];

function putTheirs({ kuma }: Servers, tags: JsonObject): void {
  kuma.store.put({
    type: "ExternalService",
    mesh: "default",
    name: "theirs",
    ...SERVICE,
    tags: { ...SERVICE.tags, ...tags },
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}
