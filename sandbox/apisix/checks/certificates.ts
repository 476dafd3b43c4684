import { createPrivateKey, X509Certificate } from "node:crypto";
import { clearKey } from "../encryption.ts";
import { isReference } from "../secret-references.ts";
import { isObject, type JsonObject } from "../store.ts";

/** What is wrong with a certificate and its key, if it has one. Whether they belong together is not looked at. */
export function certificateProblem(cert: unknown, key?: unknown): string | undefined {
  try {
    new X509Certificate(String(cert));
  } catch {
    return "failed to parse cert: PEM_read_bio_X509_AUX() failed";
  }
  if (key === undefined) return undefined;
  const clear = clearKey(String(key));
  if (clear === undefined) return "failed to decrypt previous encrypted key";
  try {
    createPrivateKey(clear);
    return undefined;
  } catch {
    return "failed to parse key: PEM_read_bio_PrivateKey() failed";
  }
}

/** What is wrong with the certificates of an SSL object, once its schema is fulfilled. */
export function sslProblem(ssl: JsonObject, older: boolean): string | undefined {
  const own = referring(ssl.cert, ssl.key) ? undefined : certificateProblem(ssl.cert, ssl.key);
  if (own !== undefined || ssl.type === "client") return own;
  const certs = Array.isArray(ssl.certs) ? ssl.certs : [];
  const keys = Array.isArray(ssl.keys) ? ssl.keys : [];
  if (certs.length !== keys.length) return "mismatched number of certs and keys";
  for (const [index, cert] of certs.entries()) {
    const problem = referring(cert, keys[index]) ? undefined : certificateProblem(cert, keys[index]);
    if (problem !== undefined) return `failed to handle cert-key pair[${index + 1}]: ${problem}`;
  }
  if (!isObject(ssl.client) || (!older && isReference(ssl.client.ca))) return undefined;
  const problem = certificateProblem(ssl.client.ca);
  return problem === undefined ? undefined : `failed to validate client_cert: ${problem}`;
}

function referring(cert: unknown, key: unknown): boolean {
  return isReference(cert) || isReference(key);
}
