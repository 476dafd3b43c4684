import type { JsonObject } from "../../../provider/model/fields.ts";
import type { DialectName } from "../../../provider/model/kind.ts";
import type {
  CheckRequest,
  ConfigureRequest,
  CreateRequest,
  ReadRequest,
  UpdateRequest,
} from "../../../provider/plugin/messages.ts";
import { pluginProvider } from "../../../provider/plugin/plugin.ts";
import type { Call } from "../../../provider/plugin/provider.ts";
import type { Row } from "./row.ts";
import { type Servers, UPSTREAM } from "./servers.ts";

/** A resource of a plugin, as the engine asks about it in an operation of its own. Warnings are kept in `printed`. */
async function resource({ newer, kuma, printed }: Servers, dialect: DialectName, token: string) {
  const provider = pluginProvider(dialect, async () => "{}");
  const call: Call = {
    signal: new AbortController().signal,
    log: (severity, text) => void (severity === "warning" && printed.push(text)),
    progress: () => {},
  };
  const { adminUrl, adminKey } = newer;
  const args = dialect === "apisix" ? { adminUrl, adminKey } : { url: kuma.url };
  await provider.configure({ args } as Partial<ConfigureRequest> as ConfigureRequest, call);
  const urn = `urn:pulumi:prod::ours::${token}::made`;
  const checked = async (news: JsonObject, olds?: JsonObject) => {
    const request: Partial<CheckRequest> = { urn, news, name: "made", ...(olds ? { olds } : {}) };
    const { inputs, failures = [] } = await provider.check(request as CheckRequest, call);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    return inputs;
  };
  return {
    import: (id: string) =>
      provider.read({ id, urn, name: "made" } as Partial<ReadRequest> as ReadRequest, call),
    create: async (news: JsonObject) => {
      const request: Partial<CreateRequest> = { urn, properties: await checked(news), preview: false };
      return provider.create(request as CreateRequest, call);
    },
    update: async (id: string, olds: JsonObject, oldInputs: JsonObject, news: JsonObject) => {
      const own = { id, urn, olds, oldInputs, news: await checked(news, oldInputs), preview: false };
      return provider.update(own as Partial<UpdateRequest> as UpdateRequest, call);
    },
  };
}

const VAULT = { uri: "https://vault.example", prefix: "kv/apisix", token: "a-token" };

async function importedVault(servers: Servers) {
  servers.newer.store.put("secrets", "vault/one", VAULT);
  return (await resource(servers, "apisix", "apisix:index:Secret")).import("vault/one");
}

/** What a plugin refuses, and what it says of an import. */
export const PLUGINS: readonly Row<Servers>[] = [
  {
    name: "the plugin of the other kind of server",
    wrong: async (servers) => (await resource(servers, "kuma", "apisix:index:Upstream")).create(UPSTREAM),
    proposal: "the provider given is one of kuma; it needs one of apisix.",
    carriedOut: async (servers) =>
      (await resource(servers, "apisix", "apisix:index:Upstream")).create(UPSTREAM),
  },
  {
    name: "a bundle that is imported by an id",
    wrong: async (servers) => (await resource(servers, "apisix", "apisix:index:Bundle")).import("made"),
    proposal: "declare its objects, and take over what exists with adopt: true.",
    carriedOut: async (servers) => {
      servers.newer.store.put("upstreams", "a", { nodes: { "b.example:80": 1 } });
      const bundle = await resource(servers, "apisix", "apisix:index:Bundle");
      const { reasons = [] } = await bundle.create({ entries: { upstreams: { a: UPSTREAM } }, adopt: true });
      if (reasons.length > 0) throw new Error(reasons.join("\n"));
    },
  },
  {
    name: "what a server does not give back at an import",
    wrong: async (servers) => {
      await importedVault(servers);
      throw new Error(servers.printed.join("\n"));
    },
    proposal: "since the server does not give it back. Add it to the program.",
    carriedOut: async (servers) => {
      const found = await importedVault(servers);
      if (!found?.inputs) throw new Error("Nothing was imported.");
      const { id, properties, inputs } = found;
      const vault = await resource(servers, "apisix", "apisix:index:Secret");
      await vault.update(id, properties, inputs, { ...inputs, token: "a-token" });
    },
  },
];
