import { normalBase64 } from "../go/base64.ts";
import { DecodeError } from "../go/decode-error.ts";
import { formatDuration, parseDuration } from "../go/duration.ts";
import { type Fields, isFields } from "../message.ts";
import type { Schema } from "./schema.ts";

/**
 * What the control plane's own types say beyond the schema. A place is a path without indices, and may leave out
 * its beginning: `connectionLimits.maxConnections` is that field wherever it is.
 */
export interface Typing {
  /** Texts that are durations: read by Go, and written in its spelling. */
  durations?: string[];
  /** Numbers that may not be negative, with the name of the type that they are part of. */
  unsigned?: Record<string, string>;
  /** Types that numbers-or-texts are part of; in the type they are numbers of 32 bits. */
  intOrString?: Record<string, string>;
  /** Fields that are left out when they are empty. */
  omittedWhenEmpty?: string[];
  /** Objects that are written even if they were not sent. */
  alwaysWritten?: string[];
  /** Open values that may be null. */
  keptNull?: string[];
}

/**
 * What the control plane stores of a body that its schema has accepted: the fields that its types know (in any
 * case of letters, as Go reads JSON), durations in Go's spelling. Throws `DecodeError`.
 */
export function decodeBySchema(schema: Schema, value: unknown, typing: Typing, path: string): unknown {
  const decoder = new Decoder(typing);
  const result = decoder.decode(schema, value, path);
  if (decoder.numberError) throw decoder.numberError;
  return result;
}

class Decoder {
  /** Go goes on after a number that does not fit, and tells of the first one at the end. */
  numberError: DecodeError | undefined;
  readonly #typing: Typing;

  constructor(typing: Typing) {
    this.#typing = typing;
  }

  decode(schema: Schema, value: unknown, path: string): unknown {
    if (schema["x-kubernetes-int-or-string"]) return this.#intOrString(value, path);
    if (schema.properties && isFields(value)) return this.#object(schema, value, path);
    const { items, additionalProperties } = schema;
    if (items && Array.isArray(value)) return value.map((item) => this.decode(items, item, path));
    if (additionalProperties && isFields(value)) return this.#map(additionalProperties, value, path);
    if (typeof value === "string" && this.#isAt(this.#typing.durations, path)) {
      return formatDuration(parseDuration(value));
    }
    if (typeof value === "string" && schema.format === "byte") return normalBase64(value);
    if (typeof value === "number" && value < 0) this.#checkUnsigned(value, path);
    return schema.type === "object" && isFields(value) && !schema["x-kubernetes-preserve-unknown-fields"]
      ? {}
      : value;
  }

  #object({ properties = {}, required = [] }: Schema, value: Fields, path: string): Fields {
    const result: Fields = {};
    const sent = new Map(
      Object.keys(value)
        .sort()
        .map((key) => [nameIn(properties, key), key]),
    );
    for (const [name, property] of Object.entries(properties)) {
      const at = `${path}.${name}`;
      const key = sent.get(name);
      let given = key === undefined ? undefined : value[key];
      // A number-or-text that has to be there is the number 0 when it is null.
      if (given === null && property["x-kubernetes-int-or-string"] && required.includes(name)) given = 0;
      const isMissing = given === undefined || (given === null && !this.#isAt(this.#typing.keptNull, at));
      const isWritten = this.#isAt(this.#typing.alwaysWritten, at);
      if (isMissing && !isWritten && !required.includes(name)) continue;
      const decoded =
        isMissing && !isWritten
          ? this.#zero(property, at)
          : this.decode(property, isMissing ? {} : given, at);
      if (isEmpty(decoded) && this.#isAt(this.#typing.omittedWhenEmpty, at)) continue;
      result[name] = decoded;
    }
    return result;
  }

  /**
   * What Go writes for a field that has to be there and is not. The schema has not missed it where a key above it has
   * another case of letters.
   */
  #zero(schema: Schema, path: string): unknown {
    if (schema["x-kubernetes-int-or-string"]) return 0;
    if (schema.properties) return this.decode(schema, {}, path);
    return schema.type === undefined ? null : (ZERO[schema.type] ?? null);
  }

  #map(schema: Schema, value: Fields, path: string): Fields {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, inside]) => [key, this.decode(schema, inside, path)]));
  }

  #intOrString(value: unknown, path: string): unknown {
    if (typeof value !== "number" || (value >= -(2 ** 31) && value < 2 ** 31)) return value;
    throw this.#mismatch(value, path, this.#find(this.#typing.intOrString, path), "int32");
  }

  #checkUnsigned(value: number, path: string): void {
    const struct = this.#find(this.#typing.unsigned, path);
    if (struct) this.numberError ??= this.#mismatch(value, path, struct, "uint32");
  }

  #mismatch(value: number, path: string, struct = "", type: string): DecodeError {
    const what = `json: cannot unmarshal number ${value}`;
    return new DecodeError(`${what} into Go struct field ${struct}.${path} of type ${type}`);
  }

  #isAt(places: string[] = [], path: string): boolean {
    return places.some((place) => isPlace(place, path));
  }

  #find(places: Record<string, string> = {}, path: string): string | undefined {
    return Object.entries(places).find(([place]) => isPlace(place, path))?.[1];
  }
}

/** What Go writes of its types for a value that was not given; lists and maps are null. */
const ZERO: Partial<Record<NonNullable<Schema["type"]>, unknown>> = {
  string: "",
  integer: 0,
  boolean: false,
};

const isPlace = (place: string, path: string): boolean => path === place || path.endsWith(`.${place}`);

/** Go finds a field for a key of another case of letters, too. */
function nameIn(properties: Record<string, Schema>, key: string): string {
  if (Object.hasOwn(properties, key)) return key;
  const lower = key.toLowerCase();
  return Object.keys(properties).find((name) => name.toLowerCase() === lower) ?? key;
}

const isEmpty = (value: unknown): boolean =>
  value === "" ||
  (Array.isArray(value) && value.length === 0) ||
  (isFields(value) && Object.keys(value).length === 0);
