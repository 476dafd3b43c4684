import { once } from "../../once.ts";
import { POLICY_SCHEMAS } from "./schemas.ts";

/** What a CRD says of a value. */
export interface Definition {
  /** `any` is free data, `map` has names of the user's. */
  type:
    | "any"
    | "array"
    | "base64"
    | "boolean"
    | "duration"
    | "integer"
    | "intOrString"
    | "map"
    | "object"
    | "string";
  /** Of a field. */
  description?: string;
  /** What the server fills in. */
  default?: unknown;
  /** Of an object: its fields. */
  properties?: Record<string, Definition | number>;
  /** Of an object: the fields that it has to have. */
  required?: string[];
  /** Of a list or map: what is in it. */
  items?: Definition | number;
  enum?: (string | number)[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
}

/** What a CRD says of a kind. */
export interface KindDefinition {
  /** Name of the collection in the API's paths. */
  plural: string;
  description: string;
  spec: Definition | number;
}

interface Definitions {
  kinds: Record<string, KindDefinition>;
  /** Definitions that stand in several places, where their number takes their place. */
  parts: Definition[];
}

/** Read when the first kind is declared. */
const definitions = once(() => JSON.parse(POLICY_SCHEMAS) as Definitions);

/** What the CRD of a kind says. */
export function kindDefinition(kind: string): KindDefinition {
  const found = definitions().kinds[kind];
  if (!found) throw new Error(`Kuma has no CRD of ${kind}.`);
  return found;
}

/** A definition, whether it stands here or is shared. */
export function definitionOf(definition: Definition | number): Definition {
  if (typeof definition !== "number") return definition;
  const part = definitions().parts[definition];
  if (!part) throw new Error(`There is no definition ${definition}.`);
  return part;
}
