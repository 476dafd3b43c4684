import { isObject } from "./fields.ts";

/** The key that marks a special value in Pulumi's wire format. */
export const SECRET_KEY = "4dabf18193072939515e22adb298388d";
/** What stands under it for a secret. */
export const SECRET_VALUE = "1b47061264138c4ac30d75fd1eb44270";
/** What stands in a text where a secret stood. */
export const HIDDEN = "[secret]";

/** Marks a value so that the engine encrypts it in the state (Pulumi's wire format). */
export function wrapSecret(value: unknown): unknown {
  return { [SECRET_KEY]: SECRET_VALUE, value };
}

/** Every text inside `value` that is long enough to be told from an ordinary word. */
export function textsOf(value: unknown): string[] {
  if (typeof value === "string") return value.length >= 6 ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return isObject(value) ? Object.values(value).flatMap(textsOf) : [];
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
  return forms.reduce((scrubbed, form) => scrubbed.replaceAll(form, HIDDEN), text);
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
  return [plain, bytes.toString("base64url"), ...inside].filter((form) => form.length >= 6);
}
