import { complainIf, complaint, each, fields, isSet, list, text } from "./checks.ts";
import type { Rules } from "./policy.ts";

/** Trust: a domain, and certificates in the form that their type names. */
export const meshTrust: Rules = {
  check: ({ caBundles, trustDomain }) => [
    ...(list(caBundles).length === 0
      ? complaint("spec.caBundles", "must not be empty")
      : each(caBundles, "spec.caBundles", ({ pem }, field) =>
          isSet(pem)
            ? complainIf(
                !isCertificate(text(fields(pem).value)),
                `${field}.pem.value`,
                "provided certificate has incorrect format",
              )
            : complaint(`${field}.pem`, "must be defined"),
        )),
    ...complainIf(trustDomain === "", "spec.trustDomain", "trustDomain needs to be defined"),
    ...complainIf(
      Buffer.byteLength(text(trustDomain)) > 253,
      "spec.trustDomain",
      "must not be longer than 253 characters",
    ),
  ],
  warnings: ({ origin }) => (isSet(origin) ? ["setting spec.origin field is deprecated"] : []),
};

/** Whether a text has a block of PEM that is no private key. */
export function isCertificate(text: string): boolean {
  const type = pemType(text);
  return type !== undefined && !/^((RSA|EC|DSA|ENCRYPTED) )?PRIVATE KEY$/.test(type);
}

/** The type of the first block of PEM; undefined if there is none. */
function pemType(text: string): string | undefined {
  const block = /(?:^|\n)-----BEGIN ([^\n]*?)-----[ \t]*\r?\n((?:.*\r?\n)*?)-----END \1-----/.exec(text);
  if (!block) return undefined;
  const [, type, body = ""] = block;
  const lines = body.split(/\r?\n/).filter((line) => !/^[^:]+:/.test(line));
  const encoded = lines.join("").replace(/\s/g, "");
  const isBase64 = encoded.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(encoded);
  return isBase64 ? type : undefined;
}
