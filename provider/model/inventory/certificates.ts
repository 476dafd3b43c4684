import { X509Certificate } from "node:crypto";
import type { Validity } from "./exits.ts";

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** The certificates in a PEM text, or in one that is base64 of one. What is no certificate is left out. */
export function validityOf(text: unknown, field: string): Validity[] {
  if (typeof text !== "string") return [];
  const pem = text.includes("-----BEGIN") ? text : Buffer.from(text, "base64").toString();
  return [...pem.matchAll(PEM)].flatMap(([one], index) => {
    try {
      const { subject, validTo } = new X509Certificate(one);
      return [
        {
          field: index === 0 ? field : `${field} (${index + 1})`,
          subject: subject.replaceAll("\n", ", "),
          validUntil: new Date(validTo).toISOString(),
        },
      ];
    } catch {
      return [];
    }
  });
}

/** Whether a certificate is at its end within so many days, or past it. */
export function endsWithin({ validUntil }: Validity, days: number, now: Date): boolean {
  return new Date(validUntil).getTime() - now.getTime() < days * 86_400_000;
}
