import { isIP } from "node:net";
import * as z from "zod";

const PART = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = new RegExp(`^${PART}(\\.${PART})*$`);

/** A name of Kuma: an RFC 1123 subdomain of at most 253 characters; a legal one is proposed. */
export function resourceName(): z.ZodString {
  return z.string().superRefine((name, context) => {
    if (SUBDOMAIN.test(name) && name.length <= 253) return;
    const legal = name
      .slice(0, 253)
      .toLowerCase()
      .replace(/[^a-z0-9.-]+/g, "-")
      .replace(/^[-.]+|[-.]+$/g, "");
    context.addIssue({
      code: "custom",
      message:
        "is no name: lower case letters, digits, - and ., first and last a letter or digit, at most 253",
      params: { hint: SUBDOMAIN.test(legal) ? `for example "${legal}"` : undefined },
    });
  });
}

const LABEL_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** Labels as in Kubernetes; `kuma.io/*` are the server's, `pulumi-*` ours. */
export const labels = z
  .record(
    z.string().superRefine((key, context) => {
      const [name = "", prefix] = key.split("/").reverse();
      const problem = /(^|\.)kuma\.io\//.test(key)
        ? "is a label of the server's own"
        : /^pulumi-(owner|stack)$/.test(key)
          ? "is a label that this package writes itself"
          : !LABEL_PART.test(name) ||
              name.length > 63 ||
              key.split("/").length > 2 ||
              (prefix !== undefined && !SUBDOMAIN.test(prefix))
            ? "is no label: letters, digits, - _ and ., at most 63 characters, with a domain and / before it or not"
            : undefined;
      if (problem) context.addIssue({ code: "custom", message: problem });
    }),
    z
      .string()
      .max(63)
      .refine(
        (value) => value === "" || LABEL_PART.test(value),
        "is no label value: letters, digits, - _ and ., at most 63",
      ),
  )
  .prefault({})
  .describe(
    "Labels as in Kubernetes. `kuma.io/*` are the server's, `pulumi-owner` and `pulumi-stack` this package's; both are refused here.",
  );

/** An IP address or a domain name, as Kuma takes them: underscores are legal, zones of IPv6 are not. */
export function isAddress(text: string): boolean {
  if (isIP(text) !== 0) return !text.includes("%");
  if (/^[\d.]+$/.test(text)) return false;
  return text.length <= 255 && /^[a-zA-Z0-9_]([\w-]{0,62})(\.[a-zA-Z0-9_]([\w-]{0,62}))*[._]?$/.test(text);
}

/** A port. */
export function port(): z.ZodInt {
  return z.int().min(1).max(65535);
}
