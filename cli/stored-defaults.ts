import type { Server } from "../provider/lifecycle/session.ts";
import type { JsonObject } from "../provider/model/fields.ts";
import { inventoryOf } from "../provider/model/inventory/inventory.ts";
import type { Resource } from "../provider/model/inventory/resource.ts";
import { BackendError } from "../provider/server/errors.ts";
import { serverKey } from "./read-servers.ts";

/**
 * The resources; those that were read from servers less the defaults that a server has written into them by itself, where a
 * state or preview declares the same object without them: they are no difference.
 *
 * @param servers those that were read, by what {@link serverKey} says of their resources
 */
export async function withoutStoredDefaults(
  servers: ReadonlyMap<string, Server>,
  resources: readonly Resource[],
): Promise<Resource[]> {
  const keyOf = ({ at, type, id }: Resource) => `${at} ${type} ${id}`;
  const declared = new Map(resources.filter(({ urn }) => urn !== undefined).map((one) => [keyOf(one), one]));
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
