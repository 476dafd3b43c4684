import { isIPv4, isIPv6 } from "node:net";
import type { Ajv, CodeKeywordDefinition, ValidateFunction } from "ajv";
import { isObject, type Json, type JsonObject } from "../fields.ts";
import { once } from "../once.ts";
import { formatPath } from "../paths.ts";
import { isOlder } from "../releases.ts";
import { type Finding, findings } from "./plugin-errors.ts";
import { isSecretReference } from "./secret-references.ts";

/** The first version whose validator takes a reference to a secret for any text, whatever the schema says of the text. */
const SKIPS_REFERENCES = "3.17";

/**
 * What a JSON schema of APISIX's finds wrong once its defaults are filled in, as the server does first.
 *
 * @param release The server's version; without one, that of the newest.
 */
export function problemsOf(schema: JsonObject, value: JsonObject, release?: string): Finding[] {
  const judge = release !== undefined && isOlder(release, SKIPS_REFERENCES) ? LITERAL : SKIPPING;
  const validator = compiled(judge, schema);
  const filled = structuredClone(value);
  // The first pass fills in the defaults, some of them only after conditions have looked at their fields.
  if (validator(filled) || validator(filled)) return [];
  const found = findings(validator.errors ?? [], schema, value);
  const texts = found.map(({ path, reason }) => `${formatPath(path)} ${reason}`);
  return found.filter((_, index) => texts.indexOf(texts[index] ?? "") === index);
}

/** A schema that a server has sent, in the form that is judged by here; nothing when it cannot be judged by. */
export function readableSchema(sent: unknown): JsonObject | undefined {
  const schema = readable(sent as Json);
  if (!isObject(schema)) return undefined;
  try {
    compiled(SKIPPING, schema);
    return schema;
  } catch {
    return undefined;
  }
}

/** Two schemas of one name cannot be compiled, and nothing refers to them by it. */
const NAMES = ["$id", "id", "$schema"];
const LISTS = ["required", "enum", "anyOf", "oneOf", "allOf"];
const MAPS = ["properties", "patternProperties", "dependencies"];

/** An empty table of Lua's may come as `{}` or `[]`, and draft 4 of JSON schema wrote exclusive limits as booleans. */
function readable(part: Json): Json {
  if (Array.isArray(part)) return part.map(readable);
  if (!isObject(part)) return part;
  const { exclusiveMinimum, exclusiveMaximum } = part;
  const fields = Object.entries(part).filter(([key, value]) => {
    if (NAMES.includes(key) && typeof value === "string") return false;
    if (LISTS.includes(key)) return !isEmptyTable(value);
    if (MAPS.includes(key)) return !isEmptyList(value);
    return !(key.startsWith("exclusive") && typeof value === "boolean");
  });
  return {
    ...Object.fromEntries(
      fields.map(([key, value]) => [key, key === "default" ? fitting(part, value) : readable(value)]),
    ),
    ...(exclusiveMinimum === true ? { exclusiveMinimum: part.minimum ?? null } : {}),
    ...(exclusiveMaximum === true ? { exclusiveMaximum: part.maximum ?? null } : {}),
  };
}

/** A default in the form that its schema asks for. */
function fitting(schema: Json | undefined, value: Json): Json {
  if (!isObject(schema)) return value;
  const { type, properties } = schema;
  if (type === "array" && isEmptyTable(value)) return [];
  if (type === "object" && isEmptyList(value)) return {};
  if (!isObject(properties) || !isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, fitting(properties[key], inner)]),
  );
}

function isEmptyTable(value: Json): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

function isEmptyList(value: Json): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** One way to judge by schemas. */
interface Judge {
  /** Loaded when the first plugin is judged: it takes longer than all the rest of this package. */
  compiler: () => Ajv;
  validators: WeakMap<JsonObject, ValidateFunction>;
}

function judgeWith(change: (ajv: Ajv) => Ajv): Judge {
  return { compiler: once(() => change(compiler())), validators: new WeakMap() };
}

const LITERAL = judgeWith((ajv) => ajv);
const SKIPPING = judgeWith(skippingReferences);

function compiled({ compiler, validators }: Judge, schema: JsonObject): ValidateFunction {
  const validator = validators.get(schema) ?? compiler().compile(schema);
  validators.set(schema, validator);
  return validator;
}

function compiler(): Ajv {
  const { Ajv } = require("ajv") as typeof import("ajv");
  return new Ajv({
    allErrors: true,
    strict: false,
    logger: false,
    validateSchema: false,
    useDefaults: true,
    code: { regExp: regularExpression, optimize: false },
    formats: { ipv4: isIPv4, ipv6: isIPv6 },
  });
}

/** What a schema says of a text. */
const ABOUT_TEXTS = ["pattern", "minLength", "maxLength", "enum", "const", "format"];

/** The same, for which these keywords do not apply to a reference to a secret. */
function skippingReferences(ajv: Ajv): Ajv {
  const { _ } = require("ajv") as typeof import("ajv");
  for (const keyword of ABOUT_TEXTS) {
    const definition = ajv.getKeyword(keyword) as CodeKeywordDefinition;
    ajv.removeKeyword(keyword);
    ajv.addKeyword({
      ...definition,
      keyword,
      code: (context, type) => {
        const isReference = context.gen.scopeValue("func", { ref: isSecretReference });
        context.gen.if(_`!${isReference}(${context.data})`, () => definition.code(context, type));
      },
    });
  }
  return ajv;
}

/** APISIX's patterns are PCRE. Some are right for JavaScript only without `u`; one that is not right at all matches anything. */
function regularExpression(pattern: string, flags: string): RegExp {
  const portable = inJavaScript(pattern);
  for (const tried of [flags, flags.replace("u", "")]) {
    try {
      return new RegExp(portable, tried);
    } catch {}
  }
  return /^/;
}
regularExpression.code = "new RegExp";

/** Anchors of PCRE as JavaScript writes them: a text ends before a line break that ends it, too. */
const ANCHORS: Record<string, string> = { $: "(?=\\n?$)", "\\A": "^", "\\z": "$", "\\Z": "(?=\\n?$)" };

/** White space of PCRE, which is ASCII's: JavaScript's has more. */
const SPACE = "\\t-\\r ";
const SPACES: Record<string, string> = { "\\s": `[${SPACE}]`, "\\S": `[^${SPACE}]` };

/** A pattern of PCRE with JavaScript's anchors and ASCII's white space; what stands in brackets is no anchor. */
function inJavaScript(pattern: string): string {
  return pattern.replace(/\[\^?\]?(?:\\[\s\S]|\[:\w+:\]|[^\]\\])*\]|\\[\s\S]|\$/g, (part) =>
    part.startsWith("[")
      ? part.replace(/\\[\s\S]/g, (inside) => (inside === "\\s" ? SPACE : inside))
      : (ANCHORS[part] ?? SPACES[part] ?? part),
  );
}
