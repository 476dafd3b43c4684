import { placeOf } from "../kind.ts";
import { kindOf } from "../kinds.ts";
import type { CredentialOf, Gateway, Stored } from "../serving/objects.ts";
import type { Resource } from "./resource.ts";

/** A gateway with what it has been told, as far as the sources tell it. */
export interface KnownGateway {
  at: string;
  /** Its URL or id; undefined where no source tells it. */
  server: string | undefined;
  places: string[];
  gateway: Gateway;
  resources: Resource[];
}

const COLLECTIONS = [
  "routes",
  "services",
  "upstreams",
  "plugin_configs",
  "global_rules",
  "consumers",
  "consumer_groups",
] as const;

/** The gateways of an inventory. */
export function gatewaysOf(resources: readonly Resource[]): KnownGateway[] {
  const own = resources.filter(({ type }) => type.startsWith("apisix:"));
  return [...Map.groupBy(own, ({ at }) => at)].map(([at, members]) => ({
    at,
    server: members.find(({ server }) => server !== undefined)?.server,
    places: [...new Set(members.map(({ place }) => place))],
    gateway: gatewayOf(members),
    resources: members,
  }));
}

/** The collection of the Admin API in which a resource is. */
export function collectionOf({ type }: Pick<Resource, "type">): string {
  const kind = kindOf(type);
  return (
    placeOf(
      kind,
      kind.identity.map(() => ""),
    )
      .collection.split("/")
      .at(-1) ?? ""
  );
}

function gatewayOf(members: readonly Resource[]): Gateway {
  const lists = new Map<string, Stored[]>();
  const credentials: CredentialOf[] = [];
  for (const { type, args, object } of members) {
    const collection = collectionOf({ type });
    if (collection === "credentials")
      credentials.push({ consumer: String(args.username), credential: object });
    else lists.set(collection, [...(lists.get(collection) ?? []), object]);
  }
  const gateway: Gateway = { credentials };
  // In the order of their ids, as a gateway has them after a start.
  for (const name of COLLECTIONS) gateway[name] = (lists.get(name) ?? []).sort(byId);
  return gateway;
}

function byId(a: Stored, b: Stored): number {
  const [left, right] = [String(a.id ?? a.username), String(b.id ?? b.username)];
  return left < right ? -1 : left > right ? 1 : 0;
}
