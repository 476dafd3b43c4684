import { UNKNOWN } from "../fields.ts";
import { at, type Declared, ofType } from "./facts.ts";

/** A host, and the entries of bundles that take its requests. */
interface Host {
  host: string;
  resources: Declared[];
}

/** The hosts that the routes and services of bundles name, those of one gateway together. */
export function hostsOfBundles(stack: readonly Declared[]): Host[] {
  const entries = ofType(stack, "apisix:Route", "apisix:Service").filter(
    ({ bundle }) => bundle !== undefined,
  );
  const byProvider = Map.groupBy(entries, ({ provider }) => provider);
  return [...byProvider.values()].flatMap((own) => {
    const hosts = new Map<string, Declared[]>();
    for (const resource of own) {
      const named = at(resource.args, "hosts");
      for (const host of Array.isArray(named) ? named : []) {
        if (typeof host !== "string" || host === UNKNOWN) continue;
        const known = hosts.get(host.toLowerCase());
        if (known) known.push(resource);
        else hosts.set(host.toLowerCase(), [resource]);
      }
    }
    return [...hosts].map(([host, resources]) => ({ host, resources }));
  });
}
