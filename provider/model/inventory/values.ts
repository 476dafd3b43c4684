import { isObject, type Json, UNKNOWN } from "../fields.ts";
import { SECRET_KEY, SECRET_VALUE } from "../marks.ts";
import { isNotKnown, notKnown, whyNotKnown } from "../serving/not-known.ts";

/** How previews write a secret, whatever stood there. */
const HIDDEN = "[secret]";
/** Marks an output in Pulumi's wire format. */
const OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** A value of a state or a preview, with a marker wherever something in it is unknown or secret, at any depth. */
export function disclosed(raw: unknown): unknown {
  if (raw === UNKNOWN) return notKnown("unknown");
  if (raw === HIDDEN) return notKnown("secret");
  if (Array.isArray(raw)) return raw.map(disclosed);
  if (!isObject(raw)) return raw;
  // Nothing could make a text of it.
  if (Object.hasOwn(raw, "toString")) return notKnown("unknown");
  if (raw[SECRET_KEY] === SECRET_VALUE) return notKnown("secret");
  if (raw[SECRET_KEY] === OUTPUT_VALUE) {
    if (raw.secret === true) return notKnown("secret");
    return raw.value === undefined ? notKnown("unknown") : disclosed(raw.value);
  }
  return Object.fromEntries(Object.entries(raw).map(([key, inner]) => [key, disclosed(inner)]));
}

/** The paths of the markers in a value, by what they stand for. */
export function markersIn(
  value: unknown,
  why: "unknown" | "secret",
  at: readonly (string | number)[] = [],
): (string | number)[][] {
  if (isNotKnown(value)) return whyNotKnown(value) === why ? [[...at]] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => markersIn(item, why, [...at, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => markersIn(inner, why, [...at, key]));
}

/** The value with the text of an unknown value in the place of every marker, as all that reads arguments takes it. */
export function withUnknownTexts(value: unknown): Json {
  if (isNotKnown(value)) return UNKNOWN;
  if (Array.isArray(value)) return value.map(withUnknownTexts);
  if (!isObject(value)) return (value ?? null) as Json;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withUnknownTexts(inner)]));
}

/** A value for JSON and for people: a marker is an object that says why nothing stands there. */
export function told(value: unknown): Json {
  if (isNotKnown(value)) return { notKnown: whyNotKnown(value) };
  if (Array.isArray(value)) return value.map(told);
  if (!isObject(value)) return (value ?? null) as Json;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, told(inner)]])),
  );
}
