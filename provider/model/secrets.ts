import { isObject, UNKNOWN } from "./fields.ts";

/** What stands in a text where a secret stood. */
export const MASK = "[secret]";

/** Every text inside what may hold secrets that is long enough to be told from an ordinary word. */
export function textsOf(value: unknown): string[] {
  if (typeof value === "string") return value.length >= 6 ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return isObject(value) ? Object.values(value).flatMap(textsOf) : [];
}

/**
 * Every text and number inside what is secret for certain, if it has 3 characters (Pulumi itself hides no shorter ones, or
 * every text would be full of holes); what base64 stands for; and the keys that are no names of fields.
 */
export function secretTexts(value: unknown): string[] {
  if (value === UNKNOWN) return [];
  if (typeof value === "string" || typeof value === "number")
    return [String(value), ...decoded(String(value))].filter((text) => text.length >= 3);
  if (Array.isArray(value)) return value.flatMap(secretTexts);
  if (!isObject(value)) return [];
  const keys = Object.keys(value).filter((key) => !/^[\w-]+$/.test(key));
  return [...keys, ...Object.values(value)].flatMap(secretTexts);
}

/** What a text stands for if it is base64 of another text. */
function decoded(text: string): string[] {
  const bytes = Buffer.from(text, "base64");
  if (text.length < 8 || bytes.toString("base64") !== text) return [];
  const plain = bytes.toString("utf8");
  return Buffer.from(plain).equals(bytes) ? [plain] : [];
}

/** A text with every secret taken out of it, in clear, JSON-escaped, base64 and percent-encoded. */
export function scrub(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .flatMap((secret) => [secret, ...longLines(secret)])
    .filter((secret) => secret.length > 0)
    .flatMap((secret) => [
      secret,
      jsonEscaped(secret),
      jsonEscaped(jsonEscaped(secret)),
      ...percentForms(secret),
      ...base64Forms(secret),
    ])
    .sort((a, b) => b.length - a.length);
  return forms.reduce((scrubbed, form) => scrubbed.replaceAll(form, MASK), text);
}

/** The lines of a private key and the like; a server may show one of them alone. */
function longLines(secret: string): string[] {
  return secret.includes("\n") ? secret.split(/\r?\n/).filter((line) => /^[^- ]{16,}$/.test(line)) : [];
}

function jsonEscaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As part of a path and as a form's field, each with capital and small digits. */
function percentForms(secret: string): string[] {
  const wellFormed = secret.toWellFormed();
  const forms = [encodeURIComponent(wellFormed), new URLSearchParams({ "": wellFormed }).toString().slice(1)];
  return forms.flatMap((form) => [form, form.replace(/%../g, (digits) => digits.toLowerCase())]);
}

/** Base64 of a secret as it looks at each of the three positions in a longer text. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const plain = bytes.toString("base64");
  const inside = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const uncertainEnd = (shift + bytes.length) % 3 === 0 ? 0 : 1;
    return text.slice(shift === 0 ? 0 : shift + 1, text.length - uncertainEnd);
  });
  const whole = [plain, bytes.toString("base64url")].filter((form) => form.length >= 4);
  return [...whole, ...inside.filter((form) => form.length >= 6)];
}
