import { type Answer, answer, error, page } from "./answers.ts";
import { kinds } from "./kinds.ts";
import { validate } from "./schema/validator.ts";
import type { Plugin, Schemas } from "./schemas.ts";
import { credentialSchema } from "./schemas-unlisted.ts";
import type { JsonObject } from "./store.ts";

/** Answers `GET plugins/NAME` and `GET plugins?all=true`. */
export function aboutPlugin(
  { plugins, streamPlugins }: Schemas,
  name: string,
  query: URLSearchParams,
): Answer {
  const subsystem = query.get("subsystem") ?? "http";
  if (subsystem !== "http" && subsystem !== "stream")
    return error(400, `unsupported subsystem: ${subsystem}`);
  const known = subsystem === "stream" ? streamPlugins : plugins;
  if (query.get("all") === "true") return answer(200, known);
  const plugin = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!plugin) return error(404, `plugin not found in subsystem ${subsystem}`);
  const schema = query.get("schema_type") === "consumer" ? plugin.consumer_schema : plugin.schema;
  return schema ? answer(200, schema) : error(400, "not found schema");
}

/** Answers `GET plugins/list`. */
export function pluginNames({ pluginNames: names, streamPlugins }: Schemas, query: URLSearchParams): Answer {
  const subsystem = query.get("subsystem") ?? "http";
  if (subsystem === "http") return answer(200, names);
  if (subsystem !== "stream")
    return { status: 400, text: "invalid subsystem passed", contentType: "text/plain; charset=utf-8" };
  const priority = ([, plugin]: [string, Plugin]) => plugin.priority ?? 0;
  const sorted = Object.entries(streamPlugins).sort((left, right) => priority(right) - priority(left));
  return answer(
    200,
    sorted.map(([name]) => name),
  );
}

/** Answers `GET schema/NAME`. */
export function aboutSchema({ main }: Schemas, name: string): Answer {
  const found = Object.hasOwn(main, name) ? main[name] : undefined;
  return found ? answer(200, found) : error(400, `not found schema: ${name}`);
}

/** Answers `POST schema/validate/COLLECTION`. */
export function validated(schemas: Schemas, collection: string, body: unknown): Answer {
  const isKnown = Object.hasOwn(kinds, collection) || collection === "schema" || collection === "plugins";
  if (!isKnown) return error(404, `Unsupported resource type: ${collection}`);
  const schema = schemaOf(schemas, collection);
  // What has no schema of its own is not checked but breaks APISIX.
  if (!schema) return page("500 Internal Server Error");
  const validation = validate(schema, body, schemas.dialect);
  if ("error" in validation) return error(400, validation.error);
  return { status: 200, text: "", contentType: "application/json" };
}

function schemaOf({ main, storesDefaults }: Schemas, collection: string): JsonObject | undefined {
  if (collection === "credentials") return credentialSchema(main.consumer ?? {}, storesDefaults);
  return main[kinds[collection]?.schema ?? ""];
}
