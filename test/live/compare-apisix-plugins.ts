import * as fc from "fast-check";
import type { Json, JsonObject } from "../../provider/model/fields.ts";
import { isObject } from "../../provider/model/fields.ts";
import type { Plugin, Schemas } from "../../sandbox/apisix/schemas.ts";
import { configurations } from "../support/plugin-configurations.ts";
import { recordedBodies } from "./compare-apisix-objects.ts";
import type { AdminRequest } from "./compare-apisix-requests.ts";
import { collect, withOneChange } from "./compare-apisix-values.ts";
import type { Random } from "./compare-random.ts";

/** How many configurations of a plugin are drawn of its schema. */
const DRAWN = 40;

const META: Json[] = [
  { disable: true },
  { disable: false, priority: -1 },
  { filter: [["arg_a", "==", "1"]] },
  { filter: [["arg_a", "nosuch", "1"]] },
  { filter: [] },
  { filter: ["OR", ["arg_a", "in", ["1"]], ["arg_b", "!", "has", "1"]] },
  { error_response: "a" },
  { error_response: { a: 1 } },
  { error_response: 1 },
  { priority: 1.5 },
  { pre_function: "return function() end" },
  { pre_function: "retur" },
  { unknown: 1 },
  1,
  null,
  [],
];

/** Draws requests about the configurations of plugins. */
export class PluginRequests {
  readonly #run: string;
  readonly #random: Random;
  readonly #seed: number;
  readonly #schemas: Schemas;
  readonly #drawn = new Map<string, { bodies: JsonObject[]; known: Map<string, Json[]> }>();
  readonly #recorded = new Map<string, JsonObject[]>();

  constructor(run: string, random: Random, seed: number, schemas: Schemas) {
    this.#run = run;
    this.#random = random;
    this.#seed = seed;
    this.#schemas = schemas;
    for (const { plugins } of Object.values(recordedBodies()).flat()) {
      for (const [name, conf] of Object.entries(isObject(plugins) ? plugins : {})) {
        if (isObject(conf))
          this.#recorded.set(name, [...(this.#recorded.get(name) ?? []), conf as JsonObject]);
      }
    }
  }

  /** Requests about one plugin, where it may stand. */
  next(name: string): AdminRequest[] {
    const { pick, chance } = this.#random;
    const plugin = this.#schemas.plugins[name];
    const stream = this.#schemas.streamPlugins[name];
    const id = `${this.#run}-p`;
    const put = (path: string, body: JsonObject): AdminRequest[] => [
      { note: `PUT ${name}`, method: "PUT", path, body },
      { note: "GET", method: "GET", path },
      { note: "DELETE", method: "DELETE", path },
    ];
    if (plugin?.consumer_schema && chance(0.5)) {
      const plugins = { [name]: this.#configuration(`${name} of a consumer`, plugin.consumer_schema) };
      return chance(0.5)
        ? put(`consumers/${this.#run}_one`, { username: "RUN_one", plugins })
        : put(`consumers/${this.#run}_two/credentials/${id}`, { plugins });
    }
    if (plugin?.metadata_schema && chance(0.2)) {
      // Only what is refused: metadata holds for what others have, too.
      const body = this.#configuration(`${name} metadata`, plugin.metadata_schema);
      return [{ note: `metadata ${name}`, method: "POST", path: `plugin_metadata/${name}`, body }];
    }
    if (stream && (!plugin || chance(0.3)))
      return put(`stream_routes/${id}`, {
        server_port: 9,
        plugins: { [name]: this.#configuration(`${name} stream`, stream.schema) },
      });
    const plugins = { [name]: this.#configuration(name, (plugin as Plugin).schema) };
    return put(`${pick(["plugin_configs", "plugin_configs", "consumer_groups", "services"])}/${id}`, {
      plugins,
    });
  }

  #configuration(key: string, schema: unknown): JsonObject {
    const { pick, chance } = this.#random;
    const { bodies, known } = this.#drawnOf(key, schema);
    const base = pick(bodies);
    const conf = chance(0.5) ? structuredClone(base) : withOneChange(base, this.#random, known);
    if (chance(0.1)) conf._meta = pick(META);
    else delete conf._meta;
    if (isObject(conf) && typeof conf.group === "string")
      conf.group = `RUN-${JSON.stringify(conf).length}-${this.#random.below(1e9)}`;
    return conf;
  }

  #drawnOf(key: string, schema: unknown) {
    const found = this.#drawn.get(key);
    if (found) return found;
    const drawn = fc.sample(configurations(schema), { seed: this.#seed, numRuns: DRAWN });
    const bodies = [...drawn, ...(this.#recorded.get(key) ?? [])];
    const known = new Map<string, Json[]>();
    for (const body of bodies) collect(known, body);
    const made = { bodies, known };
    this.#drawn.set(key, made);
    return made;
  }
}
