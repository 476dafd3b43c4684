import type { Schemas } from "../schemas.ts";
import { isObject, type JsonObject } from "../store.ts";
import { chainOf, type Link } from "./chain.ts";

/**
 * Merges a consumer's plugins, and its group's, into those of a route, and decides which of them still have to rewrite.
 *
 * Plugins that only the consumer has rewrite after those of the route. APISIX notes that on the consumer's
 * configuration itself and never takes a note back, so it depends on the requests before: a configuration whose first
 * request was for a route with the same plugin never rewrites, and one whose first request was for a route without it
 * rewrites on every route. Writing the consumer again begins anew.
 */
export class ConsumerPlugins {
  readonly #schemas: Schemas;
  readonly #fromConsumer = new WeakSet<JsonObject>();
  readonly #skipped = new WeakSet<JsonObject>();

  constructor(schemas: Schemas) {
    this.#schemas = schemas;
  }

  /** The merged chain, and what of it still rewrites. */
  merge(
    route: JsonObject,
    group: JsonObject | undefined,
    consumer: JsonObject,
  ): { chain: Link[]; rewriting: Link[] } {
    const plugins: JsonObject = { ...route };
    for (const own of [group?.plugins, consumer.plugins].filter(isObject)) {
      for (const [name, configuration] of Object.entries(own)) {
        if (plugins[name] === undefined && isObject(configuration)) this.#fromConsumer.add(configuration);
        plugins[name] = configuration;
      }
    }
    const chain = chainOf(plugins, this.#schemas);
    for (const { name, configuration } of chain) {
      const auth = this.#schemas.plugins[name]?.type === "auth";
      if (auth || !this.#fromConsumer.has(configuration)) this.#skipped.add(configuration);
    }
    return { chain, rewriting: chain.filter(({ configuration }) => !this.#skipped.has(configuration)) };
  }
}
