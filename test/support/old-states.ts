import { canonical } from "../../provider/model/canonical.ts";
import { isObject, type Json, type JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { SECRET_KEY, SECRET_VALUE, withMarks } from "../../provider/model/marks.ts";
import { formatPath, type Path, parsePath } from "../../provider/model/paths.ts";
import { movedMarks, secretPathsOf } from "../../provider/model/secret-fields.ts";
import type { Deployment, TestStack } from "../../tools/engine.ts";

const TYPE = /^pulumi-nodejs:dynamic\/(apisix|kuma):/;

/**
 * The state of a stack as versions 0.1 and 0.2 would have written it: arguments in canonical form, and nothing that says in
 * whose words they are or what the program has marked, which is encrypted all the same.
 */
export async function oldStateOf(stack: TestStack): Promise<Deployment> {
  const { output } = await stack.cli(["stack", "export", "--show-secrets"]);
  const state = JSON.parse(output) as Deployment;
  const resources = state.deployment.resources?.map((resource) => {
    if (!TYPE.test(resource.type)) return resource;
    const type = resource.type.replace("pulumi-nodejs:dynamic/", "");
    const { inputs = {}, outputs = {} } = resource;
    return {
      ...resource,
      inputs: inCanonicalForm(type, inputs as JsonObject),
      outputs: inCanonicalForm(type, outputs as JsonObject),
    };
  });
  return { ...state, deployment: { ...state.deployment, ...(resources ? { resources } : {}) } };
}

function inCanonicalForm(type: string, values: JsonObject): JsonObject {
  const kind = kindOf(type);
  const { __words: _, __marks: marks = [], ...plain } = inClear(values) as JsonObject;
  const all = Object.entries(plain);
  const args = Object.fromEntries(all.filter(([key]) => key in kind.schema.shape));
  const form = canonical(kind, args);
  const marked = (Array.isArray(marks) ? marks : []).map((path) => parsePath(String(path)));
  const secrets: Path[] = [...secretPathsOf(kind.schema, form), ...movedMarks(kind.schema, marked, form)];
  const others = Object.fromEntries(all.filter(([key]) => !(key in args)));
  const distinct = [...new Map(secrets.map((path) => [formatPath(path), path])).values()];
  return asPlaintext({ ...(withMarks(form, distinct) as JsonObject), ...others }) as JsonObject;
}

/** Values without the marks of an export with `--show-secrets`. */
function inClear(value: Json): Json {
  if (Array.isArray(value)) return value.map(inClear);
  if (!isObject(value)) return value;
  if (typeof value.plaintext === "string" && SECRET_KEY in value)
    return inClear(JSON.parse(value.plaintext) as Json);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inClear(inner)]));
}

/** The reverse: `pulumi stack import` encrypts what stands so in a state. */
function asPlaintext(value: Json): Json {
  if (Array.isArray(value)) return value.map(asPlaintext);
  if (!isObject(value)) return value;
  if (value[SECRET_KEY] === SECRET_VALUE)
    return { [SECRET_KEY]: SECRET_VALUE, plaintext: JSON.stringify(value.value) };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asPlaintext(inner)]));
}
