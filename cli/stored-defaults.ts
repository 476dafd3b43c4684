import { ServerObject } from "../provider/lifecycle/object.ts";
import { Session } from "../provider/lifecycle/session.ts";
import type { JsonObject } from "../provider/model/fields.ts";
import { inventoryOf } from "../provider/model/inventory/inventory.ts";
import type { Resource } from "../provider/model/inventory/resource.ts";
import type { DialectName } from "../provider/model/kind.ts";
import { kindOf } from "../provider/model/kinds.ts";
import { BackendError } from "../provider/server/errors.ts";
import type { SourceOptions } from "./see-options.ts";
import { readSettings } from "./settings.ts";

/**
 * The resources; those that were read from servers less the defaults that a server has written into them by itself, where a
 * state or preview declares the same object without them: they are no difference.
 */
export async function withoutStoredDefaults(
  options: SourceOptions,
  resources: readonly Resource[],
): Promise<Resource[]> {
  const keyOf = ({ at, type, id }: Resource) => `${at} ${type} ${id}`;
  const declared = new Map(resources.filter(({ urn }) => urn !== undefined).map((one) => [keyOf(one), one]));
  const servers = serversOf(options);
  return Promise.all(
    resources.map(async (one) => {
      const own = one.urn === undefined ? declared.get(keyOf(one)) : undefined;
      const server = own && servers.get(serverKey(one));
      if (!own || !server?.dialect.withoutStoredDefaults) return one;
      const [seen, wanted] = [one.args as JsonObject, own.args as JsonObject];
      const args = await server.dialect
        .withoutStoredDefaults(server.api, seen, wanted)
        // Without the server's own schema all that it has counts.
        .catch((error: unknown) => {
          if (error instanceof BackendError) return seen;
          throw error;
        });
      return args === seen ? one : (inventoryOf([{ ...one, args }], [one.at]).resources[0] ?? one);
    }),
  );
}

type Server = ServerObject["server"];

function serverKey({ type, server }: Resource): string {
  return `${type.split(":")[0]} ${server}`;
}

/** The servers of `--from`, by their dialects and addresses. */
function serversOf(options: SourceOptions): Map<string, Server> {
  const servers = new Map<string, Server>();
  for (const { dialect, place } of options.servers) {
    const kind = kindOf(ANY_KIND[dialect]);
    const { get } = readSettings({ ...options, from: [dialect] }, place);
    try {
      const { server } = new ServerObject(kind, new Session(get, { print: () => {} }), {}, "");
      servers.set(`${dialect} ${server.connection.server}`, server);
    } catch (error) {
      // Why it could not be read is said already.
      if (!(error instanceof BackendError)) throw error;
    }
  }
  return servers;
}

const ANY_KIND: Readonly<Record<DialectName, string>> = { apisix: "apisix:Route", kuma: "kuma:Mesh" };
