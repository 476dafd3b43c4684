import { problemsOf, readableSchema } from "../../model/apisix/json-schema.ts";
import { pluginSchema } from "../../model/apisix/plugin-catalogue.ts";
import { isObject, type JsonObject } from "../../model/fields.ts";
import { type Kind, placeOf, type Surroundings } from "../../model/kind.ts";
import { kindOf } from "../../model/kinds.ts";
import { formatPath } from "../../model/paths.ts";
import { referencesOf } from "../../model/references.ts";
import { argumentPath } from "../../model/wire.ts";
import type { Inspection } from "./inspection.ts";
import type { Remarks, Subject } from "./subject.ts";

/** What this APISIX says of the plugins that the arguments name, custom ones included. */
export async function surroundingsAt(
  inspection: Inspection,
  { plugin, plugins }: JsonObject,
): Promise<Partial<Surroundings>> {
  const wanted = typeof plugin === "string" ? [plugin] : Object.keys(isObject(plugins) ? plugins : {});
  const names = wanted.length > 0 ? await inspection.probe() : undefined;
  if (!Array.isArray(names)) return {};
  const served = wanted.map(async (name) => {
    if (!names.includes(name)) return [name, null] as const;
    const schema = await schemaAt(inspection, `schema/plugins/${encodeURIComponent(name)}`);
    return [name, schema ?? pluginSchema(name, "schema") ?? {}] as const;
  });
  return { served: new Map(await Promise.all(served)), release: inspection.release };
}

/** What this APISIX's own schema finds wrong with an object, and to what it refers that is nowhere. */
export async function inspectAt(inspection: Inspection, subject: Subject): Promise<Remarks> {
  const { kind, id, args, body } = subject;
  const schema = kind.serverSchema && (await schemaAt(inspection, `schema/${kind.serverSchema}`));
  const errors = (schema ? problemsOf(schema, withId(kind, schema, id, body), inspection.release) : []).map(
    ({ path, reason, hint }) => {
      const where = formatPath(argumentPath(kind.schema, body, path));
      return `${where}: ${reason}${hint ? `; ${hint}` : ""} (by the schema of the APISIX at ${inspection.url})`;
    },
  );
  const warnings: string[] = [];
  for (const reference of referencesOf(kind, args)) {
    const other = kindOf(reference.type);
    const { collection, name } = placeOf(other, [String(reference.value)]);
    if ((await inspection.exists(collection, name)) !== false) continue;
    warnings.push(
      `The ${kind.title} "${id}" names the ${other.title} "${reference.value}" (${formatPath(reference.path)}), which is neither at ${inspection.url} ` +
        "nor declared before it in this program. Declare it there and pass its id, or check the id.",
    );
  }
  return { errors, warnings };
}

/** APISIX puts the id of the path into most objects before it judges them, but none into one that has a name of its own. */
function withId(kind: Kind, schema: JsonObject, id: string, body: JsonObject): JsonObject {
  const hasId = isObject(schema.properties) && Object.hasOwn(schema.properties, "id");
  return hasId && !kind.identityInBody ? { ...body, id } : body;
}

const schemas = new WeakMap<object, JsonObject | undefined>();

async function schemaAt(inspection: Inspection, path: string): Promise<JsonObject | undefined> {
  const sent = await inspection.document(path);
  if (!isObject(sent)) return undefined;
  if (!schemas.has(sent)) schemas.set(sent, readableSchema(sent));
  return schemas.get(sent);
}
